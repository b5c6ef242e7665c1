# SPDX-License-Identifier: MIT
# Task B: within the budget, in float and in integers.
$(eval $(call TASK,b,B,$(TASK_B)))
