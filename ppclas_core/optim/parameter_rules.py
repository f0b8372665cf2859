# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rules of `OPTIMIZER` that treat parameters differently: which are spared by weight decay, which learn slower."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Dict, Sequence, Set

if TYPE_CHECKING:
    from paddle import nn

_STEM = (-1, -1)
_BLOCK = re.compile(r"stages\.(\d+)\.(\d+)\.")


def spared_by_decay(model: nn.Layer, kinds: Sequence[str]) -> Set[str]:
    """Keys of the parameters that `no_weight_decay` names.

    Args:
        kinds: `norm`: scale and shift of every normalisation layer; `bias`: every parameter called bias, those of
            normalisation layers included. Source: Bag of tricks for image classification (2019).
    """
    spared: Set[str] = set()
    for name, layer in model.named_sublayers(include_self=True):
        norm = "Norm" in type(layer).__name__
        for own in layer._parameters:
            if ("norm" in kinds and norm) or ("bias" in kinds and own == "bias"):
                spared.add(f"{name}.{own}" if name else own)
    return spared


def layer_multipliers(model: nn.Layer, factor: float) -> Dict[str, float]:
    """Learning-rate multiplier of each parameter key under `layer_decay`.

    `head.*` has 1, the last block `factor`, the block before it `factor` ** 2, and so on; the stem has the highest
    power. A block is one `stages.i.j`. Source: ELECTRA (2020), for images BEiT (2021).
    """
    places = {}
    for key, _ in model.named_parameters():
        block = _BLOCK.match(key)
        if not key.startswith("head."):
            places[key] = (int(block[1]), int(block[2])) if block else _STEM
    order = sorted(set(places.values()), reverse=True)
    powers = {place: index + 1 for index, place in enumerate(order)}
    return {key: factor ** powers[places[key]] if key in places else 1.0 for key, _ in model.named_parameters()}
