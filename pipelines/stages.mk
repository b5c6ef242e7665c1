# SPDX-License-Identifier: MIT
# One rule a stage, from recordings to predictions:
#   $(X)/FEATURES/{all,train,test}.t
#   $(X)/RECIPE/hHIDDEN-sSEED/PRECISION.m, .predictions, .times, curves.tsv
# and the same, but for all.t, in $(X)/takes/, where the corpus' own test part is the test part.

# Sorted means bytewise, everywhere.
export LC_ALL := C

# Threads: all processors to one tool, or one each to the tools that make -jN runs side by side.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),1,$(shell nproc))

# A file gets its name when it is complete: a kill at any moment leaves none half made.
INTO = > $@.part && mv $@.part $@

# What a stage is told is a prerequisite like its data: a file that changes when the words do, so
# that a new number in params.mk redoes what it decides and no more.
TOLD = @mkdir -p $(@D) && { cmp -s $@ <(echo "$(strip $1)") || echo "$(strip $1)" > $@; }

# Files between two stages are kept.
.PRECIOUS: $(X)/%/features.args $(X)/%/train.args $(X)/%/pot.args $(X)/%/all.t

$(X)/%/features.args: FORCE
	$(call TOLD,$(WAV2MFCC_$*))

$(X)/%/train.args: FORCE
	$(call TOLD,$(TRAIN_$*))

$(X)/%/pot.args: FORCE
	$(call TOLD,$(POT_$*))

