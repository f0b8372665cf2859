# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback, which uses oneDNN if it agrees with Paddle's own training on the first batches of the run."""

from __future__ import annotations

import itertools
import logging
from typing import Any, Dict, Mapping, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.training import Callback

_log = logging.getLogger(__name__)

NAME, NONE = "onednn", "none"
BATCHES = 2


class OneDnn(Callback):
    """CPU accelerator: training steps use the convolutions of oneDNN; evaluation and exports are not affected."""

    def __init__(self) -> None:
        self._layer: Any = None
        self._reason = ""  # why the accelerator is not used

    def on_model_built(self, model: Any, example: Any) -> Any:
        """Return the layer that training calls; the model itself if it cannot be compiled to a program."""
        from ppclas_accel_onednn.forward import Accelerated

        try:
            self._layer = Accelerated(model, list(example.shape[1:]))
        except Exception as error:  # Paddle raises many types, and training can go on without
            self._reason = f"Paddle cannot write {type(model).__name__} as a program: {_last_line(error)}"
            return model
        return self._layer

    def on_train_begin(self, run: Any) -> None:
        """Decide whether oneDNN is used: a resumed run keeps its choice, a new run compares.

        Raises:
            UserError: the run was trained with oneDNN so far, which is no longer possible.
        """
        progress = run.progress
        if run.amp.enabled:
            self._reason = "use_fp16 is on, and it works in float32 only"
        if progress.accelerator == NAME:
            if self._reason:
                raise UserError(f"this run was trained with the accelerator {NAME} so far, which is impossible now: "
                                f"{self._reason}", where=str(run.folder),
                                do="-o accelerator=none --allow accelerator continues without it, with other rounding")
            return
        differences = ""
        if not self._reason:
            self._reason, differences = self._compare(run)
        if _any_process(bool(self._reason), run.rank):
            self._reason = self._reason or "another process cannot"
            self._give_up()
            _log.info("accelerator %s is not used: %s", NAME, self._reason)
            progress.accelerator = NONE
        else:
            _log.info("accelerator %s: training steps use it (%s from Paddle's own); 'accelerator: none' switches it "
                      "off", NAME, differences)
            progress.accelerator = NAME

    def on_step_end(self, run: Any, values: Mapping[str, float]) -> None:
        """Restore the settings of Paddle, so that other programs run as usual between two steps."""
        if self._layer is not None:
            self._layer.running.end()

    def on_train_end(self, run: Any) -> None:
        """Restore the settings of Paddle, also after an interruption."""
        if self._layer is not None:
            self._layer.running.end()

    def _give_up(self) -> None:
        if self._layer is not None:
            self._layer.on = False
            self._layer.running.end()

    def _compare(self, run: Any) -> Tuple[str, str]:
        """Compare on the next batches without side effects; return (reason not to use it or "", differences)."""
        from ppclas_accel_onednn.agreement import compare, worst

        batches = run.loader.epoch(run.progress.epoch, start_step=run.progress.step)
        try:
            found = [compare(self._step(run, batch, on=True), self._step(run, batch, on=False))
                     for batch in itertools.islice(batches, BATCHES)]
        except Exception as error:  # Paddle raises many types
            return f"Paddle cannot run it: {_last_line(error)}", ""
        finally:
            self._layer.on = True
            batches.close()
        if not all(item.good for item in found):
            return f"it does not agree with Paddle's own training: {worst(found)}", ""
        return "", str(worst(found)) if found else ""

    def _step(self, run: Any, batch: Any, *, on: bool) -> Any:
        """Compute loss, logits and gradients of a batch, and restore the model."""
        import paddle

        from ppclas_accel_onednn.agreement import Step

        state = {key: value for key, value in run.model.state_dict().items() if value.stop_gradient}
        before = {key: value.numpy().copy() for key, value in state.items()}
        run.model.train()
        paddle.seed(run.progress.seed)
        self._layer.on = on
        try:
            loss, logits = run.compute_gradients(batch)
            found: Dict[str, np.ndarray] = {key: parameter.grad.numpy().copy()
                                            for key, parameter in run.model.named_parameters()
                                            if parameter.grad is not None}
        finally:
            self._layer.running.end()
            run.optimizer.clear_grad()
            for key, value in state.items():
                value.set_value(before[key])
        return Step(loss, logits, found)


def _any_process(answer: bool, rank: Any) -> bool:
    """Return whether `answer` is true in any rank."""
    from ppclas_core.training import summed

    return bool(summed(np.array([float(answer)]), rank)[0] > 0)


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[-1][:200]
