# SPDX-License-Identifier: MIT
# make results: all goals that leave results, then the page that links them, results/README.md (of a
# synthetic corpus $(R)/README.md). make page: the page alone, of what is there.
PAGE := $(if $(filter fsdd,$(CORPUS)),$(dir $(R))README.md,$(R)/README.md)
WRITE_PAGE = @pipelines/page $(R) $(if $(filter fsdd,$(CORPUS)),$(notdir $(R))/) > $(PAGE).part \
	&& mv $(PAGE).part $(PAGE) && echo "$(PAGE)"

.PHONY: results page
results: $(RESULTS) flowchart
	$(WRITE_PAGE)
page:
	$(WRITE_PAGE)
