# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of EfficientNet and their published weights."""

from __future__ import annotations

from typing import Dict, Tuple

from ppclas_core.api import Backbone, Weights, published

_MODULE = "ppclas_models_efficientnet.efficientnet"
_PAPER = "EfficientNet: rethinking model scaling for convolutional neural networks (2019)"
_LR_STAGES = (
    (r"stem\..*", r"stages\.0\..*"),
    (r"stages\.1\..*",),
    (r"stages\.2\..*",),
    (r"stages\.3\..*",),
    (r"stages\.4\..*", r"head\.conv\..*"),
)

# top1, top5, GFLOPs, M params, milliseconds in the order of `LATENCIES`
_PUBLISHED = {
    "EfficientNetB0_small":
        (0.758, 0.926, 0.72, 4.65, (1.692, 2.39166, 4.36748, 6.96002, 2.3076, 4.71886, 7.21888)),
    "EfficientNetB0": (0.774, 0.933, 0.72, 5.1, (2.449, 3.40122, 5.95851, 9.10801, 3.442, 6.11476, 9.3304)),
    "EfficientNetB1": (0.792, 0.944, 1.27, 7.52, (3.547, 5.25172, 9.10233, 14.11319, 5.3322, 9.41795, 14.60388)),
    "EfficientNetB2": (0.799, 0.947, 1.85, 8.81, (3.908, 5.91052, 10.5898, 17.38106, 6.29351, 10.95702, 17.75308)),
    "EfficientNetB3": (0.812, 0.954, 3.43, 11.84, (5.145, 7.69582, 16.02548, 27.4447, 7.67749, 16.53288, 28.5939)),
    "EfficientNetB4": (0.829, 0.962, 8.29, 18.76, (7.609, 11.55585, 29.44261, 53.97363, 12.15894, 30.94567, 57.38511)),
    "EfficientNetB5": (0.836, 0.967, 19.51, 29.61, (12.078, 19.63083, 56.52299, None, 20.48571, 61.60252, None)),
    "EfficientNetB6": (0.84, 0.969, 36.27, 42.0, (18.381, 30.05911, None, None, 32.62402, None, None)),
    "EfficientNetB7": (0.843, 0.969, 72.35, 64.92, (27.817, 47.86087, None, None, 53.93823, None, None)),
}
_NOTES = {
    "EfficientNetB0": "",
    "EfficientNetB0_small": "without channel gates, symmetric padding; bicubic resizing adds 0.3 points",
}


def _weights(name: str) -> Tuple[Weights, ...]:
    if name not in _PUBLISHED:
        return ()
    top1, top5, flops, params, times = _PUBLISHED[name]
    note = _NOTES.get(name, "numbers converted from a PyTorch training")
    return (published(name, (top1, top5), (flops, params), times, note=note),)


def _record(
    name: str,
    width: float,
    depth: float,
    dropout: float,
    size: int,
    params: int,
    flops: int,
    lite: bool = False,
) -> Backbone:
    settings: Dict[str, object] = {"width_coefficient": width, "depth_coefficient": depth, "dropout_rate": dropout}
    preset: Dict[str, object] = {"settings": settings}
    if lite:
        settings.update(fix_head_stem=True, relu_fn=True)
        preset["squeeze"] = "max"
    attribute = "efficientnet_small" if name.endswith("_small") else "EfficientNet"
    return Backbone(
        name, f"{_MODULE}:{attribute}", "EfficientNet", preset, size, size + 32,
        "bilinear" if lite else "bicubic", lr_stages=_LR_STAGES, weight_names=f"{_MODULE}:weight_names",
        params=params, flops=flops, paper=_PAPER, arxiv="1905.11946", weights=_weights(name),
    )


RECORDS = (
    _record("EfficientNetB0_small", 1.0, 1.0, 0.2, 224, 4652008, 770375104),
    _record("EfficientNetB0", 1.0, 1.0, 0.2, 224, 5288548, 771629504),
    _record("EfficientNetB1", 1.0, 1.1, 0.2, 240, 7794184, 1373605664),
    _record("EfficientNetB2", 1.1, 1.2, 0.3, 260, 9109994, 1987123744),
    _record("EfficientNetB3", 1.2, 1.4, 0.3, 300, 12233232, 3654282784),
    _record("EfficientNetB4", 1.4, 1.8, 0.4, 380, 19341616, 8787542048),
    _record("EfficientNetB5", 1.6, 2.2, 0.4, 456, 30389784, 20532769504),
    _record("EfficientNetB6", 1.8, 2.6, 0.5, 528, 43040704, 38135187072),
    _record("EfficientNetB7", 2.0, 3.1, 0.5, 600, 66347960, 75491768384),
    _record("EfficientNetLite0", 1.0, 1.0, 0.2, 224, 5288548, 771629504, lite=True),
    _record("EfficientNetLite1", 1.0, 1.1, 0.2, 240, 6229972, 1201972768, lite=True),
    _record("EfficientNetLite2", 1.1, 1.2, 0.3, 260, 7047150, 1721356320, lite=True),
)
