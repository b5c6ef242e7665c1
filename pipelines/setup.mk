# SPDX-License-Identifier: MIT
# What must be installed. `make setup`: to build, to reproduce, to run the tests that need no
# other program. `make setup-all`: also what the other tests hold us against.

# to build
SETUP := gcc libc6-dev
SETUP += zlib1g-dev            # CRC-32 of the stream
SETUP += libpopt-dev           # option tables
SETUP += libmd-dev             # SHA-256 of models
SETUP += libcjson-dev          # safetensors and report --format json
SETUP += libzip-dev            # .npz
SETUP += libsndfile1-dev       # recordings
SETUP += libsox-dev            # resampling and clean-up
# to get the recordings, or make them where there is no network
SETUP += curl ca-certificates
SETUP += sox flite espeak-ng
# to draw
SETUP += gnuplot-nox           # figures of make task-a task-b
SETUP += graphviz              # make flowchart
SETUP += scdoc                 # manual pages
# to test
SETUP += libkissfft-dev        # the transform that lib/math/fft is held against
SETUP += bats bats-assert bats-support bats-file
SETUP += file                  # reads formats/magic
SETUP += python3               # a reader of the stream with the standard library only

ALL := $(SETUP)
ALL += python3-numpy           # .npy, .npz, definitions written out
ALL += python3-sklearn         # splits and scores
ALL += python3-torch           # LSTM, its gradients, Adam, its own int8
ALL += python3-torchaudio      # MFCC
ALL += libopenblas0-pthread    # what PyTorch is fastest on, for make bench
ALL += sptk                    # MFCC, for make bench
ALL += clang libomp-dev        # the second compiler
ALL += libclang-rt-dev         # its sanitizers and libFuzzer, for make fuzz
ALL += gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user  # another processor
ALL += gcc-arm-none-eabi qemu-system-arm        # processors without floats: Cortex-M,
ALL += gcc-riscv64-unknown-elf qemu-system-misc # RISC-V
ALL += groff-base bsdextrautils # manual pages as people see them
ALL += valgrind strace         # memory; system calls
ALL += $(if $(shell command -v npm),,nodejs npm)  # tests/npm: Kaitai reads formats/tensor.ksy

NPM := tests/npm/node_modules/.package-lock.json

.PHONY: setup setup-all packages
setup:
	@pipelines/install $(SETUP)
setup-all: $(NPM)
packages:
	@pipelines/install $(ALL)

$(NPM): tests/npm/package.json | packages
	npm install --prefix $(<D) --no-package-lock --ignore-scripts --no-audit --no-fund \
		--loglevel=error
	touch $@

# `make -j2 setup task-b`: one after the other.
ifneq ($(filter setup setup-all,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif
