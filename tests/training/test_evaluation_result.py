# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The result of an evaluation shows its confusion matrix and its errors."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from ppclas_core.errors import UserError
from ppclas_core.training.evaluation_result import EvaluationResult
from ppclas_core.training.top_errors import KEPT


@pytest.fixture
def result(values: Dict[str, Any], make_config: Callable[[Dict[str, Any]], Any]) -> EvaluationResult:
    """Evaluation of random weights, some of whose predictions are wrong."""
    import paddle

    from ppclas_core.models import create_model
    from ppclas_core.training.evaluate import evaluate

    config = make_config(values)
    paddle.seed(5)
    model = create_model("ToyNet", num_classes=3)
    folder = Path(values["model_save_dir"])
    folder.mkdir(parents=True)
    paddle.save(model.state_dict(), str(folder / "random.pdparams"))
    return evaluate(config, folder / "random.pdparams")


def test_the_confusion_matrix_has_the_names_of_the_classes(result: EvaluationResult) -> None:
    figure = result.plot_confusion()
    assert figure.class_names == ["red", "green", "blue"]
    assert figure.matrix.sum() == result.samples
    assert figure.matrix.trace() == round(result.top1 * result.samples)


def test_the_errors_are_the_wrong_predictions_by_their_confidence(result: EvaluationResult) -> None:
    errors = result.top_errors(KEPT)
    assert len(errors) == result.samples - round(result.top1 * result.samples) > 1
    scores = [one.predicted[0][1] for one in errors]
    assert scores == sorted(scores, reverse=True)
    for one in errors:
        assert one.labels[0] != one.predicted[0][0]
    assert len(result.top_errors(1)) == 1
    assert "data:image/jpeg" in result.top_errors(1)._repr_html_()


def test_a_count_that_is_not_kept_is_refused(result: EvaluationResult) -> None:
    for count in (0, KEPT + 1):
        with pytest.raises(UserError, match=f"top_errors.{count}.: an evaluation keeps {KEPT}"):
            result.top_errors(count)


def test_metrics_are_attributes_and_the_json_is_that_of_the_metrics() -> None:
    result = EvaluationResult({"top1": 0.5, "loss": 1.0}, 4, 0.1, tables={"confusion": None}, class_names=("a", "b"))
    assert result.top1 == 0.5
    assert not {"class_names", "errors"} & result.to_dict().keys()
    assert pickle.loads(pickle.dumps(copy.copy(result))) == result


def test_an_evaluation_without_matrix_or_errors_says_so() -> None:
    without = EvaluationResult({}, 4, 0.1)
    with pytest.raises(UserError, match="multi-label"):
        without.plot_confusion()
    with pytest.raises(UserError, match="kept no errors"):
        without.top_errors()
    with pytest.raises(UserError, match="are more than"):
        EvaluationResult({}, 4, 0.1, tables={"confusion": None}, class_names=("a",) * 1001).plot_confusion()
