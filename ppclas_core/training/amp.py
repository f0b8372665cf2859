# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Automatic mixed precision.

Config keys: `use_fp16`, `amp_scale_loss`, `use_dynamic_loss_scaling`, `amp_level`, `amp_dtype`.
"""

from __future__ import annotations

import warnings
from typing import Any, ContextManager, Dict, Mapping

import numpy as np
import paddle

from ppclas_core.config.config import Config
from ppclas_core.errors import UserError
from ppclas_core.optim.protocol import Optimizer


class Amp:
    """Mixed precision: float16 with loss scaling, or bfloat16 without; off unless `use_fp16`.

    Parameters are float32 at both levels and are cast for the operators that need it, so checkpoints, moving averages
    and evaluation are as in a run in float32.

    Args:
        config: config of the run.
        device: `cpu`, `gpu` or `gpu:N`.

    Attributes:
        enabled: forward passes run in lower precision.
        note: one line for the log, or "".

    Raises:
        UserError: float16 on a CPU.
    """

    def __init__(self, config: Config, device: str) -> None:
        self.enabled = config.use_fp16
        self._gpu = device.startswith("gpu")
        self._level = config.amp_level
        wanted = config.amp_dtype
        self._dtype = ("float16" if self._gpu else "bfloat16") if wanted == "auto" else wanted
        if self.enabled and not self._gpu and self._dtype == "float16":
            raise UserError("amp_dtype is float16, which Paddle supports on GPUs only", where="amp_dtype",
                            do="amp_dtype: bfloat16, or auto")
        self.note = ""
        if self.enabled and not self._gpu:
            self.enabled = _bfloat16_works()
            self.note = (f"use_fp16: bfloat16 on the CPU ({self._level})" if self.enabled else
                         "use_fp16: this Paddle has no mixed precision on the CPU; training in float32")
        elif self.enabled:
            self.note = f"use_fp16: {self._dtype} ({self._level})"
        self._scaled = self.enabled and self._dtype == "float16"
        self._scaler = paddle.amp.GradScaler(
            enable=self._scaled,
            init_loss_scaling=config.amp_scale_loss or 1.0,
            use_dynamic_loss_scaling=config.use_dynamic_loss_scaling,
        )

    def autocast(self) -> ContextManager[None]:
        """Return the context for a forward pass and its loss."""
        context: ContextManager[None] = paddle.amp.auto_cast(enable=self.enabled, dtype=self._dtype, level=self._level)
        return context

    def backward(self, loss: paddle.Tensor) -> None:
        """Add the gradients of the loss, scaled if necessary, to those of the parameters."""
        (self._scaler.scale(loss) if self._scaled else loss).backward()

    def step(self, optimizer: Optimizer) -> None:
        """Take one optimizer step with the accumulated gradients, and clear them."""
        if not self._scaled:
            optimizer.step()
        else:
            self._scaler.step(optimizer)
            self._scaler.update()
        optimizer.clear_grad()

    def state(self) -> Dict[str, Any]:
        """Return plain numbers for `state.json`."""
        state = self._scaler.state_dict() if self._scaled else {}
        return {key: value.tolist() if hasattr(value, "tolist") else value for key, value in state.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore a saved `state()`."""
        if state and self._scaled:
            scale = {"scale": np.asarray(state["scale"], np.float32)}
            self._scaler.load_state_dict({**state, **scale})


def _bfloat16_works() -> bool:
    """Return whether this Paddle computes in bfloat16 on the CPU."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with paddle.amp.auto_cast(enable=True, dtype="bfloat16", level="O1"):
            one = paddle.ones([2, 2])
            return bool(paddle.matmul(one, one).dtype == paddle.bfloat16)
