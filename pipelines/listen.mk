# SPDX-License-Identifier: MIT
# Words among other sounds: $(R)/listen.tsv, a line a model, seed and what was heard, and .md, the
# means. Two models: the one of tables, trained on words, and one trained on other sounds too, whose
# label is none. The confidence is fitted and its threshold chosen on a part of the training files
# that siblings of the models were trained without, and on other sounds; what is heard here is
# neither.
#   $(L)/plain/h24-sN/sure.m            the model of tables that knows its confidence
#   $(L)/plain/sibling/h24-sN/int8.m    its sibling
#   $(L)/none/model/h24-sN/int8.m, $(L)/none/...    of the other one
L := $(X)/listen
LISTEN_F := $(X)/$(strip $(FEATURES_whit))
LISTEN_ROWS := $(foreach m,plain none,$(LISTEN_SEEDS:%=$(L)/$m/h24-s%/rows.tsv))
NAMES = awk '$$4 == "f32" && NF > 5 { print $$1 }'

$(L)/split.args: FORCE
	$(call TOLD,$(LISTEN_HELD))

.PRECIOUS: $(L)/fit/train.t $(L)/held.t
$(L)/fit/train.t: $(LISTEN_F)/train.t $(L)/split.args $(B)/bin/split
	@mkdir -p $(@D)
	$(B)/bin/split $(strip $(LISTEN_HELD)) --part fit < $< $(INTO)

$(L)/held.t: $(LISTEN_F)/train.t $(L)/split.args $(B)/bin/split
	$(B)/bin/split $(strip $(LISTEN_HELD)) --part held < $< $(INTO)

# What the other model is trained on, in $1: the words of the stream $2 as they are, and twice
# varied with the sounds that are made of them, and noise. No word of another stream has a part.
$(L)/vary.args: FORCE
	$(call TOLD,$(LISTEN_VARY) $(LISTEN_NOISE))

LISTEN_WAV2MFCC = $(B)/bin/wav2mfcc $(strip $(WAV2MFCC_device)) --jobs $(JOBS) --corpus $(CORPUS)
define LISTEN_JOINED
.PRECIOUS: $1/train.t
$1/train.t: $2 data/others $(L)/vary.args $(B)/bin/tensor $(B)/bin/wav2mfcc | $(CHECKED)
	rm -rf $1/others
	@mkdir -p $1
	$(B)/bin/tensor show $$< | $$(NAMES) > $1/names
	data/others train $(RECORDINGS) $1/others < $1/names
	sed 's|.*|$(RECORDINGS)/&.wav|' $1/names > $1/words
	{ cat $1/words; ls $1/others/none_{white,pink,brown}_*; } | $$(LISTEN_WAV2MFCC) > $1/as-is
	{ cat $1/words; ls $1/others/none_{back,splice}_*; } > $1/vary
	$$(LISTEN_WAV2MFCC) $(strip $(LISTEN_VARY)) --seed 42 < $1/vary > $1/varied
	$$(LISTEN_WAV2MFCC) $(strip $(LISTEN_VARY) $(LISTEN_NOISE)) --seed 43 < $1/vary > $1/noisy
	cat $1/as-is $1/varied $1/noisy $$(INTO)
	rm -rf $1/others $1/names $1/words $1/vary $1/as-is $1/varied $1/noisy

endef
$(eval $(call LISTEN_JOINED,$(L)/none/fit,$(L)/fit/train.t))
$(eval $(call LISTEN_JOINED,$(L)/none/all,$(LISTEN_F)/train.t))

$(eval $(call RECIPE,whit,$(L)/fit,$(L)/plain/sibling,$(L)/fit))
$(eval $(call RECIPE,whit,$(L)/none/fit,$(L)/none/sibling,$(L)/none/fit))
$(eval $(call RECIPE,whit,$(L)/none/all,$(L)/none/model,$(L)/none/all))

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
	done < $(L)/test.names; ls $(abspath $(L))/test/{noise,back,word}_*.wav; } > \
		$(L)/test.manifest
	$(B)/bin/wav2mfcc $(strip $(WAV2MFCC_device)) --manifest $(L)/test.manifest \
		--jobs $(JOBS) --corpus $(CORPUS) $(INTO)

# Digits by the voices of the other words; nothing where those are missing.
$(L)/spoken.t: $(L)/test.t $(B)/bin/wav2mfcc
	if ! ls $(L)/test/digit_*.wav; then touch $@; fi > $@.paths
	[ ! -s $@.paths ] || $(B)/bin/wav2mfcc < $@.paths $(strip $(WAV2MFCC_device)) \
		--label 'digit_([^/_]+)_[^/]*$$' --group none --corpus $(CORPUS) $(INTO)

$(L)/digits/stream.raw: $(L)/test.t data/stream
	while read -r name; do echo $(RECORDINGS)/$$name.wav; done < $(L)/test.names | \
		data/stream $(@D)

$(L)/words/stream.raw: $(L)/test.t data/stream
	@mkdir -p $(@D)
	rm -f $(@D)/*
	if ls $(L)/test/word_*.wav > $(@D)/paths; then data/stream $(@D) < $(@D)/paths; \
		else touch $(@D)/said.tsv $@; fi

$(L)/sure.args: FORCE
	$(call TOLD,$(LISTEN_REFUSE))

# The models of folder $2 with siblings in $1.
define LISTEN_OF
.PRECIOUS: $1/%/sure.m $1/%/rows.tsv
$1/%/sure.m: $2/%/int8.m $1/sibling/%/int8.m $(L)/held.t $(L)/choose.t $(L)/sure.args \
		$(B)/bin/confidence
	@mkdir -p $$(@D)
	$(B)/bin/confidence --words $(L)/held.t --others $(L)/choose.t $$(strip $(LISTEN_REFUSE)) \
		--sibling $$(word 2,$$^) < $$< $$(INTO)

$1/%/rows.tsv: $1/%/sure.m $(L)/test.t $(L)/spoken.t $(L)/digits/stream.raw \
		$(L)/words/stream.raw pipelines/listen-measure pipelines/listen.awk \
		$(B)/bin/hear $(B)/bin/classify $(B)/bin/report
	B=$(B) pipelines/listen-measure $$< $(L)/test.t $(L)/spoken.t $(L)/digits $(L)/words \
		$$(@D)/work $$(INTO)
	rm -rf $$(@D)/work

endef
$(eval $(call LISTEN_OF,$(L)/plain,$(X)/whit))
$(eval $(call LISTEN_OF,$(L)/none,$(L)/none/model))

RESULTS += listen
.PHONY: listen
listen: $(R)/listen.tsv $(R)/listen.md
	@cat $(R)/listen.md

$(L)/rows.args: FORCE
	$(call TOLD,$(LISTEN_SEEDS))

$(R)/listen.tsv: $(LISTEN_ROWS) $(L)/rows.args
	@mkdir -p $(@D)
	{ printf '%s\t' corpus seed trained heard seconds words cut labelled right others; \
		printf '%s\t%s\n' others_labelled calibration_error; \
		for m in plain none; do for s in $(LISTEN_SEEDS); do \
			sed "s/^/$(CORPUS)\t$$s\t$$m\t/" $(L)/$$m/h24-s$$s/rows.tsv; \
		done; done; } $(INTO)

$(R)/listen.md: $(R)/listen.tsv pipelines/listen-md.awk
	awk -v refuse='$(strip $(LISTEN_REFUSE))' \
		-v vary='$(strip $(LISTEN_VARY)) and once more $(strip $(LISTEN_NOISE))' \
		-f pipelines/listen-md.awk $< $(INTO)
