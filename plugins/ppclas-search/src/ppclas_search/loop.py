# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The scheduler of a search: starts and follows trials until all are done. One thread; each trial is a process."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional

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

POLL_SECONDS, LOOK_SECONDS, BEAT_SECONDS, RESULTS_SECONDS = 0.2, 3.0, 15.0, 10.0
"""Intervals: polls of own trials; polls of the storage for work; heartbeats; updates of the result files."""
MOST_FAILURES = 3
"""Number of failed first trials, without any success, after which a search stops."""

Start = Callable[[Path, int], Training]
"""Starts the training of a trial from (folder of the trial, index of the worker slot)."""


@dataclass
class Running:
    """A running trial."""

    trial: Trial
    folder: Path
    training: Training
    place: int
    since: float
    epochs: int
    reported: Dict[int, float] = field(default_factory=dict)
    beat: float = 0.0
    pruned: bool = False


@dataclass
class Search:
    """Scheduler of one process of a search.

    Args:
        source: makes configs from points.
        study: the Optuna study, with sampler and pruner of the space.
        folder: folder of the search.
        start: starts the training of a trial.
        workers: trials that run at once.
        trials: number of trials of the study.
        alone: whether no other process works on the study.
        finished: called after a trial has ended, at most every `RESULTS_SECONDS`.
    """

    source: Source
    study: Study
    folder: Path
    start: Start
    workers: int
    trials: int
    alone: bool
    finished: Callable[[], object]
    running: List[Running] = field(default_factory=list)
    look_at: float = 0.0
    told: float = 0.0

    def run(self, stop: StopRequest) -> bool:
        """Run trials until all are done. Return False if a stop was requested.

        Raises:
            UserError: the first `MOST_FAILURES` trials all failed.
        """
        asked, waited = False, False
        try:
            while True:
                if stop.signum is not None and not asked:
                    asked = True
                    for one in self.running:
                        one.training.stop()
                if not asked and time.monotonic() >= self.look_at:
                    self._requeue_lost()
                    while len(self.running) < self.workers and self._start_next():
                        pass
                    self.look_at = time.monotonic() + LOOK_SECONDS
                if not self.running and (asked or self.look_at):
                    elsewhere = self._others()
                    if asked or not elsewhere:
                        return not asked
                    if not waited:
                        _log.info("waiting for trial %s, at work elsewhere", ", ".join(map(str, elsewhere)))
                        waited = True
                for one in list(self.running):
                    self._follow(one, asked)
                time.sleep(POLL_SECONDS if self.running or not self.look_at else LOOK_SECONDS)
        finally:
            for one in self.running:
                one.training.kill()

    def _others(self) -> List[int]:
        mine = [one.trial.number for one in self.running]
        return [trial.number for trial in live_trials(self.study) if trial.state == TrialState.RUNNING
                and trial.number not in mine]

    def _requeue_lost(self) -> None:
        for number in requeue_stale(self.study, mine=[one.trial.number for one in self.running], alone=self.alone):
            _log.warning("trial %d was lost by its worker: it is continued", number)
        self.alone = False  # from now on, other running trials belong to a process that joined later

    def _start_next(self) -> bool:
        """Start the next trial; return False if there is none."""
        trials = live_trials(self.study)
        waiting = any(trial.state == TrialState.WAITING for trial in trials)
        if not waiting and (len(trials) >= self.trials or self._used_up(trials)):
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
        config = self.source.at(trial.params, len(before))
        self._write(folder, trial.params, config)
        place = min(set(range(self.workers)) - {one.place for one in self.running})
        since = time.monotonic()
        self.running.append(Running(trial, folder, self.start(folder, place), place, since,
                                    config.require_epochs()))
        return True

    def _used_up(self, trials: List[FrozenTrial]) -> bool:
        space = self.source.space
        points = {identity(point_of(trial)) for trial in trials}
        return space.de_duplication and space.size is not None and len(points) >= space.size

    def _write(self, folder: Path, params: Mapping[str, Any], config: Config) -> None:
        """Write the files that the trial's process reads, unless an earlier process of the trial has them already."""
        if (folder / "config.yaml").is_file() and (folder / "trial.json").is_file():
            return
        values = config.to_dict()
        values.update(model_save_dir=str(folder), save_interval=0)
        values["callbacks"] = [*values["callbacks"], {"SearchReport": {"file": str(folder / REPORT)}}]
        write_config(folder / "config.yaml", values)
        options = {"params": dict(params), "plugin_files": list(self.source.plugin_files)}
        write_atomic(folder / "trial.json", json.dumps(options))

    def _follow(self, one: Running, asked: bool) -> None:
        """Pass the reported values of a trial to Optuna, prune the trial, and close it after its process ended."""
        now = time.monotonic()
        if now - one.beat > BEAT_SECONDS:
            one.beat = now
            one.trial.set_user_attr(ALIVE, time.time())
        code = one.training.poll()  # polled first, so that no value reported before the end is missed
        for epoch, value in one.training.values().items():
            if epoch not in one.reported:
                one.reported[epoch] = value
                one.trial.report(value, epoch)
                left = epoch < one.epochs - 1  # pruning after the last epoch saves nothing
                if left and code is None and not one.pruned and not asked and one.trial.should_prune():
                    one.pruned = True
                    one.training.stop()
        if code is not None:
            self.running.remove(one)
            self.look_at = 0.0
            self._end(one, code, asked)

    def _end(self, one: Running, code: int, asked: bool) -> None:
        space, trial = self.source.space, one.trial
        figures, best, epoch = one.reported, None, None
        if figures:
            epoch = (max if space.maximise else min)(figures, key=lambda epoch: figures[epoch])
            best = figures[epoch]
        trial.set_user_attr(RESULT, {"epochs": len(figures), "best_epoch": epoch,
                                     "seconds": round(time.monotonic() - one.since, 1)})
        head = f"trial {trial.number}"
        point = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in trial.params.items())
        if code == 0 and best is not None:
            close(self.study, trial.number, TrialState.COMPLETE, best)
            head += f": {space.objective} {best:.4f} (best {self.study.best_value:.4f} of trial "\
                    f"{self.study.best_trial.number})"
        elif one.pruned:
            close(self.study, trial.number, TrialState.PRUNED)
            head += f": given up after epoch {max(figures)}, {space.objective} {best:.4f}"
        elif asked:
            requeue(self.study, self.study.get_trials(deepcopy=False)[trial.number])
            head += ": stopped; --resume continues it"
        else:
            reason = "it reported no figure" if code == 0 else one.training.reason()
            trial.set_user_attr("reason", reason)
            close(self.study, trial.number, TrialState.FAIL)
            head += f": failed: {reason}"
        _log.info("%s  [%s]", head, point)
        if time.monotonic() - self.told > RESULTS_SECONDS:
            self.finished()
            self.told = time.monotonic()
        self._give_up_if_hopeless(one.folder)

    def _give_up_if_hopeless(self, folder: Path) -> None:
        ended = [trial for trial in live_trials(self.study) if trial.state.is_finished()]
        if len(ended) >= MOST_FAILURES and all(trial.state == TrialState.FAIL for trial in ended):
            reason: Optional[str] = ended[-1].user_attrs.get("reason")
            raise UserError(f"the first {len(ended)} trials all failed, the last with: {reason}", where=str(folder),
                            do="log.txt there has all that it said; 'ppclas check' on the base config may say more")


def point_of(trial: FrozenTrial) -> Mapping[str, Any]:
    """Return the point of a trial, also if the trial is still queued."""
    point: Mapping[str, Any] = trial.system_attrs.get("fixed_params", trial.params)
    return point
