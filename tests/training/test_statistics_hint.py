# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A network that is right in training mode and guesses in evaluation mode: the running statistics are named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict

import numpy as np
import paddle
import pytest
from paddle import nn

from ppclas_core.config.config import Config
from ppclas_core.system.rank import ALONE
from ppclas_core.tasks import Multiclass, Multilabel
from ppclas_core.training.statistics_hint import StatisticsHint

CONFIG: Dict[str, Any] = {"task": "multiclass", "TRAIN": {"accumulate": 1}, "valid_interval": 1, "epochs": 200}


def made_run(model, **changes):
    parts = {"model": model, "rank": ALONE, "valid_loader": [], "has_teacher": False, "config": Config.of(CONFIG),
             "accumulate": CONFIG["TRAIN"]["accumulate"],
             "task": Multiclass(), "steps_per_epoch": 2}
    return SimpleNamespace(**{**parts, **changes})


def network(mean: float):
    """Class 1 where the normalized first channel is positive; running statistics of another mean guess class 1."""
    norm, fc = nn.BatchNorm2D(3), nn.Linear(3, 2)
    fc.weight.set_value(paddle.to_tensor([[-1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))
    model = nn.Sequential(norm, nn.AdaptiveAvgPool2D(1), nn.Flatten(), fc)
    norm._mean.set_value(paddle.full([3], mean))
    return model


def batch_of(count: int):
    """Images of two levels around 10, labelled by their level."""
    labels = np.arange(count) % 2
    images = np.full((count, 3, 4, 4), 10.0, np.float32) + (labels * 2.0 - 1.0).astype(np.float32)[:, None, None, None]
    logits = np.eye(2, dtype=np.float32)[labels]
    return SimpleNamespace(images=images, labels=labels, mixed=None, indices=np.arange(count)), logits


def told(run, epoch=0, training=1.0, evaluation=0.5, count=16):
    hint = StatisticsHint(run)
    batch, logits = batch_of(count)
    hint.keep(run, batch, epoch, run.steps_per_epoch - 1, logits)
    return hint.line(run, epoch, training, evaluation)


def test_the_cause_and_the_number_of_steps_are_named():
    run = made_run(network(0.0))  # the statistics of the start: all images are above 0
    run.model.train()
    line = told(run)
    assert "of the last 16 training images 16 were right in training mode and 8 are in evaluation mode" in line
    assert "running statistics of the batch norms" in line
    assert "They move by 10% per step, and after 2 steps 81.0% of their initial values is left" in line
    assert "about 88 steps are enough: 'epochs: 44'" in line
    assert run.model.training


@pytest.mark.parametrize(("changes", "figures"), [
    ({}, {"evaluation": 0.9}),  # no gap
    ({"model": network(10.0)}, {}),  # right on the training images in evaluation mode too: overfitting
    ({"model": nn.Sequential(nn.AdaptiveAvgPool2D(1), nn.Flatten(), nn.Linear(3, 2))}, {}),  # no batch norm
    ({"task": Multilabel()}, {}),
    ({"has_teacher": True}, {}),
])
def test_nothing_is_reported_where_it_is_not_the_cause(changes, figures):
    assert told(made_run(**{"model": network(0.0), **changes}), **figures) == ""


def test_frozen_statistics_are_not_the_cause():
    run = made_run(network(0.0))
    run.model[0]._use_global_stats = True
    assert told(run) == ""


def test_after_many_steps_the_learning_rate_is_the_cure():
    line = told(made_run(network(0.0)), epoch=100)
    assert "the weights change faster than that; lower LEARNING_RATE.params.lr" in line
    assert "epochs:" not in line


def test_parts_of_a_batch_and_pretrained_weights_are_counted():
    config = Config.of({**CONFIG, "TRAIN": {"accumulate": 4}, "pretrained_model": "weights"})
    line = told(made_run(network(0.0), config=config, accumulate=4))
    assert "after 2 steps 43.0% of those of the pretrained weights is left; about 22 steps" in line


def test_it_is_logged_once_and_considers_the_last_images_of_an_epoch_only():
    run = made_run(network(0.0), steps_per_epoch=10)
    hint = StatisticsHint(run)
    batch, logits = batch_of(16)
    for epoch in range(2):
        for step in range(10):
            hint.keep(run, batch, epoch, step, logits)
        assert len(hint._kept) == (2 if epoch == 0 else 0)
        assert bool(hint.line(run, epoch, 1.0, 0.5)) == (epoch == 0)


def test_nothing_is_kept_of_epochs_that_are_not_evaluated_or_were_stopped():
    run = made_run(network(0.0), config=Config.of({**CONFIG, "valid_interval": 5}))
    hint = StatisticsHint(run)
    batch, logits = batch_of(16)
    for epoch in range(11):  # 0, 5 and 10 are due; none of them comes to its evaluation
        for step in range(2):
            hint.keep(run, batch, epoch, step, logits)
    assert "of the last 32 training images" in hint.line(run, 10, 1.0, 0.5)
