# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Automatic mixed precision by the 2020 keys `use_fp16`, `amp_scale_loss`, `use_dynamic_loss_scaling`."""

from __future__ import annotations

import warnings
from typing import Any, ContextManager, Dict, Mapping

import paddle


class Amp:
    """Float16 with loss scaling on a GPU, bfloat16 (which needs no scaling) on a CPU; off unless `use_fp16`.

    Attributes:
        enabled: whether forward passes run in lower precision.
        note: one line for the log, or "".
    """

    def __init__(self, config: Mapping[str, Any], device: str) -> None:
        self.enabled = bool(config.get("use_fp16"))
        self._gpu = device.startswith("gpu")
        self._dtype = "float16" if self._gpu else "bfloat16"
        self.note = ""
        if self.enabled and not self._gpu:
            self.enabled = _bfloat16_works()
            self.note = ("use_fp16: bfloat16 on the CPU (O1)" if self.enabled else
                         "use_fp16: this Paddle has no mixed precision on the CPU; training in float32")
        elif self.enabled:
            self.note = "use_fp16: float16 (O1)"
        self._scaler = paddle.amp.GradScaler(
            enable=self.enabled and self._gpu,
            init_loss_scaling=float(config.get("amp_scale_loss") or 1.0),
            use_dynamic_loss_scaling=bool(config.get("use_dynamic_loss_scaling")),
        )

    def autocast(self) -> ContextManager[Any]:
        """The context of a forward pass and its loss."""
        return paddle.amp.auto_cast(enable=self.enabled, dtype=self._dtype, level="O1")

    def backward(self, loss: paddle.Tensor) -> None:
        """Add the gradients of the (scaled) loss to those that the parameters have."""
        (self._scaler.scale(loss) if self.enabled and self._gpu else loss).backward()

    def step(self, optimizer: Any) -> None:
        """One optimizer step with the gradients of `backward`, which are cleared."""
        if not (self.enabled and self._gpu):
            optimizer.step()
        else:
            self._scaler.step(optimizer)
            self._scaler.update()
        optimizer.clear_grad()

    def state(self) -> Dict[str, Any]:
        """Plain numbers for `state.json`."""
        state = self._scaler.state_dict() if self.enabled and self._gpu else {}
        return {key: value.tolist() if hasattr(value, "tolist") else value for key, value in state.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue with a saved `state()`."""
        if state and self.enabled and self._gpu:
            import numpy as np

            scale = {"scale": np.asarray(state["scale"], np.float32)}
            self._scaler.load_state_dict({**state, **scale})


def _bfloat16_works() -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with paddle.amp.auto_cast(enable=True, dtype="bfloat16", level="O1"):
            one = paddle.ones([2, 2])
            return bool(paddle.matmul(one, one).dtype == paddle.bfloat16)
