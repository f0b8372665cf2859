# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`OPTIMIZER` of a config: names and parameters of 2020, built from today's Paddle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.optim.grad_clip import bind_clip, build_clip
from ppclas_core.optim.parameter_rules import layer_multipliers, spared_by_decay
from ppclas_core.plugins.signature import coerce

if TYPE_CHECKING:
    from paddle import nn

Parameters = Dict[str, Tuple[type, Any]]


class Kind(NamedTuple):
    """One optimizer: its class in `paddle.optimizer`, its parameters, and whether `regularizer` applies to it."""

    cls: str
    parameters: Parameters
    regularized: bool = True


_ADAM: Parameters = {"beta1": (float, 0.9), "beta2": (float, 0.999), "epsilon": (float, 1e-8)}

OPTIMIZERS: Dict[str, Kind] = {
    "Momentum": Kind("Momentum", {"momentum": (float, 0.9), "use_nesterov": (bool, False)}),
    "SGD": Kind("SGD", {}),
    "RMSProp": Kind("RMSProp", {"rho": (float, 0.95), "epsilon": (float, 1e-6), "momentum": (float, 0.0),
                                "centered": (bool, False)}),
    "Adam": Kind("Adam", {**_ADAM, "lazy_mode": (bool, False)}),
    "AdamW": Kind("AdamW", {**_ADAM, "weight_decay": (float, 0.01), "lazy_mode": (bool, False)}, False),
    "Adamax": Kind("Adamax", dict(_ADAM)),
    "Adagrad": Kind("Adagrad", {"epsilon": (float, 1e-6), "initial_accumulator_value": (float, 0.0)}),
    "Adadelta": Kind("Adadelta", {"epsilon": (float, 1e-6), "rho": (float, 0.95)}),
    "Lamb": Kind("Lamb", {**_ADAM, "epsilon": (float, 1e-6), "lamb_weight_decay": (float, 0.01)}, False),
    "LarsMomentum": Kind("LarsMomentum", {"momentum": (float, 0.9), "lars_coeff": (float, 0.001),
                                          "lars_weight_decay": (float, 0.0005), "epsilon": (float, 0.0)}, False),
    "NAdam": Kind("NAdam", {**_ADAM, "momentum_decay": (float, 0.004)}),
    "RAdam": Kind("RAdam", dict(_ADAM)),
    "ASGD": Kind("ASGD", {"batch_num": (int, 1)}),
}
"""Name -> what it is. The defaults are those of 2020, or Paddle's own where 2020 had no such optimizer."""

_GONE = {"DecayedAdagrad": "RMSProp", "Ftrl": "Adagrad", "Dpsgd": "SGD"}
_UNFIT = {"LBFGS": "evaluates the loss several times per step", "Rprop": "needs the whole data set in one batch"}


def optimizer_name(name: str) -> str:
    """The name in `OPTIMIZERS` of a name or alias: case and the suffix `Optimizer` do not matter (`RmsProp` of the
    2020 manual, `MomentumOptimizer`, `Lars`).

    Raises:
        UserError: unknown, or no longer in Paddle.
    """
    bare = name[: -len("Optimizer")] if name.endswith("Optimizer") and name != "Optimizer" else name
    found = {known.lower(): known for known in OPTIMIZERS}
    found["lars"] = "LarsMomentum"
    if bare.lower() in found:
        return found[bare.lower()]
    where = "OPTIMIZER.function"
    if bare in _GONE:
        raise UserError(f"Paddle no longer has the optimizer '{bare}'", where=where,
                        do=f"the nearest that it has: {_GONE[bare]}")
    if bare in _UNFIT:
        raise UserError(f"{bare} {_UNFIT[bare]} and does not suit training by batches", where=where,
                        do=f"one of: {', '.join(OPTIMIZERS)}")
    raise UserError(f"unknown optimizer '{name}'.{did_you_mean(name, OPTIMIZERS)}", where=where,
                    do=f"one of: {', '.join(OPTIMIZERS)}")


def optimizer_parameters(name: str) -> Parameters:
    """What `OPTIMIZER.params` may hold for an optimizer: parameter -> (type, default).

    Raises:
        UserError: see `optimizer_name`.
    """
    return dict(OPTIMIZERS[optimizer_name(name)].parameters)


def bind_optimizer(section: Mapping[str, Any]) -> Tuple[Kind, Dict[str, Any]]:
    """The optimizer of an OPTIMIZER section and its complete, coerced parameters. Imports no paddle.

    Raises:
        UserError: unknown name or parameter, a value of the wrong type, a regularizer that would have no effect.
    """
    name = optimizer_name(str(section.get("function") or "Momentum"))
    kind = OPTIMIZERS[name]
    values = {key: default for key, (_, default) in kind.parameters.items()}
    for key, value in (section.get("params") or {}).items():
        where = f"OPTIMIZER.params.{key}"
        if key not in kind.parameters:
            raise UserError(f"optimizer '{name}' has no parameter '{key}'.{did_you_mean(str(key), kind.parameters)}",
                            where=where, do=f"its parameters: {', '.join(kind.parameters) or 'none'}")
        values[key] = coerce(value, kind.parameters[key][0], what=f"parameter '{key}' of optimizer '{name}'")
    if section.get("regularizer") and not kind.regularized:
        decay = next(key for key in kind.parameters if key.endswith("weight_decay"))
        raise UserError(f"{name} has its own weight decay and ignores a regularizer", where="OPTIMIZER.regularizer",
                        do=f"remove it and give OPTIMIZER.params.{decay}")
    if section.get("no_weight_decay") and kind.regularized and not section.get("regularizer"):
        raise UserError("no_weight_decay has no effect: there is no weight decay", where="OPTIMIZER.no_weight_decay",
                        do="remove it, or add OPTIMIZER.regularizer")
    bind_clip(section.get("grad_clip"))
    return kind, values


