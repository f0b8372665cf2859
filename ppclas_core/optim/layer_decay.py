# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Layer-wise learning-rate decay: the key `OPTIMIZER.layer_decay`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Dict, Tuple

if TYPE_CHECKING:
    from paddle import nn

_STEM = (-1, -1)
_BLOCK = re.compile(r"stages\.(\d+)\.(\d+)\.")


def layer_multipliers(model: nn.Layer, factor: float) -> Dict[str, float]:
    """Return the learning-rate multiplier of each parameter key.

    The multiplier of `head.*` is 1, that of the last block `factor`, of the block before it `factor` ** 2, and so on to
    the stem. A block is one `stages.i.j`; all other keys belong to the stem. Source: ELECTRA (2020), for images BEiT
    (2021).
    """
    blocks: Dict[str, Tuple[int, int]] = {}
    for key, _ in model.named_parameters():
        match = _BLOCK.match(key)
        if not key.startswith("head."):
            blocks[key] = (int(match[1]), int(match[2])) if match else _STEM
    order = sorted(set(blocks.values()), reverse=True)
    powers = {block: index + 1 for index, block in enumerate(order)}
    return {key: factor ** powers[blocks[key]] if key in blocks else 1.0 for key, _ in model.named_parameters()}


def apply_layer_decay(model: nn.Layer, factor: float) -> None:
    """Multiply the learning-rate multiplier of each parameter by that of `layer_multipliers`."""
    multipliers = layer_multipliers(model, factor)
    for key, parameter in model.named_parameters():
        parameter.optimize_attr["learning_rate"] *= multipliers[key]