$(X)/%/all.t: $(SUMS) $(X)/%/features.args $(B)/bin/wav2mfcc | $(CHECKED)
	printf '%s\n' $(RECORDINGS)/*.wav | $(B)/bin/wav2mfcc $(strip $(WAV2MFCC_$*)) \
		--jobs $(JOBS) --corpus $(CORPUS) $(INTO)

# The parts of each feature set, in folders of $1, by split's options $2, of the streams $3; the
# parts are $4.
define PARTS
$1/split.args: SPLIT_TOLD := $2
$1/split.args: FORCE
	$$(call TOLD,$$(SPLIT_TOLD))
$(foreach p,$4,$(call PART,$1,$2,$3,$p))
endef
define PART

.PRECIOUS: $1/%/$4.t
$1/%/$4.t: $3 $1/split.args $(B)/bin/split
	@mkdir -p $$(@D)
	$(B)/bin/split $(strip $2) --part $4 < $$< $$(INTO)

endef
$(eval $(call PARTS,$(X),$(SPLIT),$(X)/%/all.t,train test))
$(eval $(call PARTS,$(X)/takes,$(SPLIT_TAKES),$(X)/%/all.t,train test))

# number(h, h24-s42) = 24
number = $(patsubst $1%,%,$(filter $1%,$(subst -, ,$2)))

# hidden(24) = 24; hidden(auto, options): as many units as the budget lets in int8, or as the
# options' own budget
hidden = $1 $(if $(filter auto,$1),$(if $(filter --budget,$2),,--precision int8 --budget $(BUDGET)))

$(X)/budget.args: FORCE
	$(call TOLD,$(BUDGET))

$(foreach d,$(X) $(X)/takes,$(foreach r,$(RECIPES),$(foreach s,42 $(SEEDS),\
	$(eval $d/$r/hauto-s$s/float32.m: $(X)/budget.args))))

# The rules of one recipe, $1, whose features for training lie in the folder $2, for what comes of
# it in $3; the test part lies in $4. RECIPE.VARIANT is a variant of a recipe: reports say RECIPE.
# Streams that its options name are prerequisites.
define RECIPE
.PRECIOUS: $3/%/float32.m $3/%/curves.tsv $3/%/int8-dynamic.m $3/%/int8.m $3/%/pot.m
.PRECIOUS: $3/%.predictions $3/%.times

$3/%/float32.m $3/%/curves.tsv: $2/train.t $(filter %.t,$(TRAIN_$1)) $(X)/$1/train.args \
		$(B)/bin/lstm-train
	@mkdir -p $$(@D)
	$(B)/bin/lstm-train $$(strip $$(TRAIN_$1)) \
		--hidden $$(call hidden,$$(call number,h,$$*),$$(TRAIN_$1)) \
		--seed $$(call number,s,$$*) --jobs $$(JOBS) --recipe $(firstword $(subst ., ,$1)) \
		--log $$(@D)/curves.tsv < $$< > $$(@D)/float32.m.part
	mv $$(@D)/float32.m.part $$(@D)/float32.m

$3/%/int8-dynamic.m: $3/%/float32.m $(B)/bin/quantize-int8
	$(B)/bin/quantize-int8 --method dynamic < $$< $$(INTO)

$3/%/int8.m: $3/%/float32.m $2/train.t $(B)/bin/quantize-int8
	$(B)/bin/quantize-int8 --method static --calibrate $2/train.t < $$< $$(INTO)

$3/%/pot.m: $3/%/float32.m $2/train.t $(X)/$1/pot.args $(B)/bin/quantize-pot
	$(B)/bin/quantize-pot $$(strip $$(POT_$1)) --seed $$(call number,s,$$*) --jobs $$(JOBS) \
		--quiet --train $2/train.t < $$< $$(INTO)

$3/%.predictions $3/%.times: $3/%.m $4/test.t $(B)/bin/classify
	$(B)/bin/classify --times $3/$$*.times $$< < $4/test.t > $3/$$*.predictions.part
	mv $3/$$*.predictions.part $3/$$*.predictions
endef
# The same where the features' folder has its test part.
RECIPE_OF = $(call RECIPE,$1,$2,$3,$2)
$(foreach r,$(RECIPES),$(eval $(call RECIPE_OF,$r,$(X)/$(FEATURES_$r),$(X)/$r)))
$(foreach r,$(RECIPES),$(eval $(call RECIPE_OF,$r,$(X)/takes/$(FEATURES_$r),$(X)/takes/$r)))

# The figures of task $1 ($2): $(R)/task-$1/NAME-{confusion,curves,mfcc}.{svg,png} of row $3, called
# $4, of recipe $5; the last two beside the float model. Without gnuplot there are none.
GNUPLOT := $(or $(filter setup setup-all,$(MAKECMDGOALS)),$(shell command -v gnuplot))
DRAWN_IN = $(if $(GNUPLOT), and figures in task-$1/)
UNDRAWN := ; no figures: gnuplot is not installed (make setup)
DRAWS = confusion $(if $(filter %/float32,$3),curves mfcc)
DRAWN = $(addprefix $(R)/task-$1/$4-,$(foreach f,$(DRAWS),$f.svg $f.png))
DRAWN_OF = $(if $(filter %/float32,$3),$(X)/$(dir $3)curves.tsv $(X)/$(FEATURES_$5)/train.t)
define FIGURES
FIGURES_$1 += $(if $(GNUPLOT),$(DRAWN))
$(DRAWN) &: $(X)/$3.predictions $(DRAWN_OF) $(B)/bin/report
	@mkdir -p $$(@D)
	@$(B)/bin/report --task $2 --figures $$(@D) --prefix $4 \
		$$(addprefix --curves=,$$(filter %.tsv,$$^)) \
		$$(addprefix --preview=,$$(filter %.t,$$^)) $$(filter %.predictions,$$^) > /dev/null

endef

# The rules of one task, $1 and $2 its letter, $3 its rows: $(R)/task-$1.{txt,md,tsv,json}. The
# predictions come first: results are committed, and older ones must not pass for made here.
FORMAT_txt := text
define TASK
$(foreach r,$3,$(call FIGURES,$1,$2,$r,$(subst /,-,$r),$(word 1,$(subst /, ,$r))))
RESULTS += task-$1
.PHONY: task-$1
task-$1: $(3:%=$(X)/%.predictions) $(addprefix $(R)/task-$1.,txt md tsv json) $$(FIGURES_$1)
	@echo "$(R)/task-$1.txt, .md, .tsv, .json$(or $(DRAWN_IN),$(UNDRAWN)):"
	@sed -n '/^Comparison/,$$$$p' $(R)/task-$1.txt | grep '' || cat $(R)/task-$1.txt
	$$(TASK_END_$1)

$(X)/task-$1.args: FORCE
	$$(call TOLD,$3 $(BUDGET))

$(R)/task-$1.%: $(3:%=$(X)/%.predictions) $(3:%=$(X)/%.times) $(X)/task-$1.args $(B)/bin/report
	@mkdir -p $$(@D)
	@$(B)/bin/report --task $2 --budget $(BUDGET) --format $$(or $$(FORMAT_$$*),$$*) \
		$$(addprefix --times=,$$(filter %.times,$$^)) $$(filter %.predictions,$$^) $$(INTO)
endef
