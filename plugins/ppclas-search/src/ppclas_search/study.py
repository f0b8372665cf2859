# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Optuna study of a search: storage, heartbeats of trials, and requeueing of lost trials."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

import optuna
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalRedisBackend
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from ppclas_core.errors import UserError

STALE_SECONDS = 120.0
"""Age of the last heartbeat, in seconds, after which the worker of a running trial counts as lost."""
DESCRIPTION = "ppclas"
"""User attribute of a study: description of the search."""
ALIVE = "alive"
"""User attribute of a trial: time of its last heartbeat (Unix time in s)."""
FOLDER = "folder"
"""User attribute of a trial: name of its folder."""
RETRY = "retry_of"
"""User attribute of a trial: number of the lost trial that it continues."""
REPEATED = "repeated"
"""User attribute of a trial: whether another worker took the point first."""
RESULT = "result"
"""User attribute of a trial: number of epochs, best epoch and seconds."""


def open_storage(url: str) -> BaseStorage:
    """Open a storage of Optuna.

    Args:
        url: URL of a database (`sqlite:///FILE`, `mysql://...`, `postgresql://...`) or `redis://...`, or the path of an
            Optuna journal file, which also works on a network file system.

    Raises:
        UserError: the storage cannot be opened.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        if url.startswith("redis"):
            return JournalStorage(JournalRedisBackend(url))
        if "://" not in url:
            Path(url).parent.mkdir(parents=True, exist_ok=True)
            return JournalStorage(JournalFileBackend(url))
        wait = {"connect_args": {"timeout": 60}} if url.startswith("sqlite") else {"pool_pre_ping": True}
        return RDBStorage(url, engine_kwargs=wait)
    except Exception as error:  # database drivers raise their own exceptions
        raise UserError(f"the storage cannot be opened: {str(error).splitlines()[0]}", where="--storage",
                        do="use sqlite:///FILE.db, postgresql://USER@HOST/NAME, redis://HOST, or the path of a "
                           "journal file; databases other than SQLite need their Python driver") from error


def find_study(storage: BaseStorage, name: str) -> Optional[Study]:
    """Return the study of this name; None if there is none."""
    try:
        return optuna.load_study(study_name=name, storage=storage)
    except KeyError:
        return None


def make_study(storage: BaseStorage, name: str, *, maximize: bool, description: Mapping[str, Any]) -> Study:
    """Create a study, or load it if another worker created it at the same time."""
    study = optuna.create_study(study_name=name, storage=storage, load_if_exists=True,
                                direction="maximize" if maximize else "minimize")
    study.set_user_attr(DESCRIPTION, dict(description))
    return study


def saved_description(study: Study, own: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the description that the creator of the study has saved.

    If it is missing for 5 s, because the creator was killed between two writes, the caller's `own` description is saved
    and returned.
    """
    for _ in range(50):
        if study.user_attrs.get(DESCRIPTION):
            return dict(study.user_attrs[DESCRIPTION])
        time.sleep(0.1)
    study.set_user_attr(DESCRIPTION, dict(own))
    return dict(own)


def live_trials(study: Study) -> List[FrozenTrial]:
    """Return all trials in order, except repeated points and trials that a later one continues."""
    trials = study.get_trials(deepcopy=False)
    continued = {trial.user_attrs[RETRY] for trial in trials if RETRY in trial.user_attrs}
    return [trial for trial in trials if trial.number not in continued and REPEATED not in trial.user_attrs]


def folder_name(trial: FrozenTrial) -> str:
    """Return the name of a trial's folder: its number, or that of the lost trial that it continues."""
    return str(trial.user_attrs.get(FOLDER, f"{trial.number:04d}"))


def requeue(study: Study, trial: FrozenTrial) -> None:
    """Put the point of a trial back into the queue; the worker that takes it continues in the same folder.

    The new entry is written before the old trial is closed, so that a kill in between loses nothing.
    """
    waiting = {other.user_attrs.get(RETRY) for other in study.get_trials(deepcopy=False)}
    point: Dict[str, Any] = trial.system_attrs.get("fixed_params", trial.params)
    if trial.number not in waiting and point:
        study.enqueue_trial(point, user_attrs={RETRY: trial.number, FOLDER: folder_name(trial)})
    close(study, trial.number, TrialState.FAIL)


def close(study: Study, number: int, state: TrialState, value: Optional[float] = None) -> None:
    """Set the final state of a trial; a trial that another worker has ended in the meantime is left unchanged."""
    try:
        study.tell(number, value if state == TrialState.COMPLETE else None, state=state)
    except (ValueError, optuna.exceptions.UpdateFinishedTrialError):
        if study.get_trials(deepcopy=False)[number].state == TrialState.RUNNING:
            raise


def requeue_stale(study: Study, *, own: List[int], alone: bool) -> List[int]:
    """Requeue running trials whose worker is lost, and return their numbers.

    Args:
        study: the study.
        own: numbers of the running trials of the caller.
        alone: whether no other process works on the study, so that every other running trial is lost.
    """
    lost = []
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        started = trial.datetime_start.timestamp() if trial.datetime_start else 0.0
        age = time.time() - trial.user_attrs.get(ALIVE, started)
        if trial.number not in own and (alone or age > STALE_SECONDS):
            requeue(study, trial)
            lost.append(trial.number)
    return lost
