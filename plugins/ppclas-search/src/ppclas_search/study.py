# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Optuna study of a search: where it is stored, whose trials are alive, how a lost one comes back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

import optuna
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from ppclas_core.errors import UserError

STALE_SECONDS = 120.0
"""A running trial without a sign of life for so long belongs to a worker that is gone."""
ABOUT, ALIVE, FOLDER, RETRY, REPEATED, RESULT = "ppclas", "alive", "folder", "retry_of", "repeated", "result"
"""User attributes: of the study what is searched; of a trial its last sign of life (seconds since 1970), the name of
its folder, the number of the lost trial that it continues, that another worker was first with this point, and its
numbers of epochs, best epoch and seconds."""


def open_storage(url: str) -> Any:
    """A storage of Optuna.

    Args:
        url: of a database (`sqlite:///FILE`, `mysql://...`, `postgresql://...`), `redis://...`, or a file path: an
            Optuna journal, which also works on a network file system.

    Raises:
        UserError: it cannot be opened.
    """
    from optuna.storages import RDBStorage

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        if url.startswith("redis"):
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalRedisBackend

            return JournalStorage(JournalRedisBackend(url))
        if "://" not in url:
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend

            Path(url).parent.mkdir(parents=True, exist_ok=True)
            return JournalStorage(JournalFileBackend(url))
        wait = {"connect_args": {"timeout": 60}} if url.startswith("sqlite") else {"pool_pre_ping": True}
        return RDBStorage(url, engine_kwargs=wait)
    except Exception as error:  # drivers raise errors of their own kinds
        raise UserError(f"the storage cannot be opened: {str(error).splitlines()[0]}", where="--storage",
                        do="sqlite:///FILE.db, postgresql://USER@HOST/NAME, redis://HOST, or the path of a journal "
                           "file; databases but SQLite need their Python driver") from error


def find_study(storage: Any, name: str) -> Optional[Study]:
    """The study of this name, None when there is none."""
    try:
        return optuna.load_study(study_name=name, storage=storage)
    except KeyError:
        return None


def make_study(storage: Any, name: str, *, maximise: bool, about: Mapping[str, Any]) -> Study:
    """A new study, or that of another worker who made it at the same time."""
    study = optuna.create_study(study_name=name, storage=storage, load_if_exists=True,
                                direction="maximize" if maximise else "minimize")
    study.set_user_attr(ABOUT, dict(about))
    return study


def about_study(study: Study, about: Mapping[str, Any]) -> Dict[str, Any]:
    """What is searched, once its maker has written it; `about` where he was killed before he could."""
    for _ in range(50):
        if study.user_attrs.get(ABOUT):
            return dict(study.user_attrs[ABOUT])
        time.sleep(0.1)
    study.set_user_attr(ABOUT, dict(about))
    return dict(about)


def live_trials(study: Study) -> List[FrozenTrial]:
    """All trials in order but those that another continues, and points that another worker has."""
    trials = study.get_trials(deepcopy=False)
    continued = {trial.user_attrs[RETRY] for trial in trials if RETRY in trial.user_attrs}
    return [trial for trial in trials if trial.number not in continued and REPEATED not in trial.user_attrs]


def folder_name(trial: FrozenTrial) -> str:
    """Name of a trial's folder: its number, or that of the lost trial that it continues."""
    return str(trial.user_attrs.get(FOLDER, f"{trial.number:04d}"))


def requeue(study: Study, trial: FrozenTrial) -> None:
    """Put the point of a trial back into the queue; whoever takes it continues in its folder.

    The new entry is made before the old trial is closed: a kill in between loses nothing.
    """
    waiting = {other.user_attrs.get(RETRY) for other in study.get_trials(deepcopy=False)}
    point: Dict[str, Any] = trial.system_attrs.get("fixed_params", trial.params)
    if trial.number not in waiting and point:
        study.enqueue_trial(point, user_attrs={RETRY: trial.number, FOLDER: folder_name(trial)})
    close(study, trial.number, TrialState.FAIL)


def close(study: Study, number: int, state: TrialState, value: Optional[float] = None) -> None:
    """End a trial; one that another worker has ended meanwhile stays as it is."""
    try:
        study.tell(number, value if state == TrialState.COMPLETE else None, state=state)
    except (ValueError, optuna.exceptions.UpdateFinishedTrialError):
        if study.get_trials(deepcopy=False)[number].state == TrialState.RUNNING:
            raise


def requeue_stale(study: Study, *, mine: List[int], alone: bool) -> List[int]:
    """Requeue running trials whose worker is gone; their numbers.

    Args:
        mine: numbers of the caller's own running trials.
        alone: nobody else can be at work on this study, so that every other running trial is lost.
    """
    lost = []
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        started = trial.datetime_start.timestamp() if trial.datetime_start else 0.0
        silent = time.time() - trial.user_attrs.get(ALIVE, started)
        if trial.number not in mine and (alone or silent > STALE_SECONDS):
            requeue(study, trial)
            lost.append(trial.number)
    return lost
