# SPDX-License-Identifier: MIT
# Task C: every weight a power of two, by every way there, over all SEEDS:
#   $(X)/RECIPE/hHIDDEN-sSEED/{pot,before}-WAY.{m,predictions}   as it is, before the projection
#   $(R)/task-c.{tsv,json,md,txt}, and $(R)/task-c/bits.svg      accuracy against bits

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
# Into integers goes what lib/fixed can run, of our ways and of none; the published stay as their
# authors ran them, in float.
PACKED = $(and $(filter round ste,$(call way_approach,$1)),$(filter-out $(FLOAT_CELLS),$2))
POT_FORM = $(if $(call PACKED,$1,$2),$(if $(filter round,$(call way_approach,$1)),--calibrate \
	$(X)/$(FEATURES_$2)/train.t),--float)

# The rules of way $2 for nets of recipe $1.
define POT
.PRECIOUS: $(X)/$1/%/pot-$2.m $(X)/$1/%/before-$2.m
$(X)/$1/pot-$2.args: FORCE
	$$(call TOLD,$(call POT_TOLD,$2,$1))

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

# Predictions of rows $1 with % for the seed, of files that begin with $2.
POT_PREDICTIONS = $(foreach t,$1,$(X)/$(subst /$(call row_way,$t),,$t)-s%/$(if $(filter float32, \
	$(call row_way,$t)),,$2-)$(call row_way,$t).predictions)
# Times are the first seed's.
TIMED := $(firstword $(SEEDS))
POT_TIMES = $(patsubst %.predictions,%.times,$(subst %,$(TIMED), \
	$(call POT_PREDICTIONS,$(TASK_C),pot)))

RESULTS += task-c
.PHONY: task-c
FIGURES_c := $(if $(and $(GNUPLOT),$(filter whit/h24/ste.%,$(TASK_C))),$(R)/task-c/bits.svg)
task-c: $(addprefix $(R)/task-c.,tsv json md txt) $(FIGURES_c)
	@cat $(R)/task-c.txt
	@awk -f pipelines/task-c-check.awk $(R)/task-c.tsv

$(X)/task-c.args: FORCE
	$(call TOLD,$(TASK_C) $(SEEDS) $(BUDGET))

.PRECIOUS: $(X)/task-c/pot-%.tsv $(X)/task-c/before-%.tsv
$(X)/task-c/pot-%.tsv: $(call POT_PREDICTIONS,$(TASK_C),pot) $(POT_TIMES) $(X)/task-c.args \
		$(B)/bin/report
	@mkdir -p $(@D)
	@$(B)/bin/report --task C --budget $(BUDGET) --format tsv \
		$(if $(filter $(TIMED),$*),$(POT_TIMES:%=--times=%)) \
		$(filter %.predictions,$^) $(INTO)

$(X)/task-c/before-%.tsv: $(call POT_PREDICTIONS,$(TASK_C),before) $(X)/task-c.args $(B)/bin/report
	@mkdir -p $(@D)
	@$(B)/bin/report --task C --budget $(BUDGET) --format tsv $(filter %.predictions,$^) $(INTO)

$(R)/task-c.tsv: pipelines/published-pot.tsv $(SEEDS:%=$(X)/task-c/pot-%.tsv) \
		$(SEEDS:%=$(X)/task-c/before-%.tsv) pipelines/task-c.awk
	@mkdir -p $(@D)
	awk -v rows="$(TASK_C)" -f pipelines/task-c.awk $(filter %.tsv,$^) $(INTO)

# A rule each, for three formats at once would be three makes of one.
$(R)/task-c.%: $(R)/task-c.tsv pipelines/task-c-table.awk
	awk -v format=$* -f pipelines/task-c-table.awk $< $(INTO)

$(R)/task-c/bits.svg: $(R)/task-c.tsv pipelines/task-c.gp
	@mkdir -p $(@D)
	gnuplot -e "table='$<'; corpus='$(CORPUS)'" pipelines/task-c.gp $(INTO)
