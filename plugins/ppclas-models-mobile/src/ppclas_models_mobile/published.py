# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Records of the published weights of mobile networks."""

from __future__ import annotations

from typing import Dict, Optional, Tuple

from ppclas_core.api import Weights


def published(
    name: str,
    accuracy: Tuple[float, Optional[float]],
    cost: Tuple[Optional[float], Optional[float], float],
    sd855: float,
    fp16: Tuple[float, ...] = (),
    fp32: Tuple[float, ...] = (),
    suffix: str = ".tar",
    note: str = "",
) -> Weights:
    """Return the record of published weights.

    Args:
        name: name of the weights.
        accuracy: top-1 and top-5 in 0..1.
        cost: published GFLOPs (2 x multiply-adds), million parameters, megabytes.
        sd855: milliseconds on a Snapdragon 855, batch 1.
        fp16: milliseconds on a T4 in float16 at batch 1, 4 and 8, or empty.
        fp32: milliseconds on a T4 in float32 at batch 1, 4 and 8, or empty.
        suffix: suffix of the published file name after `<name>_pretrained`.
        note: remark for `ppclas info`.
    """
    latency: Dict[str, float] = {"sd855_bs1": sd855}
    for kind, values in (("fp16", fp16), ("fp32", fp32)):
        latency.update({f"t4_{kind}_bs{batch}": value for batch, value in zip((1, 4, 8), values)})
    return Weights(
        name=name,
        file=f"{name}_pretrained{suffix}",
        top1=accuracy[0],
        top5=accuracy[1],
        flops_g=cost[0],
        params_m=cost[1],
        storage_mb=cost[2],
        latency_ms=latency,
        note=note,
    )
