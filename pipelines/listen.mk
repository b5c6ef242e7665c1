# SPDX-License-Identifier: MIT
# Words among other sounds: $(R)/listen.tsv, a line a seed and what was heard, and .md, the means.
# The confidence is fitted and its threshold chosen on a part of the training files that siblings of
# the models were trained without, and on other sounds; what is heard here is neither.
#   $(L)/sibling/h24-sN/int8.m    the sibling
#   $(L)/h24-sN/sure.m            the model that knows its confidence
L := $(X)/listen
LISTEN_F := $(X)/$(strip $(FEATURES_whit))
LISTEN_ROWS := $(LISTEN_SEEDS:%=$(L)/h24-s%/rows.tsv)
NAMES = awk '$$4 == "f32" && NF > 5 { print $$1 }'

$(L)/split.args: FORCE
	$(call TOLD,$(LISTEN_HELD))

.PRECIOUS: $(L)/fit/train.t $(L)/held.t $(L)/%/sure.m $(L)/%/rows.tsv
$(L)/fit/train.t: $(LISTEN_F)/train.t $(L)/split.args $(B)/bin/split
	@mkdir -p $(@D)
	$(B)/bin/split $(strip $(LISTEN_HELD)) --part fit < $< $(INTO)

$(L)/held.t: $(LISTEN_F)/train.t $(L)/split.args $(B)/bin/split
	$(B)/bin/split $(strip $(LISTEN_HELD)) --part held < $< $(INTO)

$(eval $(call RECIPE,whit,$(L)/fit,$(L)/sibling,$(L)/fit))

# Other sounds: to choose on, and to test on together with the test files.
$(L)/choose.t: $(L)/held.t data/others $(B)/bin/tensor $(B)/bin/wav2mfcc | $(CHECKED)
	rm -rf $(L)/choose
	$(B)/bin/tensor show $< | $(NAMES) | data/others choose $(RECORDINGS) $(L)/choose
	printf '%s\n' $(L)/choose/*.wav | $(B)/bin/wav2mfcc $(strip $(WAV2MFCC_device)) \
		--label none --group none --jobs $(JOBS) --corpus $(CORPUS) $(INTO)

$(L)/test.t: $(LISTEN_F)/test.t data/others $(B)/bin/tensor $(B)/bin/wav2mfcc | $(CHECKED)
	rm -rf $(L)/test
	$(B)/bin/tensor show $< | $(NAMES) > $(L)/test.names
	data/others test $(RECORDINGS) $(L)/test < $(L)/test.names
	{ while read -r name; do \
		printf '%s\t%s\n' $(abspath $(RECORDINGS))/$$name.wav $${name%%_*}; \
	done < $(L)/test.names; printf '%s\n' $(abspath $(L))/test/*.wav; } > $(L)/test.manifest
	$(B)/bin/wav2mfcc $(strip $(WAV2MFCC_device)) --manifest $(L)/test.manifest \
		--jobs $(JOBS) --corpus $(CORPUS) $(INTO)

$(L)/digits/stream.raw: $(L)/test.t data/stream
	while read -r name; do echo $(RECORDINGS)/$$name.wav; done < $(L)/test.names | \
		data/stream $(@D)

$(L)/words/stream.raw: $(L)/test.t data/stream
	@mkdir -p $(@D)
	rm -f $(@D)/*
	if ls $(L)/test/word_*.wav > $(@D)/paths; then data/stream $(@D) < $(@D)/paths; \
		else touch $(@D)/said.tsv $@; fi

$(L)/%/sure.m: $(X)/whit/%/int8.m $(L)/sibling/%/int8.m $(L)/held.t $(L)/choose.t \
		$(L)/sure.args $(B)/bin/confidence
	@mkdir -p $(@D)
	$(B)/bin/confidence --words $(L)/held.t --others $(L)/choose.t $(strip $(LISTEN_REFUSE)) \
		--sibling $(word 2,$^) < $< $(INTO)

$(L)/sure.args: FORCE
	$(call TOLD,$(LISTEN_REFUSE))

$(L)/%/rows.tsv: $(L)/%/sure.m $(L)/test.t $(L)/digits/stream.raw $(L)/words/stream.raw \
		pipelines/listen-measure pipelines/listen.awk $(B)/bin/hear $(B)/bin/classify \
		$(B)/bin/report
	B=$(B) pipelines/listen-measure $< $(L)/test.t $(L)/digits $(L)/words $(@D)/work $(INTO)
	rm -rf $(@D)/work

RESULTS += listen
.PHONY: listen
listen: $(R)/listen.tsv $(R)/listen.md
	@cat $(R)/listen.md

$(L)/rows.args: FORCE
	$(call TOLD,$(LISTEN_SEEDS))

$(R)/listen.tsv: $(LISTEN_ROWS) $(L)/rows.args
	@mkdir -p $(@D)
	{ printf '%s\t' corpus seed heard seconds words cut labelled right others; \
		printf '%s\t%s\n' others_labelled calibration_error; \
		for s in $(LISTEN_SEEDS); do \
			sed "s/^/$(CORPUS)\t$$s\t/" $(L)/h24-s$$s/rows.tsv; done; } $(INTO)

$(R)/listen.md: $(R)/listen.tsv pipelines/listen-md.awk
	awk -v refuse='$(strip $(LISTEN_REFUSE))' -f pipelines/listen-md.awk $< $(INTO)
