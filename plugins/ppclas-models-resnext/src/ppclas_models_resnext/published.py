# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What the record tables share: the stages of learning-rate multipliers, and a short form of published weights."""

from __future__ import annotations

from typing import Optional, Tuple

from ppclas_core.api import Weights

LATENCIES = ("v100_fp32_bs1", "t4_fp16_bs1", "t4_fp16_bs4", "t4_fp16_bs8", "t4_fp32_bs1", "t4_fp32_bs4", "t4_fp32_bs8")


LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(4)))
"""`lr_mult_list` has five entries: the stem, then each stage with its batch norms; the classifier is in none."""


def published(
    name: str,
    accuracy: Tuple[float, float],
    cost: Tuple[float, float],
    milliseconds: Tuple[Optional[float], ...] = (),
    *,
    input_size: Optional[int] = None,
    resize_short: Optional[int] = None,
    note: str = "",
) -> Weights:
    """One published checkpoint.

    Args:
        accuracy: top-1 and top-5 in 0..1.
        cost: 1e9 operations (2 x multiply-adds) and 1e6 values.
        milliseconds: latencies in the order of `LATENCIES`, None where none was published.
    """
    latency = {label: time for label, time in zip(LATENCIES, milliseconds) if time is not None}
    return Weights(name, f"{name}_pretrained.tar", input_size, resize_short, *accuracy, *cost, latency, note=note)
