# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Range test of the learning rate: steps on the training data at rising rates, until the loss diverges.

Source: Cyclical learning rates for training neural networks (2017).
"""

from __future__ import annotations

import contextlib
import logging
import math
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Generator, Iterator, List, Optional, Sequence

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.data.from_config import settle_classes
from ppclas_core.data.loader import Batch
from ppclas_core.errors import UserError
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.log import RunLog
from ppclas_core.system.rank import ALONE
from ppclas_core.training.resume import find_start
from ppclas_core.training.trainer import Trainer

LOWEST, HIGHEST = 1e-6, 10.0
"""Learning rates of the first and of the last step."""

STEPS = 100
"""Default number of steps."""

FEWEST = 20
"""Smallest number of steps whose curve has a slope."""

DIVERGED = 4.0
"""Multiple of the lowest smoothed loss at which the test stops."""

_SMOOTHING = 0.9
_SETTLED = 10
"""Number of losses after which their moving average is one of several, not the noise of the first."""
_WINDOW = 10
_LEAST_FALL = 0.02

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RangeTest:
    """Result of a range test.

    Args:
        rates: learning rate of each step.
        losses: training loss of each step, before its update.
        smoothed: exponential moving average of the losses, with bias correction.
        diverged: the test stopped because the loss diverged.
    """

    rates: Sequence[float]
    losses: Sequence[float]
    smoothed: Sequence[float]
    diverged: bool

    @property
    def lowest(self) -> float:
        """Learning rate of the lowest smoothed loss, once the average has settled."""
        return self.rates[self._start + int(np.argmin(self.smoothed[self._start:]))]

    @property
    def _start(self) -> int:
        return min(_SETTLED, len(self.rates) // 5)

    @property
    def suggestion(self) -> Optional[float]:
        """Learning rate at which the smoothed loss falls fastest; None if it falls at no rate."""
        settled = slice(self._start, self._start + int(np.argmin(self.smoothed[self._start:])) + 1)
        x, y = np.log10(self.rates[settled]), np.asarray(self.smoothed[settled])
        window = min(_WINDOW, max(3, len(self.rates) // 5))
        if len(y) <= window or min(y) > (1 - _LEAST_FALL) * y[0]:
            return None
        slopes = [np.polyfit(x[start:start + window], y[start:start + window], 1)[0]
                  for start in range(len(y) - window + 1)]
        return float(self.rates[self._start + int(np.argmin(slopes)) + window // 2])

    def to_dict(self) -> Dict[str, Any]:
        """Return the result as one mapping for JSON."""
        return {"suggestion": self.suggestion, "lowest": self.lowest, "diverged": self.diverged,
                "lr": list(self.rates), "loss": list(self.losses), "smoothed": list(self.smoothed)}


def find_lr(config: Config, steps: int = STEPS) -> RangeTest:
    """Train for some steps at learning rates that rise exponentially, in a temporary folder.

    The model, its initial weights, the data, the loss and the optimizer are those with which a training of the config
    starts. The run folder of the config is neither read nor written.

    Args:
        config: a config with TRAIN, LEARNING_RATE and epochs.
        steps: number of steps from `LOWEST` to `HIGHEST`; small data is read several times.

    Raises:
        UserError: the config, the data or the weights have an error, or there are fewer than `FEWEST` steps.
    """
    config.require("TRAIN", "LEARNING_RATE", "epochs")
    if steps < FEWEST:
        raise UserError(f"a range test of {steps} steps has no curve; it takes at least {FEWEST}",
                        do=f"--steps {STEPS}")
    rates = np.geomspace(LOWEST, HIGHEST, steps).tolist()
    losses: List[float] = []
    smoothed: List[float] = []
    diverged = False
    with _trainer(settle_classes(config)) as trainer:
        trainer.schedule = lambda step: float(rates[min(step, steps - 1)])
        trainer.model.train()
        with contextlib.closing(_batches(trainer)) as batches:
            for step, batch in zip(range(steps), batches):
                loss, _, _ = trainer.train_step(batch, 0, step)
                if not math.isfinite(loss):
                    diverged = True
                    break
                losses.append(loss)
                smoothed.append(_next_average(losses))
                if step % 10 == 0:
                    _log.info("range test: step %d of %d, learning rate %.3g, loss %.4g", step, steps, rates[step],
                              loss)
                if smoothed[-1] > DIVERGED * min(smoothed):
                    diverged = True
                    break
    if len(losses) < 2:
        raise UserError("the loss is not finite in the first steps, at a learning rate of 1e-06",
                        do="look at the images and labels: ppclas augment CONFIG --batch")
    return RangeTest(rates[:len(losses)], losses, smoothed, diverged)


@contextlib.contextmanager
def _trainer(config: Config) -> Iterator[Trainer]:
    """Yield the trainer of a new run in a temporary folder, without callbacks at the start and end of a training."""
    start = find_start(config, RunFolder.of(config), resume=False, allow=())
    with tempfile.TemporaryDirectory(prefix="ppclas-range-test-") as folder, contextlib.ExitStack() as stack:
        log = RunLog()
        stack.callback(log.close)
        stack.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", message="When training, we now always track global mean")
        # An accelerator takes longer to prepare than so few steps.
        config = config.with_value("use_ema", False).with_value("accelerator", "none")
        yield Trainer.from_config(config, start._replace(same_run=False), Path(folder) / "run", ALONE, log)


def _batches(trainer: Trainer) -> Generator[Batch, None, None]:
    """Yield the batches of one epoch after another."""
    epoch = 0
    while True:
        with contextlib.closing(trainer.loader.epoch(epoch)) as batches:
            yield from batches
        epoch += 1


def _next_average(losses: Sequence[float]) -> float:
    """Return the exponential moving average of a series at its end, corrected for its start."""
    weights = _SMOOTHING ** np.arange(min(len(losses), 200))
    recent = np.asarray(losses[::-1][:len(weights)])
    return float((weights * recent).sum() / weights.sum())
