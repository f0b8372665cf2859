# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Position and state of a resumed run. Terms that differ are refused, or logged if they are permitted."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Sequence

import numpy as np

from ppclas_core.api import Backbone
from ppclas_core.config.config import Config
from ppclas_core.errors import UserError
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.optim.names import optimizer_name
from ppclas_core.optim.protocol import Optimizer
from ppclas_core.optim.state import restore_optimizer
from ppclas_core.runs.folder import CheckpointFolder
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import Difference, Terms, data_key, differences, permitted, read_terms
from ppclas_core.training.amp import Amp
from ppclas_core.training.builders import build_schedule
from ppclas_core.training.ema import Ema
from ppclas_core.training.resume import Start
from ppclas_core.weights.formats.pickles import read_pickle

if TYPE_CHECKING:
    from paddle import nn

_log = logging.getLogger(__name__)

SAME_RATE = 0.01
"""Largest relative difference of two learning rates that is not logged as a jump."""


def resume_position(start: Start, config: Config, old: Optional[Terms], new: Terms,
                    schedule: Callable[[int], float]) -> None:
    """Set the step at which a run continues, and log a jump of the learning rate there.

    Args:
        start: checkpoint that the run continues.
        config: config of the run.
        old: terms of the checkpoint.
        new: terms of the run.
        schedule: learning-rate schedule of the run.

    Raises:
        UserError: the checkpoint has the state of another optimizer.
    """
    progress = start.progress
    step = continued_step(progress, old, new)
    for line in rate_lines(config, start, old, new.steps, step, schedule):
        _log.info(line)
    progress.step = step
    optimizer, ema = optimizer_name(config.optimizer.function), config.use_ema
    if (optimizer, ema) != (progress.optimizer, progress.ema):
        raise UserError(f"the checkpoint was made with {progress.optimizer}{' and use_ema' if progress.ema else ''}, "
                        f"the config says {optimizer}{' and use_ema' if ema else ''}", where=str(start.folder),
                        do="undo the change, or start a new run from its weights with 'pretrained_model'")


def restore_state(folder: Path, progress: Progress, model: nn.Layer, record: Backbone, optimizer: Optimizer,
                  ema: Optional[Ema], amp: Amp) -> Dict[str, np.ndarray]:
    """Load weights, optimizer state, moving averages and loss scaling of a checkpoint; return the optimizer state.

    Raises:
        UserError: the weights or the optimizer state do not fit the model.
    """
    files = CheckpointFolder(folder)
    PretrainedSource(files.parameters).load(model, record, allow_new_head=False)
    state: Dict[str, np.ndarray] = read_pickle(files.optimizer)
    raw = {key[len("raw/"):]: state.pop(key) for key in list(state) if key.startswith("raw/")}
    restore_optimizer(optimizer, model, state)
    if ema is not None:
        ema.restore(raw)
    amp.restore(progress.scaler)
    _log.info("continuing %s at epoch %d step %d", folder, progress.epoch, progress.step)
    return state


def saved_terms(config: Config, start: Start, terms: Terms, names: Sequence[str]) -> Optional[Terms]:
    """Compare the terms of a checkpoint with those of the run that continues it, and return those of the checkpoint.

    Permitted differences are logged. A new run from `checkpoints` permits all differences.

    Args:
        config: config of the run.
        start: checkpoint that the run continues.
        terms: terms of the run.
        names: class names of the run.

    Returns:
        The terms of the checkpoint; None for a new run, and for a checkpoint without terms.

    Raises:
        UserError: a difference is not permitted.
    """
    if start.folder is None:
        return None
    old = read_terms(start.progress.terms)
    found: List[Difference] = []
    if old is None:
        _log.info("resume: data not compared, as %s of an earlier version lacks the number and digest of its images",
                  start.folder)
    else:
        found = differences(config, old, terms)
    labels = list(start.meta.labels) if start.meta is not None else []
    if labels and labels != list(names):
        key = "label_list" if config.label_list else data_key(config, "TRAIN")
        found.append(Difference(key, f"classes {_shown(labels, names)}", f"classes {_shown(names, labels)}"))
    refused = [each for each in found if not (start.permits_all or permitted(each.key, start.allow))]
    if refused:
        shown = "\n  ".join(f"{each.key}: was {each.was}, now {each.now}" for each in refused)
        raise UserError(f"the data or its division into steps is not that of the run:\n  {shown}",
                        where=config.location(refused[0].key),
                        do="undo the change, or permit it: "
                           + " ".join(f"--allow {key}" for key in dict.fromkeys(each.key for each in refused)))
    for each in found:
        _log.info("resume: %s: was %s, now %s", each.key, each.was, each.now)
    return old


