# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weight decay: the regularizer of `OPTIMIZER.regularizer`, and the parameters that `no_weight_decay` leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence, Set

from ppclas_core.errors import UserError
from ppclas_core.plugins.signature import coerce

if TYPE_CHECKING:
    from paddle import nn


def build_regularizer(section: Any) -> Any:
    """Build the Paddle regularizer of `{function: L1 | L2, factor: f}`; None for none.

    L2 adds factor * p to the gradient, L1 adds factor * sign(p).

    Raises:
        UserError: another function.
    """
    if not section:
        return None
    from paddle import regularizer

    name = str(section.get("function"))
    classes = {"L1": regularizer.L1Decay, "L2": regularizer.L2Decay}
    if name.replace("Decay", "") not in classes:
        raise UserError(f"unknown regularizer '{name}'", where="OPTIMIZER.regularizer.function", do="one of: L1, L2")
    factor = coerce(section.get("factor"), float, what="OPTIMIZER.regularizer.factor")
    return classes[name.replace("Decay", "")](factor)


def parameters_without_decay(model: nn.Layer, kinds: Sequence[str]) -> Set[str]:
    """Return the keys of the parameters that `no_weight_decay` names.

    Args:
        kinds: `norm`: scale and shift of every normalization layer; `bias`: every parameter called bias, those of
            normalization layers included. Source: Bag of tricks for image classification (2019).
    """
    keys: Set[str] = set()
    for name, layer in model.named_sublayers(include_self=True):
        norm = "Norm" in type(layer).__name__
        for own in layer._parameters:
            if ("norm" in kinds and norm) or ("bias" in kinds and own == "bias"):
                keys.add(f"{name}.{own}" if name else own)
    return keys


def switch_off_decay(parameters: Sequence[Any]) -> None:
    """Give parameters a regularizer of 0, which wins over that of the optimizer."""
    from paddle.regularizer import L2Decay

    for parameter in parameters:
        parameter.regularizer = L2Decay(0.0)
