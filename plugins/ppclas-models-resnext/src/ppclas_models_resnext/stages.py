# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Learning-rate stages, the same for all families of this distribution."""

from __future__ import annotations

LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(4)))
"""The five stages of `lr_mult_list`: the stem, then each stage with its batch norms; the classifier is in none."""
