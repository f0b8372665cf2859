# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas lr CONFIG --find`: steps at rising learning rates, and a suggestion; the run folder is left alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

from ppclas_core.errors import UserError
from ppclas_core.testing import toy
from ppclas_core.training import lr_range_test
from ppclas_core.training.lr_range_test import HIGHEST, LOWEST, RangeTest, find_lr


def tree(folder: Path) -> Dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_rates_rise_by_one_factor_while_the_loss_falls(values, make_config):
    test = find_lr(make_config(values), steps=60)
    factors = [after / before for before, after in zip(test.rates, test.rates[1:])]
    assert test.rates[0] == LOWEST
    assert max(factors) - min(factors) < 1e-9
    assert math.isclose(test.rates[0] * factors[0] ** 59, HIGHEST)
    assert test.suggestion is not None
    assert LOWEST < test.suggestion <= test.lowest
    assert test.smoothed[-1] < 0.5 * test.smoothed[0]
    assert not Path(values["model_save_dir"]).exists()


def test_the_first_loss_is_that_of_the_weights_with_which_a_run_starts(values, make_config):
    from ppclas_core.runs.log import read_records
    from ppclas_core.training.run_training import train

    values["LEARNING_RATE"]["params"]["lr"] = LOWEST
    values["epochs"] = 1
    config = make_config(values)
    result = train(config)
    before = tree(result.run_dir)
    first = next(row for row in read_records(result.run_dir) if row["kind"] == "step")
    assert find_lr(config, steps=20).losses[0] == pytest.approx(first["loss"], rel=1e-5)
    assert tree(result.run_dir) == before


def test_a_diverging_loss_ends_the_test(values, make_config, monkeypatch):
    monkeypatch.setattr(lr_range_test, "HIGHEST", 1e12)
    test = find_lr(make_config(values), steps=20)
    assert test.diverged
    assert len(test.rates) == len(test.losses) == len(test.smoothed) < 20
    assert all(math.isfinite(loss) for loss in test.losses)


def test_the_suggestion_is_the_steepest_descent_and_none_without_a_descent():
    rates = [10.0 ** (-6 + 0.25 * index) for index in range(28)]
    losses = [2.0] * 12 + [1.9, 1.6, 1.2, 0.8, 0.5, 0.4, 0.38, 0.37] + [0.6, 0.9, 1.4, 2.0, 3.0, 4.0, 5.0, 6.0]
    test = RangeTest(rates, losses, losses, True)
    assert test.suggestion == rates[14]
    assert test.lowest == rates[19]
    assert RangeTest(rates, losses, [2.0] * 28, False).suggestion is None


def test_the_noise_of_the_first_losses_is_no_descent_and_hides_none():
    rates = [10.0 ** (-6 + 7 * index / 99) for index in range(100)]
    curve = [2.0] * 50 + [2.0 - 0.06 * index for index in range(20)] + [0.8 + 0.1 * index for index in range(30)]
    for first in ([3.0, 2.5, 2.0, 1.9, 2.0], [0.7, 1.5, 1.8, 1.9, 2.0]):  # a lucky and an unlucky first batch
        test = RangeTest(rates, first + curve[5:], first + curve[5:], True)
        assert test.suggestion is not None
        assert rates[50] <= test.suggestion <= rates[69]
        assert test.lowest == rates[70]


def test_too_few_steps_are_refused(values, make_config):
    with pytest.raises(UserError, match="takes at least 20"):
        find_lr(make_config(values), steps=5)


def test_the_command_prints_the_curve_the_suggestion_and_writes_a_chart(values, ppclas_project):
    values["LEARNING_RATE"]["params"]["lr"] = {"value": 0.1, "per_batch": 16}
    project = ppclas_project({"toy.yaml": yaml.safe_dump(values)})
    find = ("lr", "toy.yaml", "--find", "--steps", "40", "--plugin", toy.__file__)
    outcome = project.run(*find).succeeded()
    assert "range test: " in outcome.out
    assert "suggestion: " in outcome.out
    assert "-o LEARNING_RATE.params.lr='{value: " in outcome.out
    assert "wrote lr_find.svg" in outcome.out
    assert "smoothed" in (project.folder / "lr_find.svg").read_text(encoding="utf-8")
    found: Dict[str, Any] = json.loads(project.run(*find, "--json").succeeded().out)
    assert len(found["lr"]) == len(found["loss"]) == len(found["smoothed"]) >= 20
    assert found["suggestion"] in found["lr"]


def test_json_without_find_is_refused(values, ppclas_project):
    outcome = ppclas_project({"toy.yaml": yaml.safe_dump(values)}).run("lr", "toy.yaml", "--json")
    assert outcome.code == 2
    assert "--json needs --find" in outcome.err