def build_optimizer(config: Mapping[str, Any], model: nn.Layer) -> Any:
    """The Paddle optimizer of a config for the trainable parameters of `model`, with learning rate 0.

    The engine sets the rate before each step. Parameters keep the multipliers and regularizers that the model gave
    them. The regularizer is coupled: it enters the gradient, and with it the momentum, of every parameter.

    Raises:
        UserError: see `bind_optimizer`; every parameter is frozen; this Paddle lacks the optimizer.
    """
    import paddle

    section = config.get("OPTIMIZER") or {}
    kind, values = bind_optimizer(section)
    trainable = [parameter for parameter in model.parameters() if not parameter.stop_gradient]
    if not trainable:
        raise UserError("every parameter of the model is frozen: there is nothing to train")
    _slow_down(model, section.get("layer_decay"))
    values.update(_sparing(model, kind, section.get("no_weight_decay") or ()))
    clip = build_clip(section.get("grad_clip"))
    if clip is not None:
        values["grad_clip"] = clip
    if kind.cls == "LarsMomentum":
        from paddle.incubate.optimizer import LarsMomentumOptimizer

        return LarsMomentumOptimizer(0.0, parameter_list=trainable, **values)
    if not hasattr(paddle.optimizer, kind.cls):
        raise UserError(f"Paddle {paddle.__version__} has no optimizer '{kind.cls}'", where="OPTIMIZER.function",
                        do='pip install "paddlepaddle>=3.0"')
    if kind.regularized:
        values["weight_decay"] = build_regularizer(section.get("regularizer"))
    return getattr(paddle.optimizer, kind.cls)(learning_rate=0.0, parameters=trainable, **values)


def _slow_down(model: nn.Layer, factor: Optional[float]) -> None:
    """Multiply the rates of the layers as `layer_decay` says, on top of multipliers that they have."""
    if factor is None:
        return
    multipliers = layer_multipliers(model, factor)
    for key, parameter in model.named_parameters():
        parameter.optimize_attr["learning_rate"] *= multipliers[key]


def _sparing(model: nn.Layer, kind: Kind, kinds: Sequence[str]) -> Dict[str, Any]:
    """Arguments that keep weight decay from some parameters; a regularizer is replaced at the parameter itself."""
    spared = spared_by_decay(model, kinds)
    parameters = [parameter for key, parameter in model.named_parameters() if key in spared]
    names = {parameter.name for parameter in parameters}
    if not names:
        return {}
    if kind.cls == "AdamW":
        return {"apply_decay_param_fun": lambda name: name not in names}
    if kind.cls == "Lamb":
        return {"exclude_from_weight_decay_fn": lambda parameter: parameter.name in names}
    if kind.cls == "LarsMomentum":
        return {"exclude_from_weight_decay": sorted(names)}
    from paddle.regularizer import L2Decay

    for parameter in parameters:
        parameter.regularizer = L2Decay(0.0)
    return {}


def build_regularizer(section: Any) -> Any:
    """`{function: L1 | L2, factor: f}` -> a Paddle regularizer; None for none.

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


def optimizer_state(optimizer: Any, model: nn.Layer) -> Dict[str, Any]:
    """Accumulators as arrays, under `<parameter key>/<accumulator>`: independent of Paddle's counters of names."""
    keys = {parameter.name: key for key, parameter in model.named_parameters()}
    state = {}
    for full, value in optimizer.state_dict().items():
        if not hasattr(value, "numpy"):  # LR_Scheduler, master_weights: the engine uses neither
            continue
        owner = max((name for name in keys if full.startswith(f"{name}_")), key=len)
        state[f"{keys[owner]}/{full[len(owner) + 1:]}"] = value.numpy()
    return state


def restore_optimizer(optimizer: Any, model: nn.Layer, state: Mapping[str, Any]) -> None:
    """Give a new optimizer the accumulators of `optimizer_state`.

    Raises:
        UserError: the state belongs to another model.
    """
    import paddle

    names = {key: parameter.name for key, parameter in model.named_parameters()}
    renamed = {}
    for full, value in state.items():
        key, _, accumulator = full.rpartition("/")
        if key not in names:
            raise UserError(f"the optimizer state has '{key}', the model has not")
        renamed[f"{names[key]}_{accumulator}"] = paddle.to_tensor(value)
    if renamed:
        optimizer.set_state_dict(renamed)
