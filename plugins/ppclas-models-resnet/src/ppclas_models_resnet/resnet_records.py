# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The architectures of ResNet, ResNet_vc and ResNet_vd, and their published weights."""

from __future__ import annotations

from ppclas_core.api import Backbone, Weights, published

LR_STAGES = ((r"stem\..*",), *((rf"stages\.{i}\..*",) for i in range(4)))
"""The five stages of `lr_mult_list`: the stem, then each stage with its batch norms; the classifier is in none."""

_PLAIN = ("Deep residual learning for image recognition (2016)", "1512.03385")
_TRICKS = ("Bag of tricks for image classification with convolutional neural networks (2019)", "1812.01187")


def _record(name: str, params: int, flops: int, *weights: Weights) -> Backbone:
    base, _, variant = name.partition("_")
    paper, arxiv = _TRICKS if variant else _PLAIN
    return Backbone(
        name=name,
        target="ppclas_models_resnet.resnet:ResNet",
        family=f"ResNet_{variant}" if variant else "ResNet",
        preset={
            "depth": int(base[len("ResNet"):]),
            "deep_stem": variant != "",
            "pool_shortcut": variant == "vd",
        },
        lr_stages=LR_STAGES,
        weight_names="ppclas_models_resnet.resnet:weight_names",
        params=params,
        flops=flops,
        paper=paper,
        arxiv=arxiv,
        weights=weights,
    )


_RESNET50_VD_MS = (3.165, 2.65164, 4.84109, 7.46225, 3.53131, 8.09057, 14.45965)
_RESNET101_VD_MS = (5.252, 5.05972, 7.83685, 11.34235, 6.11704, 13.76222, 25.11071)

RESNET = (
    _record("ResNet18", 11_693_736, 3_653_836_800,
            published("ResNet18", (0.71, 0.899), (3.66, 11.69),
                      (1.499, 1.3568, 2.5225, 3.61904, 1.45606, 3.56305, 6.28798))),
    _record("ResNet34", 21_801_896, 7_353_212_928,
            published("ResNet34", (0.746, 0.921), (7.36, 21.8),
                      (2.272, 2.23092, 4.10205, 5.54904, 2.34957, 5.89821, 10.73451))),
    _record("ResNet50", 25_557_032, 8_178_368_512,
            published("ResNet50", (0.765, 0.93), (8.19, 25.56),
                      (2.939, 2.63824, 4.63802, 7.02444, 3.47712, 7.84421, 13.90633))),
    _record("ResNet101", 44_549_160, 15_602_810_880,
            published("ResNet101", (0.776, 0.936), (15.52, 44.55),
                      (5.314, 5.04037, 7.73673, 10.8936, 6.07125, 13.40573, 24.3597))),
    _record("ResNet152", 60_192_808, 23_027_253_248,
            published("ResNet152", (0.783, 0.94), (23.05, 60.19),
                      (7.205, 7.28665, 10.62001, 14.90317, 8.50198, 19.17073, 35.78384))),
    _record("ResNet50_vc", 25_576_264, 8_657_649_664,
            published("ResNet50_vc", (0.784, 0.94), (8.67, 25.58),
                      (3.041, 2.67064, 4.72372, 7.17204, 3.52346, 8.10725, 14.45577))),
    _record("ResNet101_vc", 44_568_392, 16_082_092_032),
    _record("ResNet152_vc", 60_212_040, 23_506_534_400),
    _record("ResNet18_vd", 11_712_968, 4_133_117_952,
            published("ResNet18_vd", (0.723, 0.908), (4.14, 11.71),
                      (1.603, 1.39593, 2.69063, 3.88267, 1.54557, 3.85363, 6.88121))),
    _record("ResNet34_vd", 21_821_128, 7_832_494_080,
            published("ResNet34_vd", (0.76, 0.93), (7.39, 21.82),
                      (2.343, 2.23992, 4.22246, 5.79534, 2.43427, 6.22257, 11.44906))),
    _record("ResNet50_vd", 25_576_264, 8_657_649_664,
            published("ResNet50_vd", (0.791, 0.944), (8.67, 25.58), _RESNET50_VD_MS, note="top-1 0.7912"),
            published("ResNet50_vd_v2", (0.798, 0.949), (8.67, 25.58), _RESNET50_VD_MS,
                      note="distilled from ResNet152_vd on the ImageNet-1k training set alone"),
            published("ResNet50_vd_ssld", (0.824, 0.961), (8.67, 25.58), _RESNET50_VD_MS,
                      note="distilled (SSLD) from ResNeXt101_32x16d_wsl and 4M mined images, then tuned; top-1 0.8239"),
            published("ResNet50_vd_ssld_v2", (0.83, 0.964), (8.67, 25.58), (None, *_RESNET50_VD_MS[1:]),
                      note="SSLD with AutoAugment and less weight decay; top-1 0.8299, and 0.837 tested at 320 px"),
            published("Fix_ResNet50_vd_ssld_v2", (0.84, 0.97), (17.696, 25.58),
                      (None, 3.42818, 7.51534, 13.1937, 5.07696, 14.64218, 27.01453), input_size=320, resize_short=320,
                      note="ResNet50_vd_ssld_v2 with only the classifier tuned at 320 px and test-time preprocessing")),
    _record("ResNet101_vd", 44_568_392, 16_082_092_032,
            published("ResNet101_vd", (0.802, 0.95), (16.1, 44.57), _RESNET101_VD_MS),
            published("ResNet101_vd_ssld", (0.837, 0.967), (16.1, 44.57), _RESNET101_VD_MS,
                      note="distilled (SSLD) from ResNeXt101_32x16d_wsl; top-1 0.8373")),
    _record("ResNet152_vd", 60_212_040, 23_506_534_400,
            published("ResNet152_vd", (0.806, 0.953), (23.53, 60.21),
                      (7.2, 7.29127, 10.86137, 15.32444, 8.54376, 19.52157, 36.64445), note="top-1 0.8059")),
    _record("ResNet200_vd", 74_738_504, 30_494_244_864,
            published("ResNet200_vd", (0.809, 0.953), (30.53, 74.74),
                      (8.885, 9.36026, 13.5474, 19.0725, 10.80619, 25.01731, 48.81399))),
)
