# SPDX-License-Identifier: MIT
# The model DEVICE on processors without a floating-point unit (tests/device, in QEMU):
# $(R)/device.tsv (formats/device.md) and .md, a line each of DEVICE_BUILDS, what that leaves of the
# budget, $(R)/memory.md, and a sentence at the end of `make task-b`. Where a compiler or QEMU is
# missing the line says so, and is made anew when it is there.

F := $(X)/firmware
DEVICE_M := $(X)/$(strip $(DEVICE)).m
DEVICE_T := $(X)/$(strip $(FEATURES_$(firstword $(subst /, ,$(DEVICE)))))/test.t
DEVICE_IO := $(B)/tests/unit/device_io
DEVICE_TOOLS := arm-none-eabi-gcc qemu-system-arm riscv64-unknown-elf-gcc qemu-system-riscv32

$(F)/words.h: $(DEVICE_M) $(B)/bin/export-c
	@mkdir -p $(@D)
	$(B)/bin/export-c < $< $(INTO)

$(F)/features: $(DEVICE_M) $(DEVICE_T) $(DEVICE_IO)
	@mkdir -p $(@D)
	$(DEVICE_IO) features $< < $(DEVICE_T) $(INTO)

$(F)/want: $(DEVICE_M) $(DEVICE_T) $(DEVICE_IO) $(B)/bin/classify
	@mkdir -p $(@D)
	$(B)/bin/classify $< < $(DEVICE_T) | $(DEVICE_IO) logits $(INTO)

$(F)/samples: $(DEVICE_T) $(DEVICE_IO) | $(CHECKED)
	@mkdir -p $(@D)
	$(DEVICE_IO) samples $(RECORDINGS) < $< $(INTO)

$(F)/tools.args: FORCE
	$(call TOLD,$(shell command -v $(DEVICE_TOOLS)))

# BOARD/O2: what tests/device/measure says of that build
$(F)/%.row: $(addprefix $(F)/,words.h features want samples tools.args) \
		$(wildcard lib/fixed/*.[ch] tests/device/*)
	@mkdir -p $(@D)
	{ OPTIM=-$(*F) tests/device/measure $(*D) $(F) || [ $$? -eq 127 ]; } $(INTO)

DEVICE_TARGETS = -v flash=$(strip $(DEVICE_FLASH)) -v ram=$(strip $(DEVICE_RAM)) \
	-v net=$(strip $(DEVICE_NET)) -v front=$(strip $(DEVICE_FRONT))
DEVICE_TABLE = awk -f pipelines/device.awk $(DEVICE_TARGETS) -v corpus=$(CORPUS) \
	-v row=$(strip $(DEVICE))

$(F)/device.args: FORCE
	$(call TOLD,$(DEVICE_BUILDS) $(DEVICE_TARGETS) $(DEVICE))

$(R)/device.tsv: $(DEVICE_BUILDS:%=$(F)/%.row) $(F)/device.args pipelines/device.awk
	@mkdir -p $(@D)
	$(DEVICE_TABLE) $(filter %.row,$^) $(INTO)

$(R)/device.md: $(R)/device.tsv $(F)/device.args pipelines/device-md.awk
	awk -f pipelines/device-md.awk $(DEVICE_TARGETS) $< $(INTO)

$(R)/memory.md: $(R)/device.tsv $(DEVICE_M) $(X)/task-b.args $(B)/bin/report
	$(B)/bin/report --memory --task B --budget $(BUDGET) --format md --device $< $(DEVICE_M) \
		$(INTO)

RESULTS += device
.PHONY: device
device: $(R)/device.tsv $(R)/device.md $(R)/memory.md
	@cat $(R)/device.md
	@echo && sed -n '/^### Readings/,$$p' $(R)/memory.md

task-b: $(DEVICE_TASK:%=$(F)/%.row)
TASK_END_b = $(if $(strip $(DEVICE_TASK)),@$(DEVICE_TABLE) $(DEVICE_TASK:%=$(F)/%.row) | \
	awk -f pipelines/device-line.awk)
