# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Where and in which state a resumed run continues. Other terms are refused; permitted ones are logged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

from ppclas_core.api import Backbone
from ppclas_core.config.config import Config
from ppclas_core.errors import UserError
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.optim.names import optimizer_name
from ppclas_core.optim.state import restore_optimizer
from ppclas_core.runs.folder import CheckpointFolder
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import Difference, Terms, data_key, differences, permitted, read_terms
from ppclas_core.training.amp import Amp
from ppclas_core.training.builders import build_schedule
from ppclas_core.training.ema import Ema
from ppclas_core.training.resume import Start
from ppclas_core.weights.formats.pickles import read_pickle

_log = logging.getLogger(__name__)

SAME_RATE = 0.01
"""Relative difference of two learning rates that is no jump."""


def resume_from(start: Start, config: Config, old: Optional[Terms], new: Terms, schedule: Callable[[int], float],
                model: Any, record: Backbone, optimizer: Any, ema: Optional[Ema], amp: Amp) -> Dict[str, np.ndarray]:
    """Give all components of a run the state of the checkpoint that it continues; a new run keeps what it has.

    Args:
        old: terms of the checkpoint; new: of the run that continues it.

    Returns:
        The state of the optimizer; {} for a new run.

    Raises:
        UserError: the state means nothing to the optimizer of the config, or the weights do not fit.
    """
    if start.folder is None:
        return {}
    progress = start.progress
    step = continued_step(progress, old, new)
    for line in rate_lines(config, start, old, new.steps, step, schedule):
        _log.info(line)
    progress.step = step
    _refuse_other_optimizer(start.folder, config, progress)
    files = CheckpointFolder(start.folder)
    PretrainedSource(files.parameters).load(model, record, rename_head=False)
    state: Dict[str, np.ndarray] = read_pickle(files.optimizer)
    raw = {key[len("raw/"):]: state.pop(key) for key in list(state) if key.startswith("raw/")}
    restore_optimizer(optimizer, model, state)
    if ema is not None:
        ema.restore(raw)
    amp.restore(progress.scaler)
    _log.info("continuing %s at epoch %d step %d", start.folder, progress.epoch, progress.step)
    return state


def _refuse_other_optimizer(folder: Path, config: Config, progress: Progress) -> None:
    """Raise a UserError where the state of the checkpoint means nothing to the optimizer of the config."""
    kind, ema = optimizer_name(config.optimizer.function), config.use_ema
    if (kind, ema) != (progress.optimizer, progress.ema):
        raise UserError(f"the checkpoint was made with {progress.optimizer}{' and use_ema' if progress.ema else ''}, "
                        f"the config says {kind}{' and use_ema' if ema else ''}", where=str(folder),
                        do="'pretrained_model' takes the weights alone")


def saved_terms(config: Config, start: Start, terms: Terms, names: Sequence[str]) -> Optional[Terms]:
    """Return the terms that a run was started on; None for a new run, and for a checkpoint that does not hold them.

    A difference that is permitted is logged. `checkpoints`, whose run is its own, permits all.

    Args:
        terms, names: of the run that continues it, and its class names.

    Raises:
        UserError: a difference that is not permitted.
    """
    if start.folder is None:
        return None
    old = read_terms(start.progress.terms)
    found: List[Difference] = []
    if old is None:
        _log.info("%s does not hold the number and the digest of its images, as an earlier version saved it: whether "
                  "the data is the same is not checked", start.folder)
    else:
        found = differences(config, old, terms)
    labels = list(start.meta.labels) if start.meta is not None else []
    if labels and labels != list(names):
        key = "label_list" if config.label_list else data_key(config, "TRAIN")
        found.append(Difference(key, f"classes {_shown(labels, names)}", f"classes {_shown(names, labels)}"))
    refused = [each for each in found if not (start.permits_all or permitted(each.key, start.allow))]
    if refused:
        shown = "\n  ".join(f"{each.key}: was {each.was}, now {each.now}" for each in refused)
        raise UserError(f"the run was started on other terms:\n  {shown}", where=config.place(refused[0].key),
                        do="undo the change, or permit it: "
                           + " ".join(f"--allow {key}" for key in dict.fromkeys(each.key for each in refused)))
    for each in found:
        _log.info("resume: %s: was %s, now %s", each.key, each.was, each.now)
    return old


def continued_step(progress: Progress, old: Optional[Terms], new: Terms) -> int:
    """Return the step of the epoch at which the run continues, and log it where it is another step.

    It is after as many images as before where data and order are the same, else at the same fraction of the epoch.
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
    _log.info(f"resume: epoch {progress.epoch} goes on at step {moved} of {new.steps} in place of {step} of "
              f"{old.steps} ({moved / new.steps:.3f} of the epoch in place of {step / old.steps:.3f}); "
              f"{_images(old, new, seen, moved)}")
    return moved


def _images(old: Terms, new: Terms, seen: int, moved: int) -> str:
    """Return what that means for the images of the epoch."""
    if (old.images, old.list) != (new.images, new.list):
        return ("the order of its images is another, so that some that were seen in it come again and some do not "
                "come at all")
    done = min(moved * new.batch, new.images)
    if done == seen:
        return "no image is skipped or repeated"
    return f"{abs(seen - done)} images are {'repeated' if done < seen else 'skipped'}"


def rate_lines(config: Config, start: Start, old: Optional[Terms], steps: int, step: int,
               schedule: Callable[[int], float]) -> List[str]:
    """Return a line where the learning rate jumps, because the schedule of the run was another; else none.

    Args:
        steps: of an epoch; step: of the epoch, at which the run goes on. schedule: of the run that continues.
    """
    before, progress = Config.of(start.meta.config if start.meta is not None else {}), start.progress
    if before.learning_rate is None or not before.epochs:
        return []
    steps_before, epochs = old.steps if old is not None else steps, int(before.epochs)
    try:
        past = build_schedule(before, steps_before)
    except (UserError, KeyError, TypeError):  # of another version or plugin: there is nothing to compare with
        return []
    last, done = epochs * steps_before - 1, progress.epoch * steps_before + min(progress.step, steps_before)
    if done == 0 or progress.epoch * steps + step >= config.require_epochs() * steps:
        return []
    expected, now = past(min(done, last)), schedule(progress.epoch * steps + step)
    if abs(now - expected) <= SAME_RATE * max(abs(now), abs(expected)):
        return []
    why = ""
    if config.epochs != epochs:
        why = f": the schedule is that of {config.epochs} epochs in place of {epochs}"
    return [f"resume: the learning rate was {past(min(done - 1, last)):.3g} at the last step and is {now:.3g} at the "
            f"next{why}"]


def _shown(names: Sequence[str], others: Sequence[str]) -> str:
    """Return the first names that differ."""
    differing = [f"{index} {name}" for index, name in enumerate(names)
                 if index >= len(others) or others[index] != name]
    return ", ".join(differing[:5]) + (" ..." if len(differing) > 5 else "") if differing else f"{len(names)}"
