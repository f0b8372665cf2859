# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The schedules of core against their formulas, over whole runs."""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, Tuple

import pytest

from ppclas_core.errors import UserError
from ppclas_core.models.create import create
from ppclas_core.plugins.catalogue import catalogue

E, S = 12, 7


def warm(step, lr, w):
    return lr * step / (S * w)


REFERENCE: Dict[str, Tuple[Dict[str, Any], Callable[[int], float]]] = {
    "Linear": ({"lr": 0.4, "steps": 30, "end_lr": 0.1}, lambda t: 0.3 * (1 - min(t, 30) / 30) + 0.1),
    "Cosine": ({"lr": 0.1}, lambda t: 0.05 * (math.cos(math.pi * math.floor(t / S) / E) + 1)),
    "Piecewise": ({"lr": 0.1, "decay_epochs": [3, 6, 9]}, lambda t: 0.1 * 0.1 ** sum(t >= S * e for e in (3, 6, 9))),
    "CosineWarmup": ({"lr": 0.2}, lambda t: warm(t, 0.2, 5) if t < 5 * S else
                     0.1 * (math.cos(math.pi * (t - 5 * S) / ((E - 5) * S)) + 1)),
    "ExponentialWarmup": ({"lr": 0.3, "warmup_epoch": 2}, lambda t: warm(t, 0.3, 2) if t < 2 * S else
                          0.3 * 0.97 ** math.floor((t - 2 * S) / (2.4 * S))),
}


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_every_step_has_the_rate_of_its_formula(name):
    params, formula = REFERENCE[name]
    schedule = create("lr_schedule", name, epochs=E, step_each_epoch=S, **params)
    for step in range(E * S):
        assert schedule(step) == pytest.approx(formula(step), rel=1e-12, abs=1e-15)


def test_warm_up_starts_at_exactly_zero_and_meets_the_peak():
    schedule = create("lr_schedule", "CosineWarmup", lr=0.2, epochs=E, step_each_epoch=S)
    assert schedule(0) == 0.0
    assert schedule(5 * S) == 0.2


def test_no_warm_up_is_a_whole_cosine():
    schedule = create("lr_schedule", "CosineWarmup", lr=0.2, warmup_epoch=0, epochs=E, step_each_epoch=S)
    assert schedule(0) == 0.2


def test_the_defaults_are_the_published_ones():
    defaults = {name: {key: parameter.default for key, parameter in catalogue().parameters("lr_schedule", name).items()}
                for name in REFERENCE}
    assert defaults["Linear"] == {"lr": 0.1, "steps": 100, "end_lr": 0.0}
    assert defaults["Piecewise"]["gamma"] == 0.1
    assert defaults["CosineWarmup"]["warmup_epoch"] == 5
    assert {key: defaults["ExponentialWarmup"][key] for key in ("decay_epochs", "decay_rate", "warmup_epoch")} == {
        "decay_epochs": 2.4, "decay_rate": 0.97, "warmup_epoch": 5}
    assert all("epochs" not in names and "step_each_epoch" not in names for names in defaults.values())


def test_numbers_may_be_written_as_text():
    assert create("lr_schedule", "Cosine", lr="1e-1", epochs=E, step_each_epoch=S)(0) == 0.1


def test_a_misspelt_parameter_names_the_nearest():
    with pytest.raises(UserError, match="warmup_epoch"):
        create("lr_schedule", "CosineWarmup", lr=0.1, warmup_epochs=3, epochs=E, step_each_epoch=S)


def after(formula):
    """Reference with a warm-up of `w` epochs: linear from 0, then a function of the epochs since."""
    return lambda t, w: 0.2 * t / (S * w) if t < S * w else formula(t / S - w, w)


WITH_WARMUP = {
    "Exponential": ({"decay_rate": 0.9, "decay_epochs": 2}, after(lambda e, w: 0.2 * 0.9 ** (e / 2))),
    "Polynomial": ({"power": 2.0, "end_lr": 0.01}, after(lambda e, w: 0.19 * (1 - e / (E - w)) ** 2 + 0.01)),
    "Step": ({"decay_epochs": 3, "gamma": 0.5}, after(lambda e, w: 0.2 * 0.5 ** math.floor(round(e * S) / (3 * S)))),
}


@pytest.mark.parametrize("warm", [0, 2, 2.5])
@pytest.mark.parametrize("name", sorted(WITH_WARMUP))
def test_every_step_after_a_warm_up_has_the_rate_of_the_formula(name, warm):
    params, formula = WITH_WARMUP[name]
    schedule = create("lr_schedule", name, lr=0.2, warmup_epoch=warm, epochs=E, step_each_epoch=S, **params)
    if warm == 2.5 and name == "Step":
        assert schedule(int(2.5 * S)) < 0.2 == schedule(int(2.5 * S) + 1)
        return
    for step in range(E * S):
        assert schedule(step) == pytest.approx(formula(step, warm), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", sorted(WITH_WARMUP))
def test_the_warm_up_starts_at_zero_and_is_optional(name):
    assert create("lr_schedule", name, lr=0.2, warmup_epoch=1, epochs=E, step_each_epoch=S)(0) == 0.0
    assert create("lr_schedule", name, lr=0.2, epochs=E, step_each_epoch=S)(0) == 0.2


@pytest.mark.parametrize(("name", "params"), [("Exponential", {"decay_rate": 0}), ("Polynomial", {"power": -1}),
                                              ("Step", {"decay_epochs": 0}), ("Step", {"warmup_epoch": -1})])
def test_invalid_parameters_are_refused_by_name(name, params):
    with pytest.raises(UserError, match=f"{next(iter(params))} of {name}"):
        create("lr_schedule", name, lr=0.1, epochs=E, step_each_epoch=S, **params)
