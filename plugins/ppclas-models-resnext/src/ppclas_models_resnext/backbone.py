# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of the networks: a stem, four stages of residual blocks, a classifier."""

from __future__ import annotations

from typing import Callable, Sequence

from paddle import nn

from ppclas_core.nn import RESIDUAL_BLOCKS, Backbone, ClassifierHead, residual_stages
from ppclas_models_resnext.layout import OUTPUTS, stage_info


class ResidualBackbone(Backbone):
    """Base class of residual networks; the constructor of a subclass builds its stem and calls `build`.

    Args:
        depth: a key of `RESIDUAL_BLOCKS`.
        vd: stem of three convolutions, and pooled shortcuts.
    """

    def __init__(self, depth: int, vd: bool, num_classes: int, in_channels: int) -> None:
        super().__init__(num_classes, in_channels)
        self.depth = depth
        self.vd = vd

    def build(
        self,
        stem: nn.Layer,
        body: Callable[[int, int, int], nn.Layer],
        *,
        width: int = 64,
        outputs: Sequence[int] = OUTPUTS,
        dropout: float = 0.0,
    ) -> None:
        """Build stem, stages and head.

        Args:
            stem: (N, in_channels, H, W) -> (N, width, H / 4, W / 4).
            body: builds a residual branch from (input channels, stage 0..3, stride).
            width: output channels of the stem.
            outputs: output channels of each stage.
            dropout: before the classifier, in the mode of 2020 (see `ClassifierHead`).
        """
        self.stem = stem
        self.stages = residual_stages(width, RESIDUAL_BLOCKS[self.depth], outputs, body, pooled=self.vd)
        self.feature_info = stage_info(outputs)
        self.num_features = outputs[-1]
        self.head = ClassifierHead(self.num_features, self.num_classes, dropout)
