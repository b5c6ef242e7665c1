/* SPDX-License-Identifier: MIT */
#include "model.h"

#include "words.h"	/* of export-c */

const struct whit_model *const model = &words_model;
uint32_t model_memory[WORDS_MEMORY_BYTES / 4];
struct whit model_state;
