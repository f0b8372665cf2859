# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published checkpoints of this distribution's families, in the short form in which the records hold them."""

from __future__ import annotations

from typing import Tuple

from ppclas_core.api import Weights

_LATENCIES = ("v100_fp32_bs1", "t4_fp16_bs1", "t4_fp16_bs4", "t4_fp16_bs8", "t4_fp32_bs1", "t4_fp32_bs4", "t4_fp32_bs8")


def published(
    name: str,
    top1: float,
    top5: float,
    flops_g: float,
    params_m: float,
    latency_ms: Tuple[float, ...],
    note: str = "",
) -> Tuple[Weights, ...]:
    """The one checkpoint of an architecture.

    Args:
        name: of the architecture and of the checkpoint.
        top1, top5, flops_g, params_m: as `Weights` has them.
        latency_ms: batch 1 on a V100 in float32, then batches 1, 4, 8 on a T4 in float16, then in float32.
    """
    return (Weights(name, f"{name}_pretrained.tar", top1=top1, top5=top5, flops_g=flops_g, params_m=params_m,
                    latency_ms=dict(zip(_LATENCIES, latency_ms)), note=note),)
