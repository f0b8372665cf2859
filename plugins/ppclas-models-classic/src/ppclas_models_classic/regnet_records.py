# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of RegNet."""

from __future__ import annotations

from typing import Tuple

from ppclas_core.api import Backbone

_LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(4)))


def _record(
    name: str, widths: Tuple[int, ...], depths: Tuple[int, ...], group_width: int, params: int, flops: int
) -> Backbone:
    return Backbone(
        name=name,
        target="ppclas_models_classic.regnet:RegNet",
        family="RegNet",
        preset={"widths": widths, "depths": depths, "group_width": group_width, "gate": "RegNetY" in name},
        lr_stages=_LR_STAGES,
        weight_names="ppclas_models_classic.regnet:weight_names",
        params=params,
        flops=flops,
        paper="Designing network design spaces (2020)",
        arxiv="2003.13678",
    )


RECORDS = (
    _record("RegNetX_200MF", (24, 56, 152, 368), (1, 1, 4, 7), 8, 2_684_792, 398_079_744),
    _record("RegNetX_4GF", (80, 240, 560, 1360), (2, 5, 14, 2), 40, 22_118_248, 7_928_997_632),
    _record("RegNetX_32GF", (336, 672, 1344, 2520), (2, 7, 13, 1), 168, 107_811_560, 63_471_859_584),
    _record("RegNetY_200MF", (24, 56, 152, 368), (1, 1, 4, 7), 8, 3_162_996, 399_028_160),
    _record("RegNetY_4GF", (128, 192, 512, 1088), (2, 6, 12, 2), 64, 20_646_656, 7_946_576_896),
    _record("RegNetY_32GF", (232, 696, 1392, 3712), (2, 5, 12, 1), 232, 145_046_770, 64_559_105_664),
)
