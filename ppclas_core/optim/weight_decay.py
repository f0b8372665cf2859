# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weight decay: the keys `OPTIMIZER.regularizer` and `OPTIMIZER.no_weight_decay`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence, Set

from ppclas_core.config.sections import RegularizerSection
from ppclas_core.errors import UserError
from ppclas_core.plugins.signature import coerce

if TYPE_CHECKING:
    import paddle
    from paddle import nn

    from ppclas_core.optim.protocol import Regularizer


def build_regularizer(section: Optional[RegularizerSection]) -> Regularizer:
    """Build the Paddle regularizer of a section; None without a section.

    L2 adds factor * p to the gradient, L1 adds factor * sign(p).

    Raises:
        UserError: the function is unknown, or the factor is not a number.
    """
    if section is None:
        return None
    from paddle import regularizer

    name = str(section.function)
    classes = {"L1": regularizer.L1Decay, "L2": regularizer.L2Decay}
    if name.replace("Decay", "") not in classes:
        raise UserError(f"unknown regularizer '{name}'", where="OPTIMIZER.regularizer.function", do="one of: L1, L2")
    factor = coerce(section.factor, float, what="OPTIMIZER.regularizer.factor")
    built: Regularizer = classes[name.replace("Decay", "")](factor)
    return built


def parameters_without_decay(model: nn.Layer, kinds: Sequence[str]) -> Set[str]:
    """Return the keys of the parameters that `no_weight_decay` excludes from weight decay.

    Source: Bag of tricks for image classification (2019).

    Args:
        model: a model.
        kinds: `norm`: scale and shift of every normalization layer; `bias`: every parameter called bias, those of
            normalization layers included.
    """
    keys: Set[str] = set()
    for name, layer in model.named_sublayers(include_self=True):
        norm = "Norm" in type(layer).__name__
        for own, _ in layer.named_parameters(include_sublayers=False):
            if ("norm" in kinds and norm) or ("bias" in kinds and own == "bias"):
                keys.add(f"{name}.{own}" if name else own)
    return keys


def switch_off_decay(parameters: Sequence[paddle.Tensor]) -> None:
    """Give each parameter a regularizer with factor 0, which overrides that of the optimizer."""
    from paddle.regularizer import L2Decay

    for parameter in parameters:
        parameter.regularizer = L2Decay(0.0)
