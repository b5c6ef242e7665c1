# SPDX-License-Identifier: MIT
# How small the net may be: $(R)/shrink.{md,txt,tsv,json}, a line a size, a method and a recipe,
# over SHRINK_SEEDS, and size against accuracy in $(R)/shrink/.

# The epoch that the validation part likes best; whit trains to the end.
TRAIN_reference.shrink += --validate $(X)/shrink/$(FEATURES_reference.shrink)/valid.t
$(foreach r,$(SHRINK_RECIPES),$(eval FEATURES_$r.pruned := $(FEATURES_$r.shrink)) \
	$(eval TRAIN_$r.pruned := $(TRAIN_$r.shrink) $(PRUNE)))

$(eval $(call PARTS,$(X)/shrink,$(SPLIT_SHRINK),$(X)/%/all.t,train valid test))
$(foreach r,$(foreach r,$(SHRINK_RECIPES),$r.shrink $r.pruned),$(eval \
	$(call RECIPE_OF,$r,$(X)/shrink/$(FEATURES_$r),$(X)/shrink/$r)))

# SHRINK(float32): each recipe's rows of that precision
SHRINK = $(foreach r,$(SHRINK_RECIPES),$(SHRINK_UNITS:%=$r.shrink/h%-s42/$1))
ROWS_shrink_float := $(call SHRINK,float32)
ROWS_shrink_pruned := $(foreach r,$(SHRINK_RECIPES),$(SHRINK_PRUNED:%=$r.pruned/h%-s42/float32))
ROWS_shrink_dynamic := $(call SHRINK,int8-dynamic)
ROWS_shrink_static := $(call SHRINK,int8)
ROWS_shrink_pot := $(foreach r,$(SHRINK_RECIPES),$(SHRINK_POT:%=$r.shrink/h%-s42/pot))
SHRINK_METHODS := float pruned dynamic static pot

SEEDS_shrink = -v keys="corpus task recipe cell layers hidden features precision" \
	-v means="parameters stored_bytes weights zeros macro_f1 median_us" \
	-v published=$(PUBLISHED) -v name=shrink
COLUMNS_shrink := recipe method=task features net mean_%=mean:% sd:% min:% published_%=published:% \
	parameters:d KB=stored_bytes:K macro_F1=macro_f1:4
TITLE_shrink = $(CORPUS): how small the net may be, $(words $(SHRINK_SEEDS)) seeds
NOTE_shrink := One layer of LSTM, trained on 70 % of the recordings and tested on 15 %. Methods: \
	float; pruned, where the smallest weights became 0 and the zeros are not stored; \
	dynamic, int8 weights and float sums; static, integers alone; pot, 4-bit powers of \
	two, trained on from float. Published: what pipelines/published.tsv says of the \
	experiment that this repeats, whose very split is not known. Means over the seeds; \
	KB, of 1024 bytes, are those of all stored tensors.
$(eval $(call TABLE,shrink,md txt tsv json,$(SHRINK_SEEDS),$(X)/shrink,$(SHRINK_METHODS)))

# One figure a recipe.
DRAWN_shrink := $(foreach r,$(SHRINK_RECIPES),$(R)/shrink/$r.svg $(R)/shrink/$r.png)
$(R)/shrink/%.svg $(R)/shrink/%.png &: $(R)/shrink.tsv $(B)/bin/plot
	@mkdir -p $(@D)
	@awk -F '\t' 'NR == 1 || $$3 == "$*"' $< | $(B)/bin/plot --x stored_bytes --x-unit 1024 \
		--x-log --x-label "KB stored" --y mean --y-unit 0.01 --error sd \
		--y-label "test accuracy (%)" --series task --published published \
		--mark $(BUDGET_KB) --mark-label "$(BUDGET_KB) KB" \
		--title "$(CORPUS), recipe $*: size against accuracy" \
		--below "LSTM, one layer, $(words $(SHRINK_SEEDS)) seeds: mean and deviation" \
		$(@D)/$*
ifneq ($(GNUPLOT),)
shrink: $(DRAWN_shrink)
endif
