# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Records of HRNet and SE_HRNet: one line per architecture."""

from __future__ import annotations

from typing import Optional

from ppclas_core.api import Backbone, Weights, published

_PACKAGE = "ppclas_models_hrnet"
_LR_STAGES = (
    (r"stem\..*", r"stages\.0\..*"),
    (r"stages\.1\..*",),
    (r"stages\.2\..*",),
    (r"stages\.3\..*",),
    (r"head\.(branches|downs|last)\..*",),
)


def _record(width: int, params: int, flops: int, use_se: bool = False,
            weights: Optional[Weights] = None) -> Backbone:
    name = f"{'SE_' if use_se else ''}HRNet_W{width}_C"
    return Backbone(
        name, f"{_PACKAGE}.hrnet:HRNet", "HRNet", {"width": width, "use_se": use_se}, lr_stages=_LR_STAGES,
        weight_names=f"{_PACKAGE}.hrnet_names:weight_names", params=params, flops=flops,
        paper="Deep high-resolution representation learning for visual recognition (2019)", arxiv="1908.07919",
        weights=(weights,) if weights else (),
    )


RECORDS = (
    _record(18, 21295164, 8567074144, weights=published(
        "HRNet_W18_C", (0.769, 0.934), (4.14, 21.29),
        (7.368, 6.79093, 11.50986, 17.67244, 7.40636, 13.29752, 23.33445))),
    _record(30, 37708380, 16211563360, weights=published(
        "HRNet_W30_C", (0.78, 0.94), (16.23, 37.71), (9.402, 8.98077, 14.08082, 21.23527, 9.57594, 17.35485, 32.6933))),
    _record(32, 41228840, 17842266112, weights=published(
        "HRNet_W32_C", (0.783, 0.942), (17.86, 41.23),
        (9.467, 8.82415, 14.21462, 21.19804, 9.49807, 17.72921, 32.96305))),
    _record(40, 57553320, 25383994880, weights=published(
        "HRNet_W40_C", (0.788, 0.945), (25.41, 57.55),
        (10.739, 11.4229, 19.1595, 30.47984, 12.12202, 25.68184, 48.90623))),
    _record(44, 67061144, 29766209920, weights=published(
        "HRNet_W44_C", (0.79, 0.945), (29.79, 67.06),
        (11.497, 12.25778, 22.75456, 32.61275, 13.19858, 32.25202, 59.09871))),
    _record(48, 77466024, 34555992064, weights=published(
        "HRNet_W48_C", (0.79, 0.944), (34.58, 77.47),
        (12.165, 12.65015, 23.12886, 33.37859, 13.70761, 34.43572, 63.01219))),
    _record(60, 114063000, 51370741120),
    _record(64, 128056104, 57790791680, weights=published(
        "HRNet_W64_C", (0.793, 0.946), (57.83, 128.06),
        (15.003, 15.10428, 27.68901, 40.4198, 17.57527, 47.9533, 97.11228))),
    _record(18, 21563920, 8567593824, use_se=True),
    _record(30, 38074860, 16212270816, use_se=True),
    _record(32, 41625280, 17843032064, use_se=True),
    _record(40, 58050120, 25384956416, use_se=True),
    _record(44, 67613356, 29767279744, use_se=True),
    _record(48, 78087792, 34557198336, use_se=True),
    _record(60, 114904796, 51372379776, use_se=True),
    _record(64, 128991264, 57792614400, use_se=True),
)
