# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Layers that several model families share, and the base class of backbones."""

from __future__ import annotations

from ppclas_core.nn.backbone import Backbone, FeatureInfo
from ppclas_core.nn.conv_bn import ConvBN, activation
from ppclas_core.nn.drop_path import DropPath
from ppclas_core.nn.head import ClassifierHead
from ppclas_core.nn.residual import RESIDUAL_BLOCKS, Residual, ShortcutConv, deep_stem, residual_stages
from ppclas_core.nn.rounding import make_divisible
from ppclas_core.nn.squeeze_excite import SqueezeExcite

__all__ = [
    "RESIDUAL_BLOCKS",
    "Backbone",
    "ClassifierHead",
    "ConvBN",
    "DropPath",
    "FeatureInfo",
    "Residual",
    "ShortcutConv",
    "SqueezeExcite",
    "activation",
    "deep_stem",
    "make_divisible",
    "residual_stages",
]
