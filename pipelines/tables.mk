# SPDX-License-Identifier: MIT
# Tables over seeds, a line a row: $(R)/NAME.tsv (means, deviations, each seed's accuracy) and
# the same for people, NAME.md, .txt, .json.

PUBLISHED := pipelines/published.tsv
BUDGET_KB := $(patsubst %K,%,$(strip $(BUDGET)))

# Table $1 in the formats $2, over the seeds $3, of rows in the folder $4, in the groups $5, which
# reports call tasks. Of each, ROWS_$1_GROUP are the rows, as in params.mk, whatever seed they name.
# SEEDS_$1: words for seeds.awk; COLUMNS_$1, TITLE_$1, NOTE_$1: what people see (table.awk).
define TABLE
$(foreach g,$5,$(call TABLE_GROUP,$1,$3,$4,$g))
RESULTS += $1
.PHONY: $1
$1: $(foreach g,$5,$(3:%=$(X)/tables/$1/$g-s%.tsv)) $(2:%=$(R)/$1.%)
	@cat $(firstword $(filter %.md %.txt,$(2:%=$(R)/$1.%)))

$(X)/tables/$1.args: FORCE
	$$(call TOLD,$3 $(BUDGET) $(foreach g,$5,$g $(ROWS_$1_$g)))

$(X)/tables/$1.shown: FORCE
	$$(call TOLD,$$(subst ",,$$(SEEDS_$1)) $$(COLUMNS_$1) $$(TITLE_$1) $$(NOTE_$1))

$(R)/$1.tsv: $(foreach g,$5,$(3:%=$(X)/tables/$1/$g-s%.tsv)) $(X)/tables/$1.shown \
		pipelines/seeds.awk $(PUBLISHED)
	@mkdir -p $$(@D)
	awk $(SEEDS_$1) -f pipelines/seeds.awk $$(filter %.tsv,$$(filter-out $(PUBLISHED),$$^)) \
		$$(INTO)

$(patsubst %,$(R)/$1.%,$(filter-out tsv,$2)): $(R)/$1.%: $(R)/$1.tsv $(X)/tables/$1.shown \
		pipelines/table.awk
	@awk -v format=$$* -v title='$$(TITLE_$1)' -v note='$$(NOTE_$1)' \
		-v columns='$(COLUMNS_$1)' -f pipelines/table.awk $$< $$(INTO)
endef
define TABLE_GROUP
$(X)/tables/$1/$4-s%.tsv: $(patsubst %,$3/%.predictions,$(subst -s42/,-s%/,$(ROWS_$1_$4))) \
		$(patsubst %,$3/%.times,$(subst -s42/,-s%/,$(ROWS_$1_$4))) $(X)/tables/$1.args \
		$(B)/bin/report pipelines/mean-us.awk
	@mkdir -p $$(@D)
	@$(B)/bin/report --task $4 --budget $(BUDGET) $(REPORT_$1) --format tsv \
		$$(addprefix --times=,$$(filter %.times,$$^)) $$(filter %.predictions,$$^) | \
		awk -f pipelines/mean-us.awk - $$(filter %.times,$$^) $$(INTO)

endef
