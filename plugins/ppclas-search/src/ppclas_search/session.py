# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One call of `ppclas search`: it opens folder and study, runs the scheduler and writes the results."""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from optuna import pruners
from optuna.study import Study

from ppclas_core.config import Config
from ppclas_core.errors import UserError
from ppclas_core.runs import locked
from ppclas_core.system import StopRequest, usable_cores, write_atomic
from ppclas_core.training import FREE_KEYS
from ppclas_search import results
from ppclas_search import study as studies
from ppclas_search.loop import Search, Start
from ppclas_search.page import page
from ppclas_search.process import TrialProcess
from ppclas_search.sampler import SpaceSampler
from ppclas_search.space import Space
from ppclas_search.trial_config import Source, check_source, with_objective

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """Options of the command line.

    Args:
        trials: number of trials instead of the file's `max_iter`.
        workers: number of trials that run at once.
        gpus: GPUs that are assigned to the workers in turn.
        storage: URL of a shared storage, or path of a journal file; "": SQLite in the folder.
        out: folder of the search; "": the default folder.
        resume: whether to continue or join an existing search.
    """

    trials: Optional[int] = None
    workers: int = 1
    gpus: Tuple[str, ...] = ()
    storage: str = ""
    out: str = ""
    resume: bool = False


class Outcome(NamedTuple):
    """Outcome of a search.

    Args:
        folder: folder with `results.csv`, `best.yaml` and `search.html`.
        rows: one row per trial.
        signum: the signal that stopped the search; 0 if it is complete.
        space: the search space with its resolved objective.
    """

    folder: Path
    rows: List[results.Row]
    signum: int
    space: Space


def search(source: Source, options: Options, *, start: Optional[Start] = None) -> Outcome:
    """Run a search, write its results and return them.

    Args:
        source: search space and base config.
        options: options of the command line.
        start: starts the training of a trial; default: in a subprocess.

    Raises:
        UserError: the space, the config or the storage is invalid, or an existing search of this name differs.
    """
    if options.trials is not None:
        source = source._replace(space=replace(source.space, max_iter=options.trials))
    source = with_objective(source)
    space = source.space
    base = check_source(source)
    folder = Path(options.out or Path(base.model_save_dir) / "search" / space.name)
    # Several processes may share a storage; a folder with its own storage belongs to one process.
    with nullcontext() if options.storage else locked(folder):
        if not options.storage and not options.resume:
            _move_earlier_search(folder)
        folder.mkdir(parents=True, exist_ok=True)
        study = _open(source, base, folder, options)
        return _search(source, study, folder, options, start or _starter(space, options), base.require_epochs())


def write_results(folder: Path, study: Study, source: Source) -> List[results.Row]:
    """Write `results.csv`, `best.yaml` and `search.html` of the trials so far, and return the rows of the trials."""
    rows = results.rows_of(study, source.space)
    results.write_csv(folder / "results.csv", rows, source.space)
    results.write_best(folder / "best.yaml", rows, source)
    write_atomic(folder / "search.html", page(rows, source.space))
    if source.space.keep == "best":
        results.drop_checkpoints(folder / "trials", rows, source.space)
    return rows


def _search(source: Source, study: Study, folder: Path, options: Options, start: Start, epochs: int) -> Outcome:
    space = source.space
    study.sampler, study.pruner = SpaceSampler(space), _pruner(space, epochs)
    ended = len([trial for trial in studies.live_trials(study) if trial.state.is_finished()])
    if ended >= space.trials:
        _log.info("%s: the search is complete, all %d trials have ended", folder, space.trials)
    else:
        size = "" if space.size is None else f" of {space.size} points"
        _log.info("%s: %d trials%s, sampler %s, %d at once, objective %s; folder %s", space.name, space.trials, size,
                  space.sampler, options.workers, space.objective, folder)
    loop = Search(source, study, folder, start, options.workers, space.trials, alone=not options.storage,
                  write_results=lambda: write_results(folder, study, source))
    with StopRequest() as stop:
        complete = loop.run(stop)
    rows = write_results(folder, study, source)
    if complete:
        return Outcome(folder, rows, 0, space)
    assert stop.signum is not None
    _log.warning("search stopped; repeat the command with --resume to continue its trials")
    return Outcome(folder, rows, stop.signum, space)


def _open(source: Source, base: Config, folder: Path, options: Options) -> Study:
    """Create the study of a new search, or open that of an existing one and compare it.

    Raises:
        UserError: the search exists and --resume is missing, or it differs.
    """
    space = source.space
    storage = studies.open_storage(options.storage or f"sqlite:///{(folder / 'study.db').absolute().as_posix()}")
    description = {**space.description(), "config": base.to_dict()}
    study = studies.find_study(storage, space.name)
    if study is None:
        if options.resume:
            _log.warning("there is no search '%s' to resume; a new one starts", space.name)
        return studies.make_study(storage, space.name, maximize=space.maximize, description=description)
    if not options.resume:
        raise UserError(f"the storage already has a search '{space.name}'", where=options.storage,
                        do="--resume joins it; rename the search file to start a new search")
    changed = sorted(key for key in _differences(studies.saved_description(study, description), description)
                     if key.replace("config.", "", 1) not in FREE_KEYS)
    if changed:
        raise UserError(f"the search was started with other settings: {', '.join(changed[:10])} changed",
                        where=str(space.path),
                        do="undo the change, or start a new search: omit --resume, or rename the search file")
    return study


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Return the dotted keys whose values differ."""
    old = dict(_flat(before, ""))
    new = dict(_flat(now, ""))
    return (key for key in {*old, *new} if old.get(key) != new.get(key))


def _flat(value: object, path: str) -> Iterator[Tuple[str, object]]:
    """Yield pairs (dotted key, scalar or list)."""
    if not isinstance(value, dict):
        yield path, list(value) if isinstance(value, tuple) else value
        return
    for key, child in value.items():
        yield from _flat(child, f"{path}.{key}" if path else str(key))


def _move_earlier_search(folder: Path) -> None:
    """Rename the folder of an earlier search to `<name>.1`, `.2`, ..."""
    if not (folder / "study.db").exists():
        return
    number = 1
    while folder.with_name(f"{folder.name}.{number}").exists():
        number += 1
    os.replace(folder, folder.with_name(f"{folder.name}.{number}"))
    _log.info("%s: the earlier search was moved to %s.%d", folder, folder.name, number)


def _pruner(space: Space, epochs: int) -> pruners.BasePruner:
    warmup = epochs // 3 if space.warmup is None else space.warmup
    if space.pruner == "none":
        return pruners.NopPruner()
    if space.pruner == "halving":
        return pruners.SuccessiveHalvingPruner(min_resource=max(warmup, 1))
    return pruners.MedianPruner(n_startup_trials=space.startup, n_warmup_steps=warmup)


def _starter(space: Space, options: Options) -> Start:
    def start(folder: Path, slot: int) -> TrialProcess:
        environment: Dict[str, str] = {}
        if options.gpus:
            environment["CUDA_VISIBLE_DEVICES"] = options.gpus[slot % len(options.gpus)]
        if options.workers > 1 and "OMP_NUM_THREADS" not in os.environ:
            environment["OMP_NUM_THREADS"] = str(max(usable_cores() // options.workers, 1))
        return TrialProcess(folder, space.objective, environment)

    return start
