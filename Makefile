# SPDX-License-Identifier: MIT
# whit - from recorded words to a recogniser in 36 KB of integers
#
#   make               build the tools into build/bin
#   make task-a task-b reproduce the experiments (pipelines/)
#   make task-c        every weight a power of two, by all ways there, over ten seeds
#   make seeds         the same over ten seeds
#   make takes         task B over ten seeds on the corpus' own test part, takes 0 to 4
#   make listen        words found in noise, and what else is taken for one
#   make device        what task B takes on processors without floats, in QEMU
#   make shrink        how small the net may be: size against accuracy
#   make compare       GRU beside LSTM, two feature sets, float, int8, powers of two, five seeds
#   make results       all of these, and the page that links them: results/README.md
#   make flowchart     what is made of what, as make knows it: results/flowchart.svg
#   make bench         speed beside PyTorch, torchaudio and SPTK
#   make test          all tests; the last line counts them
#   make install       one command, whit, and manual pages into PREFIX=/usr/local; uninstall
#   make fuzz          bad bytes for every reader, FUZZ_SECONDS=60 each
#   make setup         install what the lines above need (Debian)
#   make setup-all     also what optional tests need
#   make clean         remove build/
#
# CC, SAN=1 (address and undefined sanitizers), FSDD=dir (the recordings; data/README.md).

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif

# The same bits everywhere: no contraction, nothing of -ffast-math. The two -fno- flags let
# loops vectorise and change no bit.
WARN := -Wall -Wextra -pedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes
MATH := -ffp-contract=off -fno-math-errno -fno-trapping-math
OPTIM ?= -O3
CPPFLAGS := -D_POSIX_C_SOURCE=200809L -Ilib -Ilib/fixed
CFLAGS := -std=c11 -g $(OPTIM) $(MATH) $(WARN) -fopenmp
# lib/fixed twice. The proof, libwhitfixed.a: a float anywhere is a compile error. For the tools,
# in libwhit.a: with the vector units, which do integers too and cannot change a bit of them.
CFLAGS_FIXED := -std=c99 -g $(OPTIM) $(WARN) -ffreestanding -mgeneral-regs-only
CFLAGS_HOST = $(CFLAGS) -std=c99 -ffreestanding
# What an object is made of, into the .d beside it; $(B) as such, so that build and /path/build are
# one place and a header's change is seen from both.
DEPS = -MMD -MP -MT '$$(B)/$(@:$(B)/%=%)'
LDLIBS := -Wl,--as-needed -lsndfile -lsox -lcjson -lzip -lpopt -lmd -lz -lm
B := build$(if $(SAN),/san)
ifdef SAN
CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all
endif

TOOLS := $(patsubst tools/%.c,%,$(wildcard tools/*.c))
FIXED := $(patsubst %.c,$(B)/%.o,$(wildcard lib/fixed/*.c))
LIB := $(patsubst %.c,$(B)/%.o,$(filter-out lib/fixed/%,$(wildcard lib/*/*.c)))
LIB += $(FIXED:$(B)/lib/fixed/%=$(B)/lib/host/%)
UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/*.c))
BIN := $(TOOLS:%=$(B)/bin/%)

# Objects are kept. Never an empty list here: it means all, and a missing file is no longer missed.
.SECONDARY: Makefile $(TOOLS:%=$(B)/tools/%.o) $(UNIT:%=%.o)

.PHONY: all test clean
all: $(BIN) $(B)/lib/libwhitfixed.a

$(B)/bin/%: $(B)/tools/%.o $(B)/lib/libwhit.a | $(B)/bin
	$(CC) $(CFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)

# A tool that outgrows one file has the rest of its own in tools/TOOL/.
$(foreach t,$(TOOLS),$(eval $(B)/bin/$t: $(patsubst %.c,$(B)/%.o,$(wildcard tools/$t/*.c))))

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/lib/libwhit.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)
$(B)/tests/unit/fft: LDLIBS += -lkissfft-float

# Archives are made anew, so that a deleted file leaves no object behind.
$(B)/lib/libwhit.a: $(LIB) | $(B)/lib
	rm -f $@ && ar rcs $@ $^

$(B)/lib/libwhitfixed.a: $(FIXED) | $(B)/lib
	rm -f $@ && ar rcs $@ $^

$(B)/lib/fixed/%.o: lib/fixed/%.c | $(B)/lib/fixed
	$(CC) -Ilib/fixed $(CFLAGS_FIXED) $(DEPS) -c -o $@ $<

$(B)/lib/host/%.o: lib/fixed/%.c | $(B)/lib/host
	$(CC) -Ilib/fixed $(CFLAGS_HOST) $(DEPS) -c -o $@ $<

$(B)/%.o: %.c | $(B)/lib $(B)/tools $(B)/tests/unit
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(DEPS) -c -o $@ $<

$(B)/bin $(B)/lib $(B)/lib/fixed $(B)/lib/host $(B)/tools $(B)/tests/unit:
	mkdir -p $@

-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d)
# First what the other pipelines are made of, last what is made of them.
FIRST := $(wildcard $(addprefix pipelines/,params.mk corpus.mk stages.mk tables.mk))
LAST := $(wildcard pipelines/results.mk)
-include $(FIRST) $(sort $(filter-out $(FIRST) $(LAST),$(wildcard pipelines/*.mk))) $(LAST)

test: all $(UNIT)
	B="$(abspath $(B))" tests/run

# make fuzz [FUZZ_SECONDS=60]: libFuzzer on every reader of foreign bytes (clang, libclang-rt-dev).
FUZZ_SECONDS ?= 60
FUZZ := $(patsubst tests/%.c,$(B)/%,$(wildcard tests/fuzz/*.c))
FUZZ_CC := clang $(CPPFLAGS) -std=c11 -g -O1 $(MATH) -fopenmp -fno-sanitize-recover=all
$(B)/fuzz/lib/%.o: lib/%.c $(wildcard lib/*/*.h)
	mkdir -p $(@D)
	$(FUZZ_CC) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<
# No reader computes: the kernels, which take minutes with sanitizers, stay out.
$(B)/fuzz/lib.a: $(patsubst %.c,$(B)/fuzz/%.o,$(filter-out lib/math/kernel%,$(wildcard lib/*/*.c)))
	rm -f $@ && ar rcs $@ $^
$(B)/fuzz/%: tests/fuzz/%.c $(B)/fuzz/lib.a
	$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

.PHONY: fuzz
fuzz: $(FUZZ)
	for f in $^; do tests/fuzz/run $$f $(FUZZ_SECONDS); done

clean:
	rm -rf build
