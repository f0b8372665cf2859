# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Optuna sampler of a search, which delegates to the method that the search file names."""

from __future__ import annotations

import warnings
from typing import Any, Dict, List, Mapping, NoReturn, Optional

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, TPESampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from ppclas_search import propose
from ppclas_search.dimension import identity
from ppclas_search.space import Point, Space
from ppclas_search.study import REPEATED, RETRY, live_trials

TPE_DRAWS = 24
"""Largest number of draws from TPE; if all repeat tried points, a random point is used instead."""


class SpaceSampler(BaseSampler):
    """Sampler of a search; its choice depends only on the seed, the trial number and the history."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._distributions = {item.name: item.distribution() for item in space.dimensions}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Dict[str, BaseDistribution]:
        """Return the whole space, for every trial."""
        return dict(self._distributions)

    def sample_relative(self, study: Study, trial: FrozenTrial,
                        search_space: Dict[str, BaseDistribution]) -> Dict[str, Any]:
        """Return the point of a new trial; {} for a queued trial, which has its point already."""
        if "fixed_params" in trial.system_attrs:
            return {}
        rng = np.random.default_rng([self.space.seed, trial.number])
        history = history_of(study, self.space, trial.number)
        candidates = self.space.candidates(rng, history.tried, history.best(5))
        if not candidates:  # other workers have taken the last points in the meantime
            candidates = self.space.points()
        sampler = self.space.sampler
        if sampler == "grid":
            earlier = [other for other in study.get_trials(deepcopy=False) if other.number < trial.number
                   and RETRY not in other.user_attrs and REPEATED not in other.user_attrs]
            return propose.along_the_grid(self.space, candidates, len(earlier))
        if sampler == "random":
            return propose.at_random(candidates, rng)
        if len(history.tried) < self.space.startup or len(history.points) < 2:
            return propose.spread_out(self.space, history, candidates, rng)
        if sampler == "gp":
            return propose.by_gaussian_process(self.space, history, candidates, rng)
        return self._by_tpe(study, trial, history, rng) or propose.at_random(candidates, rng)

    def sample_independent(self, study: Study, trial: FrozenTrial, param_name: str,
                           param_distribution: BaseDistribution) -> NoReturn:
        """Raise an error, because all keys are sampled by `sample_relative`.

        Raises:
            AssertionError: always.
        """
        raise AssertionError(f"'{param_name}' is not in the space")

    def _by_tpe(self, study: Study, trial: FrozenTrial, history: propose.History,
                rng: np.random.Generator) -> Optional[Point]:
        """Draw an untried point from Optuna's multivariate TPE (Bergstra et al. 2011); None after `TPE_DRAWS` draws."""
        tried = {identity(point) for point in history.tried} if self.space.de_duplication else set()
        for _ in range(TPE_DRAWS):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Optuna warns that `multivariate` is experimental
                sampler = TPESampler(n_startup_trials=2, multivariate=True, constant_liar=True,
                                     seed=int(rng.integers(2**31)))
                point: Point = sampler.sample_relative(study, trial, self._distributions)
            if point and identity(point) not in tried:
                return point
        return None


def history_of(study: Study, space: Space, before: int) -> propose.History:
    """Return the history of a study; failed trials get the worst merit, pruned trials that of their best value.

    Args:
        study: the study.
        space: the search space; trials with other keys are left out.
        before: number of the trial that needs a point; it is left out.
    """
    sign = 1.0 if space.maximize else -1.0
    points: List[Point] = []
    merits: List[float] = []
    failed: List[Point] = []
    running: List[Point] = []
    for trial in live_trials(study):
        value = objective_of(trial, space)
        point: Mapping[str, Any] = trial.system_attrs.get("fixed_params", trial.params)
        if trial.number == before or set(point) != {item.name for item in space.dimensions}:
            continue
        if trial.state in (TrialState.RUNNING, TrialState.WAITING):
            running.append(dict(point))
        elif value is None:
            failed.append(dict(point))
        else:
            points.append(dict(point))
            merits.append(sign * value)
    if merits:
        points = [*points, *failed]
        merits = [*merits, *[min(merits)] * len(failed)]
        failed = []
    return propose.History(points, merits, [*running, *failed])


def objective_of(trial: FrozenTrial, space: Space) -> Optional[float]:
    """Return the best value over the epochs of a finished or pruned trial; None for other trials."""
    if trial.state == TrialState.COMPLETE:
        value: Optional[float] = trial.value
        return value
    if trial.state == TrialState.PRUNED and trial.intermediate_values:
        return float((max if space.maximize else min)(trial.intermediate_values.values()))
    return None
