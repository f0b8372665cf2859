# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: The metrics of an evaluation are consistent, and every loss of core trains."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ppclas_core.testing.toy import toy_catalogue
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train


def test_confusion_classes_and_accuracy_agree(values, make_config):
    values["epochs"] = 1
    config = make_config(values)
    result = evaluate(config, train(config).run_dir / "last")
    matrix = np.array(result.confusion)
    assert matrix.sum() == result.samples == 13
    assert np.trace(matrix) / 13 == pytest.approx(result.top1)
    for index, row in enumerate(result.per_class):
        assert row["samples"] == matrix[index].sum()
        assert row["correct"] == matrix[index, index]
    assert result.balanced_accuracy == pytest.approx(np.mean([row["recall"] for row in result.per_class]))
    assert result.macro_f1 == pytest.approx(np.mean([row["f1"] for row in result.per_class]))
    assert 0 < result.ece < 1


@pytest.mark.parametrize("loss", ["FocalLoss", "BCELoss"])
def test_a_loss_by_name_trains_and_evaluates(values, make_config, loss):
    values["LOSS"] = {"name": loss}
    values["class_weights"] = "balanced"
    values["epochs"] = 4
    values["LEARNING_RATE"]["params"]["lr"] = 0.3
    result = train(make_config(values))
    assert result.best_top1 is not None
    assert result.best_top1 > 0.6


def test_classes_are_weighted_by_name(values, make_config):
    from ppclas_core.data import from_config as datasets
    from ppclas_core.data.class_weights import loss_weights
    from ppclas_core.errors import UserError

    def weights(given):
        config = make_config({**values, "class_weights": given})
        return loss_weights(config, datasets.open_checked(config, "TRAIN"))

    assert weights({"blue": 3, "red": "0.5"}) == [0.5, 1.0, 3.0]
    for given, words in (({"bleu": 3}, "Did you mean 'blue'"), ({"red": -1}, "at least 0"), ({"red": "x"}, "a number")):
        with pytest.raises(UserError, match=words):
            weights(given)


def test_smoothing_a_loss_that_has_none_is_refused(values, make_config):
    from ppclas_core.checks.components import check_components
    from ppclas_core.errors import UserError

    values.update(LOSS={"name": "FocalLoss"}, ls_epsilon=0.1)
    with pytest.raises(UserError, match="no effect on the loss FocalLoss"):
        check_components(make_config(values))


def test_the_report_has_them_all(values, ppclas_project):
    toy_catalogue()
    project = ppclas_project({"toy.yaml": values})
    project.run("run", "toy.yaml", "-o", "epochs=1").succeeded()
    report = json.loads((project.folder / "output/ToyNet/report.json").read_text(encoding="utf-8"))
    assert {"ece", "balanced_accuracy", "macro_f1"} <= report.keys()
    assert np.array(report["confusion"]).shape == (3, 3)
    assert report["per_class"][0].keys() == {"class", "samples", "correct", "recall", "precision", "f1"}
