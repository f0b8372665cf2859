# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Learning-rate schedules of core: functions of the optimizer step, counted from 0.

Each schedule is a frozen dataclass of its parameters; the trainer supplies `epochs` and `step_each_epoch` (optimizer
steps per epoch). The learning rate depends on the step alone, so a resumed run needs no state.
"""
