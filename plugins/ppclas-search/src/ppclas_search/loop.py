# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The scheduler of a search: one thread, which starts the processes of trials and reads their values."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping

from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from ppclas_core.config import Config
from ppclas_core.errors import UserError
from ppclas_core.system import StopRequest, write_atomic
from ppclas_search.dimension import identity
from ppclas_search.process import REPORT, Training
from ppclas_search.study import ALIVE, REPEATED, RESULT, close, folder_name, live_trials, requeue, requeue_stale
from ppclas_search.trial_config import Source, write_config

_log = logging.getLogger(__name__)

TRIAL_POLL_SECONDS = 0.2
"""Interval between polls of the trials of this process."""
STORAGE_POLL_SECONDS = 3.0
"""Interval between polls of the storage for trials to start."""
HEARTBEAT_SECONDS = 15.0
"""Interval between heartbeats of a trial."""
RESULTS_SECONDS = 10.0
"""Shortest interval between updates of the result files."""
MAX_FAILURES = 3
"""If the first trials all fail, the search stops after so many."""

Start = Callable[[Path, int], Training]
"""Function that starts the training of a trial, given its folder and the index of its worker slot."""


@dataclass
class TrialJob:
    """A trial that this process runs.

    Args:
        trial: the Optuna trial.
        folder: folder of the trial.
        training: process of the trial.
        slot: index of the worker slot, 0..workers - 1.
        started: monotonic time of the start in s.
        epochs: number of epochs of its config.
        reported: values of the objective by epoch that Optuna knows.
        last_heartbeat: monotonic time of the last heartbeat in s.
        pruned: whether the trial was asked to stop because its values are poor.
    """

    trial: Trial
    folder: Path
    training: Training
    slot: int
    started: float
    epochs: int
    reported: Dict[int, float] = field(default_factory=dict)
    last_heartbeat: float = 0.0
    pruned: bool = False


