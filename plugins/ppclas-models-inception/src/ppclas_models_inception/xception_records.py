# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of Xception and Xception_deeplab, and their published weights."""

from __future__ import annotations

from typing import Dict, Optional, Tuple

from ppclas_core.api import Backbone, Weights, published

_THREE = ((128, 2), (256, 2), (728, 2))
_FIVE = ((128, 2), (256, 1), (256, 2), (728, 1), (728, 2))
_LR_STAGES = ((r"stem\..*",), (r"stages\.0\..*",), (r"stages\.1\..*",), (r"stages\.2\..*",), (r"stages\.3\..*",))
_PAPER = "Xception: deep learning with depthwise separable convolutions (2016)"
_DEEPLAB_PAPER = "Encoder-decoder with atrous separable convolution for semantic image segmentation (2018)"


def _record(
    name: str,
    entry: Tuple[Tuple[int, int], ...],
    middle: int,
    params: int,
    flops: int,
    weights: Optional[Weights] = None,
) -> Backbone:
    deeplab = name.endswith("_deeplab")
    module = "ppclas_models_inception." + ("xception_deeplab" if deeplab else "xception")
    preset: Dict[str, object] = {"entry": entry, "middle": middle}
    if deeplab:
        preset["label"] = f"xception_{name[8:10]}"
    return Backbone(
        name, f"{module}:{'XceptionDeeplab' if deeplab else 'Xception'}", "Xception", preset, 299, 320,
        lr_stages=_LR_STAGES, weight_names=f"{module}:weight_names", params=params, flops=flops,
        paper=_DEEPLAB_PAPER if deeplab else _PAPER, arxiv="1802.02611" if deeplab else "1610.02357",
        weights=(weights,) if weights else (),
    )


RECORDS = (
    _record("Xception41", _THREE, 8, 22919600, 16996420144, published(
        "Xception41", (0.793, 0.945), (16.74, 22.69),
        (3.972, 2.91192, 7.86878, 15.53685, 4.96939, 17.01361, 32.67831))),
    _record("Xception65", _THREE, 16, 35866352, 26293515952, published(
        "Xception65", (0.81, 0.955), (25.95, 35.48),
        (6.174, 4.30126, 11.58371, 23.22213, 7.26158, 25.88778, 53.45426))),
    _record("Xception71", _FIVE, 16, 37678496, 32168543408, published(
        "Xception71", (0.811, 0.955), (31.77, 37.28),
        (6.782, 4.80889, 13.5624, 27.18822, 8.72457, 31.55549, 69.31018))),
    _record("Xception41_deeplab", _THREE, 8, 26969560, 18408268624, published(
        "Xception41_deeplab", (0.796, 0.944), (18.16, 26.73),
        (4.408, 2.85934, 7.2075, 14.01406, 5.33541, 17.55938, 33.76232))),
    _record("Xception65_deeplab", _THREE, 16, 39916312, 27705364432, published(
        "Xception65_deeplab", (0.803, 0.945), (27.37, 39.52),
        (6.464, 4.06803, 9.72694, 19.477, 7.60208, 26.03699, 54.74724))),
    _record("Xception71_deeplab", _FIVE, 16, 42338736, 35893107856),
)
