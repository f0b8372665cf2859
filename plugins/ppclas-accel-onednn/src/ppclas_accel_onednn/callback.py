# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback `onednn`: it uses oneDNN if the results agree with Paddle's own on the first batches of the run."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Dict, Mapping, Optional, Tuple

import numpy as np

from ppclas_accel_onednn.agreement import Step, compare, worst
from ppclas_core.errors import UserError
from ppclas_core.training import Callback

if TYPE_CHECKING:
    import paddle
    from paddle import nn

    from ppclas_accel_onednn.forward import Accelerated
    from ppclas_core.data import Batch
    from ppclas_core.training import Trainer

_log = logging.getLogger(__name__)

NAME = "onednn"
NONE = "none"
"""Value of `progress.accelerator` of a run that does not use an accelerator."""
BATCHES = 2
"""Number of batches that are compared."""


class OneDnn(Callback):
    """CPU accelerator: training steps use the convolutions of oneDNN; evaluation and exports are not affected."""

    def __init__(self) -> None:
        self._layer: Optional[Accelerated] = None
        self._reason = ""  # why the accelerator cannot be used

    def on_model_built(self, model: nn.Layer, example: paddle.Tensor) -> nn.Layer:
        """Return the layer that training calls; the model itself if it cannot be compiled to a program."""
        from ppclas_accel_onednn.forward import Accelerated

        try:
            self._layer = Accelerated(model, list(example.shape[1:]))
        except Exception as error:  # Paddle raises exceptions of many types, and training can continue without oneDNN
            self._reason = f"Paddle cannot compile {type(model).__name__} to a program: {_last_line(error)}"
            return model
        return self._layer

    def on_train_begin(self, run: Trainer) -> None:
        """Decide whether oneDNN is used: a new run compares the results, a resumed run keeps its choice.

        Raises:
            UserError: the resumed run was trained with oneDNN, which is no longer possible.
        """
        progress = run.progress
        if run.amp.enabled:
            self._reason = "use_fp16 is on, but it supports float32 only"
        if progress.accelerator == NAME:
            if self._reason:
                raise UserError(f"this run was trained with the accelerator {NAME}, which is impossible now: "
                                f"{self._reason}", where=str(run.folder),
                                do="-o accelerator=none --allow accelerator continues without it, with other rounding")
            return
        differences = ""
        if not self._reason:
            self._reason, differences = self._compare(run)
        if _any_rank(bool(self._reason), run):
            self._reason = self._reason or "another process cannot use it"
            self._disable()
            _log.info("accelerator %s is not used: %s", NAME, self._reason)
            progress.accelerator = NONE
        else:
            _log.info("accelerator %s: training steps use it (%s from Paddle's own); 'accelerator: none' disables it",
                      NAME, differences)
            progress.accelerator = NAME

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Restore the settings of Paddle, so that other programs run normally between two steps."""
        if self._layer is not None:
            self._layer.running.end()

    def on_train_end(self, run: Trainer) -> None:
        """Restore the settings of Paddle, also after an interruption."""
        if self._layer is not None:
            self._layer.running.end()

    def _disable(self) -> None:
        if self._layer is not None:
            self._layer.enabled = False
            self._layer.running.end()

    def _compare(self, run: Trainer) -> Tuple[str, str]:
        """Compare on the next batches, without side effects.

        Returns:
            The reason not to use oneDNN ("" if the results agree), and the differences as text.
        """
        assert self._layer is not None  # else there is a reason already
        batches = run.loader.epoch(run.progress.epoch, start_step=run.progress.step)
        try:
            found = [compare(self._step(run, self._layer, batch, enabled=True),
                             self._step(run, self._layer, batch, enabled=False))
                     for batch in itertools.islice(batches, BATCHES)]
        except Exception as error:  # Paddle raises exceptions of many types
            return f"Paddle cannot run it: {_last_line(error)}", ""
        finally:
            self._layer.enabled = True
            batches.close()
        if not all(item.good for item in found):
            return f"its results differ from Paddle's own: {worst(found)}", ""
        return "", str(worst(found)) if found else ""

    def _step(self, run: Trainer, layer: Accelerated, batch: Batch, *, enabled: bool) -> Step:
        """Compute loss, logits and gradients of a batch, and restore the model."""
        import paddle

        state = {key: value for key, value in run.model.state_dict().items() if value.stop_gradient}
        before = {key: value.numpy().copy() for key, value in state.items()}
        run.model.train()
        paddle.seed(run.progress.seed)
        layer.enabled = enabled
        try:
            loss, logits = run.compute_gradients(batch)
            found: Dict[str, np.ndarray] = {key: parameter.grad.numpy().copy()
                                            for key, parameter in run.model.named_parameters()
                                            if parameter.grad is not None}
        finally:
            layer.running.end()
            run.optimizer.clear_grad()
            for key, value in state.items():
                value.set_value(before[key])
        return Step(loss, logits, found)


def _any_rank(value: bool, run: Trainer) -> bool:
    """Return whether the value is true in any rank."""
    from ppclas_core.training import summed

    return bool(summed(np.array([float(value)]), run.rank)[0] > 0)


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[-1][:200]
