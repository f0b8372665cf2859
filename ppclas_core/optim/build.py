# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check and build the optimizer of a config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Tuple, cast

from ppclas_core.config.sections import OptimizerSection
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.optim.grad_clip import bind_clip, build_clip
from ppclas_core.optim.layer_decay import apply_layer_decay
from ppclas_core.optim.names import optimizer_name
from ppclas_core.optim.protocol import Optimizer
from ppclas_core.optim.weight_decay import build_regularizer, parameters_without_decay, switch_off_decay
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.signature import Parameter, coerce, parameters

if TYPE_CHECKING:
    from paddle import nn

DEFAULT = "Momentum"


def bind_optimizer(section: OptimizerSection) -> Tuple[str, Dict[str, Any]]:
    """Return the name and all parameters, coerced and with defaults, of an OPTIMIZER section; import no Paddle.

    Raises:
        UserError: the name or a parameter is unknown, a parameter is missing or has the wrong type, or weight decay or
            clipping cannot take effect.
    """
    name = optimizer_name(section.function or DEFAULT)
    known = catalogue().parameters("optimizer", name)
    given = section.params or {}
    values = {key: parameter.default for key, parameter in known.items()}
    for key, value in given.items():
        where = f"OPTIMIZER.params.{key}"
        if key not in known:
            raise UserError(f"optimizer '{name}' has no parameter '{key}'.{did_you_mean(str(key), known)}",
                            where=where, do=f"its parameters: {', '.join(known) or 'none'}")
        values[key] = coerce(value, known[key].type, what=f"parameter '{key}' of optimizer '{name}'")
    catalogue().bind("optimizer", name, given)  # raises if a parameter without a default is missing
    _check_decay(section, name)
    bind_clip(section.grad_clip)
    return name, values


def build_optimizer(section: OptimizerSection, model: nn.Layer) -> Optimizer:
    """Build the optimizer of a section for the trainable parameters of `model`, with learning rate 0.

    The trainer sets the learning rate before each step. The learning-rate multipliers and regularizers that the model
    gave its parameters stay in force.

    Raises:
        UserError: see `bind_optimizer`; or every parameter is frozen, or this Paddle lacks the optimizer.
    """
    name, values = bind_optimizer(section)
    trainable = [parameter for parameter in model.parameters() if not parameter.stop_gradient]
    if not trainable:
        raise UserError("every parameter of the model is frozen: there is nothing to train")
    if section.layer_decay is not None:
        apply_layer_decay(model, section.layer_decay)
    keys = parameters_without_decay(model, section.no_weight_decay or ())
    without_decay = [parameter for key, parameter in model.named_parameters() if key in keys]
    if _takes_regularizer(name):
        switch_off_decay(without_decay)
    supplied = {
        "parameters": trainable,
        "grad_clip": build_clip(section.grad_clip),
        "regularizer": build_regularizer(section.regularizer),
        "no_decay": {parameter.name for parameter in without_decay},
    }
    return cast(Optimizer, catalogue().create("optimizer", name, values, supplied))


def _check_decay(section: OptimizerSection, name: str) -> None:
    """Raise a UserError if `regularizer` or `no_weight_decay` has no effect on the optimizer `name`."""
    regularized = _takes_regularizer(name)
    if section.regularizer and not regularized:
        decay = [key for key in catalogue().parameters("optimizer", name) if key.endswith("weight_decay")]
        raise UserError(f"{name} has its own weight decay and ignores a regularizer", where="OPTIMIZER.regularizer",
                        do=f"remove it and set OPTIMIZER.params.{decay[0]}" if decay else "remove it")
    if not section.no_weight_decay:
        return
    if regularized and not section.regularizer:
        raise UserError("no_weight_decay has no effect: there is no weight decay", where="OPTIMIZER.no_weight_decay",
                        do="remove it, or add OPTIMIZER.regularizer")
    if not regularized and "no_decay" not in _signature(name):
        raise UserError(f"no_weight_decay has no effect on {name}", where="OPTIMIZER.no_weight_decay", do="remove it")


def _takes_regularizer(name: str) -> bool:
    return "regularizer" in _signature(name)


def _signature(name: str) -> Mapping[str, Parameter]:
    """Return all parameters of an optimizer, those that the trainer supplies included."""
    return parameters(catalogue().target(catalogue().find("optimizer", name)))
