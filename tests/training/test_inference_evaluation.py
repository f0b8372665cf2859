# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""On the CPU a large evaluation is done by Paddle Inference, with the weights of the moment."""

from __future__ import annotations

import paddle
import pytest

from ppclas_core.system.rank import ALONE
from ppclas_core.testing.toy import ToyNet
from ppclas_core.training import inference_evaluation as quick_evaluation
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.inference_evaluation import Quick, quick
from ppclas_core.training.run_training import train


@pytest.fixture
def run(values, make_config):
    values.update(epochs=2)
    return train(make_config(values)).run_dir


def test_ppclas_eval_agrees_with_the_model(values, make_config, run, monkeypatch, caplog):
    config = make_config(values)
    caplog.set_level("INFO")
    plain = evaluate(config, run)
    assert "Paddle Inference" not in caplog.text  # 13 images do not pay
    monkeypatch.setattr(quick_evaluation, "FROM_IMAGES", 1)
    fast = evaluate(config, run)
    assert "evaluation by Paddle Inference" in caplog.text
    assert (fast.samples, fast.top1, fast.topk) == (plain.samples, plain.top1, plain.topk)
    assert fast.loss == pytest.approx(plain.loss, rel=1e-4)


def test_each_evaluation_has_the_weights_of_its_moment(caplog):
    caplog.set_level("INFO")
    model = ToyNet(num_classes=3)
    optimizer = paddle.optimizer.SGD(0.5, parameters=model.parameters())
    images, answers = paddle.randn([4, 3, 16, 16]), []
    for _ in range(3):
        model.eval()
        evaluated = Quick(model, ALONE)
        with paddle.no_grad():
            evaluated(images)
            answers.append(evaluated(images).numpy())
            assert abs(answers[-1] - model(images).numpy()).max() < 1e-4
        model.train()
        model(images).square().mean().backward()
        optimizer.step()
        optimizer.clear_grad()
    assert len(caplog.messages) == 3
    assert abs(answers[1] - answers[0]).max() > 1e-3
    assert abs(answers[2] - answers[1]).max() > 1e-3


def test_a_model_that_cannot_be_exported_is_evaluated_itself(monkeypatch, caplog):
    caplog.set_level("INFO")

    def fails(*arguments: object, **options: object) -> None:
        raise RuntimeError("in user code:\n  no program for this")

    monkeypatch.setattr(paddle.jit, "save", fails)
    model = ToyNet(num_classes=3)
    model.eval()
    evaluated = Quick(model, ALONE)
    images = paddle.randn([2, 3, 16, 16])
    for _ in range(2):
        assert (evaluated(images).numpy() == model(images).numpy()).all()
    assert caplog.messages == [
        "evaluation by the model, not by Paddle Inference: Paddle cannot export it: no program for this"]


def test_a_runtime_with_other_outputs_is_not_used(monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr(quick_evaluation, "_export", lambda *arguments: lambda batch: batch.mean((2, 3)))
    model = ToyNet(num_classes=3)
    model.eval()
    evaluated = Quick(model, ALONE)
    images = paddle.randn([2, 3, 16, 16])
    evaluated(images)
    assert (evaluated(images).numpy() == model(images).numpy()).all()
    assert "not by Paddle Inference: its logits differ" in caplog.messages[0]


def test_a_gpu_or_a_few_images_leave_the_model_as_it_is():
    model = ToyNet(num_classes=3)
    assert quick(model, 10**6, "gpu:0", ALONE) is model
    assert quick(model, 255, "cpu", ALONE) is model
    assert isinstance(quick(model, 256, "cpu", ALONE), Quick)
