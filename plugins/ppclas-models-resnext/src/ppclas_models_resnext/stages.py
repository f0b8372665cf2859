# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The stages of learning-rate multipliers, the same for all families here."""

from __future__ import annotations

LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(4)))
"""`lr_mult_list` has five entries: the stem, then each stage with its batch norms; the classifier is in none."""
