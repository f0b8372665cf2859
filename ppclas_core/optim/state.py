# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The state of an optimizer as arrays, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping

from ppclas_core.errors import UserError

if TYPE_CHECKING:
    from paddle import nn


def optimizer_state(optimizer: Any, model: nn.Layer) -> Dict[str, Any]:
    """Return the accumulators as arrays under `<parameter key>/<accumulator>`, free of Paddle's counters of names."""
    keys = {parameter.name: key for key, parameter in model.named_parameters()}
    state = {}
    for full, value in optimizer.state_dict().items():
        if not hasattr(value, "numpy"):  # LR_Scheduler, master_weights: the trainer uses neither
            continue
        owner = max((name for name in keys if full.startswith(f"{name}_")), key=len)
        state[f"{keys[owner]}/{full[len(owner) + 1:]}"] = value.numpy()
    return state


def restore_optimizer(optimizer: Any, model: nn.Layer, state: Mapping[str, Any]) -> None:
    """Set the accumulators of a new optimizer to those of `optimizer_state`.

    Raises:
        UserError: the state belongs to another model.
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
