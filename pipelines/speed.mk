# SPDX-License-Identifier: MIT
# How fast, beside PyTorch, torchaudio and SPTK: results/bench.md. It takes some ten minutes, and an
# idle machine; BENCH=quick, without 2x128, and each only once, writes build/bench.md instead.
# The limit of task B is for its rows of 24 units, not for the largest nets.

BENCH_quick := --hidden 24 --runs 1 --slow-runs 1
BENCH_OUT := $(if $(BENCH),$(B)/bench.md,results/bench.md)
ROW_B = $(X)/reference/h24-s42

.PHONY: bench
bench: $(BIN) $(X)/mfcc13/train.t $(X)/mfcc13/test.t $(ROW_B)/float32.m $(ROW_B)/int8.m
	$(if $(filter-out quick,$(BENCH)),$(error BENCH=$(BENCH): only quick can be asked for))
	/usr/bin/python3 tests/bench/bench.py --bin $(B)/bin --train $(X)/mfcc13/train.t \
		--test $(X)/mfcc13/test.t --float $(ROW_B)/float32.m --int8 $(ROW_B)/int8.m \
		--recordings $(RECORDINGS) --recipe "$(strip $(TRAIN_reference))" \
		--corpus $(CORPUS) \
		--make "$(if $(filter fsdd,$(CORPUS)),FSDD=$(abspath $(FOUND)),CORPUS=synthetic) \
		'TASK_B=$(strip $(filter-out %hauto-s42/int8,$(TASK_B)))'" \
		$(BENCH_$(BENCH)) --out $(BENCH_OUT)
