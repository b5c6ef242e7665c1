# SPDX-License-Identifier: MIT
# Task C: every weight a power of two, by every way there, over SEEDS:
#   $(X)/RECIPE/hHIDDEN-sSEED/{pot,before}-WAY.{m,predictions}   as it is, before the projection
#   $(R)/task-c.{tsv,json,md,txt}, and $(R)/task-c/bits.{svg,png}   accuracy against bits

# way_* of APPROACH[.BITS][.kd][.plain]; row_* of RECIPE/hHIDDEN/WAY
way_approach = $(word 1,$(subst ., ,$1))
way_bits = $(filter 2 3 4 5,$(subst ., ,$1))
way_kd = $(filter kd,$(subst ., ,$1))
way_plain = $(filter plain,$(subst ., ,$1))
row_recipe = $(word 1,$(subst /, ,$1))
row_way = $(word 3,$(subst /, ,$1))

# Of way $1 for a net of recipe $2: what it is told; the teacher, which for the published is the
# float net that the way begins with.
POT_TOLD = --approach $(call way_approach,$1) $(addprefix --bits ,$(call way_bits,$1)) \
	$(if $(filter ste,$(call way_approach,$1)),$(POT_$(if $(call way_plain,$1),plain,$2)))
POT_TEACHER = $(if $(call way_kd,$1),$(if $(filter ste,$(call way_approach,$1)),$(X)/$2/$(strip \
	$(TEACHER))/float32.m,$$<))
# Nothing is trained for these.
UNTRAINED := round scale
# Integers alone are ours and what is rounded once; the published ways stay as their authors ran
# them, in float.
POT_FORM = $(if $(filter round,$(call way_approach,$1)),--calibrate $(X)/$(FEATURES_$2)/train.t, \
	$(if $(filter ste,$(call way_approach,$1)),,--float))

# The rules of way $2 for nets of recipe $1.
define POT
.PRECIOUS: $(X)/$1/%/pot-$2.m $(X)/$1/%/before-$2.m
$(X)/$1/pot-$2.args: FORCE
	$$(call TOLD,$(call POT_TOLD,$2,$1) $(call POT_FORM,$2,$1))

$(X)/$1/%/pot-$2.m $(X)/$1/%/before-$2.m: $(X)/$1/%/float32.m $(X)/$(FEATURES_$1)/train.t \
		$(X)/$1/pot-$2.args $(filter-out $$<,$(call POT_TEACHER,$2,$1)) \
		$(B)/bin/quantize-pot
	$(B)/bin/quantize-pot $(call POT_TOLD,$2,$1) $(call POT_FORM,$2,$1) \
		--before $$(@D)/before-$2.m \
		$(if $(filter $(UNTRAINED),$(call way_approach,$2)),,--jobs $$(JOBS) --quiet \
		--train $(X)/$(FEATURES_$1)/train.t --seed $$(call number,s,$$*)) \
		$(addprefix --teacher ,$(call POT_TEACHER,$2,$1)) < $$< > $$(@D)/pot-$2.m.part
	mv $$(@D)/pot-$2.m.part $$(@D)/pot-$2.m

endef
RECIPES_C := $(sort $(foreach t,$(TASK_C),$(call row_recipe,$t)))
ways_of = $(sort $(filter-out float32,$(foreach t,$(filter $1/%,$(TASK_C)),$(call row_way,$t))))
$(foreach r,$(RECIPES_C),$(foreach w,$(call ways_of,$r),$(eval $(call POT,$r,$w))))

# The rows' files $3 of seed $1 that begin with $2, pot or before.
row_net = $(patsubst %/,%,$(dir $1))
files_of = $(foreach t,$(TASK_C),$(X)/$(call row_net,$t)-s$1/$(if $(filter float32, \
	$(call row_way,$t)),,$2-)$(call row_way,$t)$3)

RESULTS += task-c
.PHONY: task-c
FIGURES_c := $(if $(and $(GNUPLOT),$(filter whit/h24/ste.%,$(TASK_C))), \
	$(R)/task-c/bits.svg $(R)/task-c/bits.png)
CODES_C := $(filter-out %/float32 %/scale %/apot2 %/apot2.kd %/mixed.5 %/mixed.5.kd,$(TASK_C))
task-c: $(addprefix $(R)/task-c.,tsv json md txt) $(FIGURES_c) $(X)/task-c/checked
	@cat $(R)/task-c.txt $(X)/task-c/checked

# Fails unless every weight that is stored for a row with codes is 0 or a power of two.
CHECKED_C := $(foreach s,$(SEEDS),$(filter $(foreach t,$(CODES_C),$(X)/$(call row_net,$t)-s$s/%), \
	$(filter $(foreach t,$(CODES_C),%/pot-$(call row_way,$t).m),$(call files_of,$s,pot,.m))))
$(X)/task-c/checked: $(CHECKED_C) $(R)/task-c.tsv $(B)/bin/tensor pipelines/task-c-check.awk
	@for m in $(CHECKED_C); do $(B)/bin/tensor show --check pot $$m > /dev/null; done
	@awk -v models=$(words $(CHECKED_C)) -f pipelines/task-c-check.awk $(R)/task-c.tsv $(INTO)

$(X)/task-c.args: FORCE
	$(call TOLD,$(TASK_C) $(BUDGET))

# The tables of seed $1; times are those of the first one.
TIMED := $(firstword $(SEEDS))
define SEED
$(X)/task-c/pot-$1.tsv: $(call files_of,$1,pot,.predictions) $(X)/task-c.args $(B)/bin/report \
		$(if $(filter $(TIMED),$1),$(call files_of,$1,pot,.times))
	@mkdir -p $$(@D)
	@$(B)/bin/report --task C --budget $(BUDGET) --format tsv \
		$$(addprefix --times=,$$(filter %.times,$$^)) $$(filter %.predictions,$$^) $$(INTO)

$(X)/task-c/before-$1.tsv: $(call files_of,$1,before,.predictions) $(X)/task-c.args \
		$(B)/bin/report
	@mkdir -p $$(@D)
	@$(B)/bin/report --task C --budget $(BUDGET) --format tsv $$(filter %.predictions,$$^) \
		$$(INTO)

endef
$(foreach s,$(SEEDS),$(eval $(call SEED,$s)))

$(X)/task-c/seeds.args: FORCE
	$(call TOLD,$(SEEDS))

$(R)/task-c.tsv: pipelines/published-pot.tsv $(SEEDS:%=$(X)/task-c/pot-%.tsv) \
		$(SEEDS:%=$(X)/task-c/before-%.tsv) $(X)/task-c/seeds.args pipelines/task-c.awk
	@mkdir -p $(@D)
	awk -v rows="$(TASK_C)" -f pipelines/task-c.awk $(filter %.tsv,$^) $(INTO)

# A rule each, for three formats at once would be three makes of one.
$(R)/task-c.%: $(R)/task-c.tsv pipelines/task-c-table.awk
	awk -v format=$* -f pipelines/task-c-table.awk $< $(INTO)

$(R)/task-c/bits.svg $(R)/task-c/bits.png &: $(R)/task-c.tsv pipelines/task-c-bits.awk \
		$(B)/bin/plot
	@mkdir -p $(@D)
	@awk -f pipelines/task-c-bits.awk $< | $(B)/bin/plot --x bits --x-label "bits a weight" \
		--y mean_10 --y-unit 0.01 --error sd --y-label "test accuracy (%)" \
		--series approach --title "$(CORPUS), whit LSTM 2x24: bits against accuracy" \
		--below "powers of two, rounded once or trained on (ste): mean and deviation" \
		$(@D)/bits
