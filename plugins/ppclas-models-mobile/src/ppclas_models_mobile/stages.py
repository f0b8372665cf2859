# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Learning-rate stages of networks with five stages and a convolution before the classifier."""

from __future__ import annotations

LR_STAGES = (
    (r"stem\..*", r"stages\.0\..*"),
    *((rf"stages\.{i}\..*",) for i in range(1, 4)),
    (r"stages\.4\..*", r"head\.conv\..*"),
)
"""The five stages of `lr_mult_list`; the classifier belongs to none."""
