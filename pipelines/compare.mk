# SPDX-License-Identifier: MIT
# GRU beside LSTM by the tasks of the unified trainer: $(R)/compare.{md,txt,tsv,json}, a line a
# recipe, cell, feature set and task over COMPARE_SEEDS.

# Trained on the corpus' own training part; the reference stops by a tenth of it.
$(eval $(call PARTS,$(X)/compare,$(SPLIT_COMPARE),$(X)/takes/%/train.t,train valid))
VALID_reference = --validate $(X)/compare/$1/valid.t
TRAIN_FOLDER_reference := compare
TRAIN_FOLDER_whit := takes
TRAIN_b := --budget $(BUDGET) --budget-scope layer

# Nets of recipe $1, cell $2, features $3 and size $4, a or b: the recipe $1.$2-$3-$4.
define COMPARE_NET
TRAIN_$1.$2-$3-$4 := $(TRAIN_$1.compare) --cell $2 $(TRAIN_$2-$4) $(TRAIN_$4) $(call VALID_$1,$3)
POT_$1.$2-$3-$4 := $(POT_$1.compare)
endef
$(foreach r,$(COMPARE_RECIPES),$(foreach c,$(COMPARE_CELLS),$(foreach f,$(COMPARE_FEATURES), \
	$(foreach s,a b,$(eval $(call COMPARE_NET,$r,$c,$f,$s)) $(eval $(call RECIPE,$r.$c-$f-$s, \
	$(X)/$(TRAIN_FOLDER_$r)/$f,$(X)/compare/$r.$c-$f-$s,$(X)/takes/$f))))))

# NETS(recipes, cells, path): that path of all their nets
NETS = $(foreach r,$1,$(foreach c,$2,$(foreach f,$(COMPARE_FEATURES),$r.$c-$f-$3)))
NETS_B = $(call NETS,$(COMPARE_RECIPES),$1,b/hauto-s42/$2)
ROWS_compare_A := $(foreach c,$(COMPARE_CELLS), \
	$(call NETS,$(COMPARE_RECIPES),$c,a/$(A_$c)-s42/float32))
ROWS_compare_B1 := $(call NETS_B,$(COMPARE_CELLS),float32)
ROWS_compare_B2 := $(call NETS_B,$(COMPARE_CELLS),int8-dynamic)
ROWS_compare_B2 += $(call NETS_B,$(COMPARE_STATIC),int8)
ROWS_compare_C := $(call NETS_B,$(COMPARE_CELLS),pot)

REPORT_compare := --budget-scope layer
SEEDS_compare = -v published=$(PUBLISHED) -v name=compare \
	-v keys="corpus task recipe cell layers hidden features precision approach bits" \
	-v means="parameters stored_bytes macro_f1 mean_us p95_us"
COLUMNS_compare := task recipe net features precision approach mean_%=mean:% sd:% min:% \
	published_%=published:% parameters:d KB=stored_bytes:K macro_F1=macro_f1:4 mean_us:1 \
	p95_us:1
TITLE_compare = $(CORPUS): GRU and LSTM, $(words $(COMPARE_SEEDS)) seeds
NOTE_compare := One recurrent layer. A: GRU of 64 units in both directions, LSTM of 128; B1: as \
	many \
	units as $(BUDGET_KB) KB of float weights hold for the layer; B2: the nets of B1 \
	with int8 weights, int8-dynamic summed in float, int8 in integers alone; C: those of \
	B1 with powers of two for weights, by the published way ema (reference) and by ours \
	(whit). Test: the own part of the corpus. Published: re-runs of the published \
	trainer (pipelines/published.tsv), one number a seed. Means over the seeds; KB, of \
	1024 bytes, as stored; times of an utterance on the machine that made this.
$(eval $(call TABLE,compare,md txt tsv json,$(COMPARE_SEEDS),$(X)/compare,A B1 B2 C))

# What each unit of the reference's B1 nets is worth, on the part that chose their epoch.
OCCLUDED_FEATURES := $(firstword $(COMPARE_FEATURES))
OCCLUDED_SEED := $(firstword $(COMPARE_SEEDS))
OCCLUDED = $(X)/compare/reference.$1-$(OCCLUDED_FEATURES)-b/hauto-s$(OCCLUDED_SEED)

define OCCLUDE
$(call OCCLUDED,$1)/occlusion.tsv: $(call OCCLUDED,$1)/float32.m $(B)/bin/occlude \
		$(X)/compare/$(OCCLUDED_FEATURES)/valid.t
	$(B)/bin/occlude $$< < $$(lastword $$^) $$(INTO)

$(R)/compare/occlusion-$1.svg $(R)/compare/occlusion-$1.png &: $(call OCCLUDED,$1)/occlusion.tsv \
		$(B)/bin/plot
	@mkdir -p $$(@D)
	@$(B)/bin/plot --x unit --y loss --y-unit 0.01 --style bars --x-label "hidden unit" \
		--y-label "accuracy lost (points)" \
		--title "$(CORPUS): what each unit of the $1 of B1 is worth" \
		--below "its output set to 0, $(OCCLUDED_FEATURES), seed $(OCCLUDED_SEED), \
validation part" $$(@D)/occlusion-$1 < $$<
ifneq ($(GNUPLOT),)
compare: $(R)/compare/occlusion-$1.svg
endif
endef
$(foreach c,$(COMPARE_CELLS),$(eval $(call OCCLUDE,$c)))