def continued_step(progress: Progress, old: Optional[Terms], new: Terms) -> int:
    """Return the step of the epoch at which the run continues, and log it if it is not the saved step.

    With the same data in the same order it is after the same number of images, else at the same fraction of the epoch.
    """
    step = progress.step
    if old is None or step == 0 or (old.batch, old.steps, old.list) == (new.batch, new.steps, new.list):
        return step
    seen = min(step * old.batch, old.images)
    if step >= old.steps:
        moved = new.steps
    elif (old.images, old.list) == (new.images, new.list):
        moved = min(seen // new.batch, new.steps)
    else:
        moved = min(step * new.steps // old.steps, new.steps)
    _log.info(f"resume: epoch {progress.epoch} continues at step {moved} of {new.steps} instead of {step} of "
              f"{old.steps} ({moved / new.steps:.3f} of the epoch instead of {step / old.steps:.3f}); "
              f"{_images(old, new, seen, moved)}")
    return moved


def _images(old: Terms, new: Terms, seen: int, moved: int) -> str:
    """Return how many images of the epoch are repeated or skipped, as text."""
    if (old.images, old.list) != (new.images, new.list):
        return "the order of the images differs, so some are repeated in this epoch and some are skipped"
    done = min(moved * new.batch, new.images)
    if done == seen:
        return "no image is skipped or repeated"
    return f"{abs(seen - done)} images are {'repeated' if done < seen else 'skipped'}"


def rate_lines(config: Config, start: Start, old: Optional[Terms], steps: int, step: int,
               schedule: Callable[[int], float]) -> List[str]:
    """Return a log line if the learning rate jumps, as the schedule of the checkpoint was another one; else [].

    Args:
        config: config of the run.
        start: checkpoint that the run continues.
        old: terms of the checkpoint.
        steps: number of steps per epoch of the run.
        step: step of the epoch at which the run continues.
        schedule: learning-rate schedule of the run.
    """
    before = Config.of(start.meta.config if start.meta is not None else {})
    progress = start.progress
    if before.learning_rate is None or not before.epochs:
        return []
    steps_before = old.steps if old is not None else steps
    epochs = int(before.epochs)
    try:
        past = build_schedule(before, steps_before)
    except (UserError, KeyError, TypeError):  # the schedule of another version or plugin cannot be compared
        return []
    last = epochs * steps_before - 1
    done = progress.epoch * steps_before + min(progress.step, steps_before)
    if done == 0 or progress.epoch * steps + step >= config.require_epochs() * steps:
        return []
    expected = past(min(done, last))
    now = schedule(progress.epoch * steps + step)
    if abs(now - expected) <= SAME_RATE * max(abs(now), abs(expected)):
        return []
    why = ""
    if config.epochs != epochs:
        why = f": the schedule is that of {config.epochs} epochs instead of {epochs}"
    return [f"resume: the learning rate was {past(min(done - 1, last)):.3g} at the last step and is {now:.3g} at the "
            f"next{why}"]


def _shown(names: Sequence[str], others: Sequence[str]) -> str:
    """Return the first names that differ from the others at the same index; without a difference their number."""
    differing = [f"{index} {name}" for index, name in enumerate(names)
                 if index >= len(others) or others[index] != name]
    return ", ".join(differing[:5]) + (" ..." if len(differing) > 5 else "") if differing else f"{len(names)}"
