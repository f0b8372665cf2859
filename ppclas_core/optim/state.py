# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The state of an optimizer as arrays, for checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Mapping

from ppclas_core.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from paddle import nn

    from ppclas_core.optim.protocol import Optimizer


def optimizer_state(optimizer: Optimizer, model: nn.Layer) -> Dict[str, np.ndarray]:
    """Return the accumulators as arrays by `<parameter key>/<accumulator>`.

    Paddle's own names contain counters, which differ between processes that build several models.

    Raises:
        UserError: a key does not begin with the name of a parameter, as those of Paddle's optimizers do.
    """
    keys = {parameter.name: key for key, parameter in model.named_parameters()}
    state: Dict[str, np.ndarray] = {}
    for full, value in optimizer.state_dict().items():
        if not hasattr(value, "numpy"):  # LR_Scheduler, master_weights: the trainer uses neither
            continue
        owner = max((name for name in keys if full.startswith(f"{name}_")), key=len, default=None)
        if owner is None:
            raise UserError(f"the state of the optimizer has the key '{full}', which begins with no parameter's name",
                            do="name it '<name of the parameter>_<accumulator>' in the optimizer's state_dict()")
        state[f"{keys[owner]}/{full[len(owner) + 1:]}"] = value.numpy()
    return state


def restore_optimizer(optimizer: Optimizer, model: nn.Layer, state: Mapping[str, np.ndarray]) -> None:
    """Set the accumulators of a new optimizer to those that `optimizer_state` returned.

    Raises:
        UserError: the state has a parameter that the model lacks.
    """
    import paddle

    names = {key: parameter.name for key, parameter in model.named_parameters()}
    renamed = {}
    for full, value in state.items():
        key, _, accumulator = full.rpartition("/")
        if key not in names:
            raise UserError(f"the optimizer state has '{key}', which the model does not have")
        renamed[f"{names[key]}_{accumulator}"] = paddle.to_tensor(value)
    if renamed:
        optimizer.set_state_dict(renamed)
