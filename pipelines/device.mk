# SPDX-License-Identifier: MIT
# The models of DEVICE on processors without a floating-point unit (tests/device, in QEMU):
# $(R)/device.tsv (formats/device.md) and .md, for each model a line each of DEVICE_BUILDS. The
# first is the one with targets; of it are $(R)/memory.md, what is left of the budget, and a
# sentence at the end of `make task-b`. Where a compiler or QEMU is missing the line says so, and is
# made anew when it is there.

F := $(X)/firmware
DEVICE_FIRST := $(firstword $(DEVICE))
DEVICE_IO := $(B)/tests/unit/device_io
DEVICE_TOOLS := arm-none-eabi-gcc qemu-system-arm riscv64-unknown-elf-gcc qemu-system-riscv32

$(F)/tools.args: FORCE
	$(call TOLD,$(shell command -v $(DEVICE_TOOLS)))

# The rules of model $1, whose features are $2, in a folder of its own; BOARD/O2.row: what
# tests/device/measure says of that build. Multiplications are counted apart, of one build, since
# task-b wants the row without them.
COUNTED := microbit/O2
define FIRMWARE
$(F)/$1/words.h: $(X)/$1.m $(B)/bin/export-c
	@mkdir -p $$(@D)
	$(B)/bin/export-c < $$< $$(INTO)

$(F)/$1/features: $(X)/$1.m $2 $(DEVICE_IO)
	@mkdir -p $$(@D)
	$(DEVICE_IO) features $$< < $2 $$(INTO)

$(F)/$1/want: $(X)/$1.m $2 $(DEVICE_IO) $(B)/bin/classify
	@mkdir -p $$(@D)
	$(B)/bin/classify $$< < $2 | $(DEVICE_IO) logits $$(INTO)

$(F)/$1/samples: $2 $(DEVICE_IO) | $(CHECKED)
	@mkdir -p $$(@D)
	$(DEVICE_IO) samples $(RECORDINGS) < $$< $$(INTO)

$(F)/$1/%.row: $(addprefix $(F)/$1/,words.h features want samples) $(F)/tools.args \
		$(wildcard lib/fixed/*.[ch] tests/device/*)
	@mkdir -p $$(@D)
	{ printf 'row\t%s\n' $1; OPTIM=-$$(*F) tests/device/measure $$(*D) $(F)/$1 || \
		[ $$$$? -eq 127 ]; } $$(INTO)

$(F)/$1/$(COUNTED).counted: $(F)/$1/$(COUNTED).row
	{ cat $$<; grep -q '^missing' $$< || tests/device/frame-multiplies $(F)/$1; } $$(INTO)

endef
DEVICE_T = $(X)/$(strip $(FEATURES_$(firstword $(subst /, ,$1))))/test.t
$(foreach m,$(DEVICE),$(eval $(call FIRMWARE,$m,$(call DEVICE_T,$m))))
DEVICE_ROWS := $(foreach m,$(DEVICE),$(foreach b,$(DEVICE_BUILDS),$(F)/$m/$b.$(if \
	$(filter $(COUNTED),$b),counted,row)))

DEVICE_TARGETS = -v flash=$(strip $(DEVICE_FLASH)) -v ram=$(strip $(DEVICE_RAM)) \
	-v net=$(strip $(DEVICE_NET)) -v front=$(strip $(DEVICE_FRONT))
DEVICE_TABLE = awk -f pipelines/device.awk $(DEVICE_TARGETS) -v corpus=$(CORPUS)

$(F)/device.args: FORCE
	$(call TOLD,$(DEVICE_BUILDS) $(DEVICE_TARGETS) $(DEVICE))

$(R)/device.tsv: $(DEVICE_ROWS) $(F)/device.args pipelines/device.awk
	@mkdir -p $(@D)
	$(DEVICE_TABLE) $(DEVICE_ROWS) $(INTO)

$(R)/device.md: $(R)/device.tsv $(F)/device.args pipelines/device-md.awk
	awk -f pipelines/device-md.awk $(DEVICE_TARGETS) $< $(INTO)

$(R)/memory.md: $(R)/device.tsv $(X)/$(DEVICE_FIRST).m $(X)/task-b.args $(B)/bin/report
	$(B)/bin/report --memory --task B --budget $(BUDGET) --format md --device $< \
		$(X)/$(DEVICE_FIRST).m $(INTO)

RESULTS += device
.PHONY: device
device: $(R)/device.tsv $(R)/device.md $(R)/memory.md
	@cat $(R)/device.md
	@echo && sed -n '/^### Readings/,$$p' $(R)/memory.md

DEVICE_TASK_ROWS := $(if $(DEVICE_FIRST),$(DEVICE_TASK:%=$(F)/$(DEVICE_FIRST)/%.row))
task-b: $(DEVICE_TASK_ROWS)
TASK_END_b = $(if $(DEVICE_TASK_ROWS),@$(DEVICE_TABLE) $(DEVICE_TASK_ROWS) | \
	awk -f pipelines/device-line.awk)
