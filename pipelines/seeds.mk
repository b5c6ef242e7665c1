# SPDX-License-Identifier: MIT
# Rows over all SEEDS: $(R)/seeds.tsv and .md of tasks A and B; $(R)/takes.tsv and .md of task B
# where the corpus' own test part is the test part.
ROWS_seeds_rows := $(TASK_A) $(TASK_B)
ROWS_takes_rows := $(TASK_B)
COLUMNS_seeds := recipe net features precision seeds:d mean_%=mean:% sd:% min:% max:%
COLUMNS_takes := $(COLUMNS_seeds)
$(eval $(call TABLE,seeds,tsv md,$(SEEDS),$(X),rows))
$(eval $(call TABLE,takes,tsv md,$(SEEDS),$(X)/takes,rows))
