# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Scaling coefficients of an EfficientNet, which a config may override."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from ppclas_core.nn import make_divisible
from ppclas_core.plugins import bind_parameters


@dataclass(frozen=True)
class Settings:
    """Settings of one variant; every field is a key of `override_params`.

    Args:
        width_coefficient, depth_coefficient: factors for the channels and for the repeats of B0.
        dropout_rate: dropout before the classifier, 0 <= p < 1.
        drop_connect_rate: drop probability of stochastic depth at the last block; it is linear in the block index.
        batch_norm_momentum, batch_norm_epsilon: of every batch norm; the momentum is the weight of the old statistics.
        depth_divisor, min_depth: channels are rounded to multiples of the former, and are at least the latter.
        fix_head_stem: scale neither stem nor head, nor the repeats of the first and last stage, as in Lite networks.
        relu_fn: ReLU6 instead of swish, as in Lite networks.
    """

    width_coefficient: float = 1.0
    depth_coefficient: float = 1.0
    dropout_rate: float = 0.2
    drop_connect_rate: float = 0.2
    batch_norm_momentum: float = 0.99
    batch_norm_epsilon: float = 1e-3
    depth_divisor: int = 8
    min_depth: Optional[int] = None
    fix_head_stem: bool = False
    relu_fn: bool = False

    def overridden(self, params: Optional[Mapping[str, Any]]) -> Settings:
        """Return a copy with the fields in `params`.

        Raises:
            UserError: a name is unknown, or a value has a wrong type.
        """
        given = bind_parameters(Settings, params or {}, owner="override_params of EfficientNet")
        return dataclasses.replace(self, **given)

    @property
    def act(self) -> str:
        """Name of the activation."""
        return "relu6" if self.relu_fn else "swish"

    def width(self, channels: int, end: bool = False) -> int:
        """Return the scaled number of channels; `end` marks stem and head."""
        if end and self.fix_head_stem:
            return channels
        return make_divisible(channels * self.width_coefficient, self.depth_divisor, self.min_depth or 0)

    def repeats(self, count: int, end: bool = False) -> int:
        """Return the scaled number of blocks of a stage; `end` marks the first and the last stage."""
        return count if end and self.fix_head_stem else math.ceil(count * self.depth_coefficient)