@dataclass
class Search:
    """Scheduler of the trials that this process runs; other processes may work on the same study.

    Args:
        source: makes configs from points.
        study: the Optuna study, with sampler and pruner of the space.
        folder: folder of the search.
        start: starts the training of a trial.
        workers: trials that run at once.
        trials: number of trials of the study.
        alone: whether no other process works on the study.
        write_results: called after a trial has ended, at most every `RESULTS_SECONDS`.
    """

    source: Source
    study: Study
    folder: Path
    start: Start
    workers: int
    trials: int
    alone: bool
    write_results: Callable[[], object]
    jobs: List[TrialJob] = field(default_factory=list)
    next_poll: float = 0.0
    results_written: float = 0.0

    def run(self, stop: StopRequest) -> bool:
        """Run trials until all are done. Return False if a stop was requested before.

        Raises:
            UserError: the first `MAX_FAILURES` trials all failed.
        """
        stopping = False
        waiting_logged = False
        try:
            while True:
                if stop.signum is not None and not stopping:
                    stopping = True
                    for job in self.jobs:
                        job.training.stop()
                if not stopping and time.monotonic() >= self.next_poll:
                    self._requeue_lost()
                    while len(self.jobs) < self.workers and self._start_next():
                        pass
                    self.next_poll = time.monotonic() + STORAGE_POLL_SECONDS
                if not self.jobs and (stopping or self.next_poll):
                    remote = self._remote_trials()
                    if stopping or not remote:
                        return not stopping
                    if not waiting_logged:
                        _log.info("waiting for trials of other processes: %s", ", ".join(map(str, remote)))
                        waiting_logged = True
                for job in list(self.jobs):
                    self._update(job, stopping)
                time.sleep(TRIAL_POLL_SECONDS if self.jobs or not self.next_poll else STORAGE_POLL_SECONDS)
        finally:
            for job in self.jobs:
                job.training.kill()

    def _remote_trials(self) -> List[int]:
        """Return the numbers of the running trials of other processes."""
        own = [job.trial.number for job in self.jobs]
        return [trial.number for trial in live_trials(self.study) if trial.state == TrialState.RUNNING
                and trial.number not in own]

    def _requeue_lost(self) -> None:
        for number in requeue_stale(self.study, own=[job.trial.number for job in self.jobs], alone=self.alone):
            _log.warning("trial %d: its worker is lost; the trial is continued", number)
        self.alone = False  # from now on, another running trial may belong to a process that joined later

    def _start_next(self) -> bool:
        """Start the next trial; return False if there is none."""
        trials = live_trials(self.study)
        waiting = any(trial.state == TrialState.WAITING for trial in trials)
        if not waiting and (len(trials) >= self.trials or self._is_exhausted(trials)):
            return False
        trial = self.study.ask({item.name: item.distribution() for item in self.source.space.dimensions})
        trial.set_user_attr(ALIVE, time.time())
        before = [other for other in live_trials(self.study) if other.number < trial.number and point_of(other)
                  and identity(point_of(other)) == identity(trial.params)]
        if before and self.source.space.de_duplication:
            trial.set_user_attr(REPEATED, True)
            close(self.study, trial.number, TrialState.FAIL)
            return True
        folder = self.folder / "trials" / folder_name(self.study.get_trials(deepcopy=False)[trial.number])
        folder.mkdir(parents=True, exist_ok=True)
        config = self.source.config_at(trial.params, len(before))
        self._write_inputs(folder, trial.params, config)
        slot = min(set(range(self.workers)) - {job.slot for job in self.jobs})
        started = time.monotonic()
        self.jobs.append(TrialJob(trial, folder, self.start(folder, slot), slot, started,
                                    config.require_epochs()))
        return True

    def _is_exhausted(self, trials: List[FrozenTrial]) -> bool:
        """Return whether the trials cover all points, and points may not be repeated."""
        space = self.source.space
        points = {identity(point_of(trial)) for trial in trials}
        return space.de_duplication and space.size is not None and len(points) >= space.size

    def _write_inputs(self, folder: Path, params: Mapping[str, Any], config: Config) -> None:
        """Write the files that the trial's process reads, unless they exist from an earlier process of the trial."""
        if (folder / "config.yaml").is_file() and (folder / "trial.json").is_file():
            return
        values = config.to_dict()
        values.update(model_save_dir=str(folder), save_interval=0)
        values["callbacks"] = [*values["callbacks"], {"SearchReport": {"file": str(folder / REPORT)}}]
        write_config(folder / "config.yaml", values)
        options = {"params": dict(params), "plugin_files": list(self.source.plugin_files)}
        write_atomic(folder / "trial.json", json.dumps(options))

    def _update(self, job: TrialJob, stopping: bool) -> None:
        """Report new values of a trial to Optuna, prune it if they are poor, and close it if its process has ended."""
        now = time.monotonic()
        if now - job.last_heartbeat > HEARTBEAT_SECONDS:
            job.last_heartbeat = now
            job.trial.set_user_attr(ALIVE, time.time())
        code = job.training.poll()  # first, so that the values include all that were reported before the end
        for epoch, value in job.training.values().items():
            if epoch not in job.reported:
                job.reported[epoch] = value
                job.trial.report(value, epoch)
                unfinished = epoch < job.epochs - 1  # pruning after the last epoch saves nothing
                if unfinished and code is None and not job.pruned and not stopping and job.trial.should_prune():
                    job.pruned = True
                    job.training.stop()
        if code is not None:
            self.jobs.remove(job)
            self.next_poll = 0.0
            self._end(job, code, stopping)

    def _end(self, job: TrialJob, code: int, stopping: bool) -> None:
        """Close a trial whose process has ended, log its result, and update the result files.

        Raises:
            UserError: the first `MAX_FAILURES` trials all failed.
        """
        space, trial = self.source.space, job.trial
        values = job.reported
        epoch = (max if space.maximize else min)(values, key=lambda epoch: values[epoch]) if values else None
        best = None if epoch is None else values[epoch]
        trial.set_user_attr(RESULT, {"epochs": len(values), "best_epoch": epoch,
                                     "seconds": round(time.monotonic() - job.started, 1)})
        head = f"trial {trial.number}"
        point = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in trial.params.items())
        if code == 0 and best is not None:
            close(self.study, trial.number, TrialState.COMPLETE, best)
            head += f": {space.objective} {best:.4f} (best {self.study.best_value:.4f} of trial "\
                    f"{self.study.best_trial.number})"
        elif job.pruned:
            close(self.study, trial.number, TrialState.PRUNED)
            head += f": pruned after epoch {max(values)}, {space.objective} {best:.4f}"
        elif stopping:
            requeue(self.study, self.study.get_trials(deepcopy=False)[trial.number])
            head += ": stopped; --resume continues it"
        else:
            reason = "it reported no value of the objective" if code == 0 else job.training.reason()
            trial.set_user_attr("reason", reason)
            close(self.study, trial.number, TrialState.FAIL)
            head += f": failed: {reason}"
        _log.info("%s  [%s]", head, point)
        if time.monotonic() - self.results_written > RESULTS_SECONDS:
            self.write_results()
            self.results_written = time.monotonic()
        self._check_failures(job.folder)

    def _check_failures(self, folder: Path) -> None:
        """Raise a UserError if the first `MAX_FAILURES` trials all failed."""
        ended = [trial for trial in live_trials(self.study) if trial.state.is_finished()]
        if len(ended) >= MAX_FAILURES and all(trial.state == TrialState.FAIL for trial in ended):
            reason = ended[-1].user_attrs.get("reason")
            raise UserError(f"the first {len(ended)} trials all failed, the last with: {reason}", where=str(folder),
                            do="read log.txt in that folder; 'ppclas check' of the base config may find the cause")


def point_of(trial: FrozenTrial) -> Mapping[str, Any]:
    """Return the point of a trial, also if the trial is still queued."""
    point: Mapping[str, Any] = trial.system_attrs.get("fixed_params", trial.params)
    return point
