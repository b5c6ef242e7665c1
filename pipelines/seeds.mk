# SPDX-License-Identifier: MIT
# Rows over all SEEDS: $(R)/seeds.tsv (means, deviations, each seed's accuracy) and the same for
# people, seeds.md, of tasks A and B; $(R)/takes.tsv and .md of task B where the corpus' own test
# part is the test part.

# The table $1 of rows $2, whose predictions lie in $3.
define TABLE
.PHONY: $1
$1: $(SEEDS:%=$(X)/tables/$1-%.tsv) $(R)/$1.tsv $(R)/$1.md
	@cat $(R)/$1.md

$(X)/tables/$1-%.tsv: $(patsubst %,$3/%.predictions,$(subst -s42/,-s%/,$2)) \
		$(X)/$1.args $(B)/bin/report
	@mkdir -p $$(@D)
	$(B)/bin/report --budget $(BUDGET) --format tsv $$(filter %.predictions,$$^) $$(INTO)

$(X)/$1.args: FORCE
	$$(call TOLD,$2 $(SEEDS) $(BUDGET))

$(R)/$1.tsv: $(SEEDS:%=$(X)/tables/$1-%.tsv) pipelines/seeds.awk
	@mkdir -p $$(@D)
	awk -f pipelines/seeds.awk $$(filter %.tsv,$$^) $$(INTO)

$(R)/$1.md: $(R)/$1.tsv pipelines/seeds-md.awk
	awk -f pipelines/seeds-md.awk $$< $$(INTO)
endef
$(eval $(call TABLE,seeds,$(TASK_A) $(TASK_B),$(X)))
$(eval $(call TABLE,takes,$(TASK_B),$(X)/takes))
