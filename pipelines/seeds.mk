# SPDX-License-Identifier: MIT
# Every row of tasks A and B over all SEEDS: $(R)/seeds.tsv (means, deviations, each seed's
# accuracy) and the same for people, seeds.md.

SEED_ROWS := $(subst -s42/,-s%/,$(TASK_A) $(TASK_B))

.PHONY: seeds
seeds: $(SEEDS:%=$(X)/seeds/%.tsv) $(R)/seeds.tsv $(R)/seeds.md
	@cat $(R)/seeds.md

$(X)/seeds/%.tsv: $(patsubst %,$(X)/%.predictions,$(SEED_ROWS)) $(X)/seeds.args $(B)/bin/report
	@mkdir -p $(@D)
	$(B)/bin/report --budget $(BUDGET) --format tsv $(filter %.predictions,$^) $(INTO)

$(X)/seeds.args: FORCE
	$(call TOLD,$(SEED_ROWS) $(SEEDS) $(BUDGET))

$(R)/seeds.tsv: $(SEEDS:%=$(X)/seeds/%.tsv) pipelines/seeds.awk
	@mkdir -p $(@D)
	awk -f pipelines/seeds.awk $(filter %.tsv,$^) $(INTO)

$(R)/seeds.md: $(R)/seeds.tsv pipelines/seeds-md.awk
	awk -f pipelines/seeds-md.awk $< $(INTO)
