/* SPDX-License-Identifier: MIT */
/* model - what firmware holds for its recogniser, and no more: its flash and RAM are measured */
#ifndef WHIT_DEVICE_MODEL_H
#define WHIT_DEVICE_MODEL_H

#include "whit.h"

extern const struct whit_model *const model;
extern uint32_t model_memory[];
extern struct whit model_state;

#endif
