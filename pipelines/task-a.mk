# SPDX-License-Identifier: MIT
# Task A: as good as it gets, whatever its size.
$(eval $(call TASK,a,A,$(TASK_A)))
