# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A teacher in evaluation mode runs in Paddle Inference on the CPU."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ppclas_core.testing import toy
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle
from ppclas_distill import inference_teacher


@pytest.fixture
def ran(monkeypatch):
    """Sizes of the batches that networks of the teacher's width computed themselves."""
    sizes = []
    plain = toy.ToyNet.forward

    @paddle.jit.not_to_static
    def counting(self, images):
        if self.num_features == 24 and paddle.in_dynamic_mode():
            sizes.append(int(images.shape[0]))
        return plain(self, images)

    monkeypatch.setattr(toy.ToyNet, "forward", counting)
    return sizes


def parameters(run):
    return read_pickle(run / "last" / "ppcls.pdparams")


def test_the_runtime_replaces_the_network_and_a_resumed_run_is_the_straight_one(
        values, make_config, monkeypatch, ran, tmp_path):
    values["DISTILLATION"]["bn_mode"] = "running"
    values.update(accelerator="none", epochs=4, LEARNING_RATE={"function": "Piecewise", "params": {
        "lr": 0.05, "decay_epochs": [5], "gamma": 0.1}})
    plain = train(make_config(values)).run_dir
    assert len(ran) == 12
    monkeypatch.setattr(inference_teacher, "FROM_IMAGES", 90)
    ran.clear()
    straight = train(make_config({**values, "model_save_dir": str(tmp_path / "straight")})).run_dir
    assert len(ran) <= 1, "the network itself answers the first batch alone, for the comparison"
    assert "teacher: evaluation by Paddle Inference" in (straight / "train.log").read_text(encoding="utf-8")
    for key, value in parameters(plain).items():
        np.testing.assert_allclose(parameters(straight)[key], value, rtol=1e-3, atol=1e-5)
    monkeypatch.setattr(inference_teacher, "FROM_IMAGES", 1)
    halves = {**values, "model_save_dir": str(tmp_path / "halves")}
    train(make_config({**halves, "epochs": 2}))
    resumed = train(make_config(halves), resume=True, allow=["epochs"]).run_dir
    assert all(parameters(straight)[key].tobytes() == value.tobytes() for key, value in parameters(resumed).items())


@pytest.mark.parametrize("change", [{"bn_mode": "batch"}, {"bn_mode": "running", "few": True}])
def test_a_teacher_that_changes_or_has_little_to_do_computes_itself(change, values, make_config, monkeypatch):
    monkeypatch.setattr(inference_teacher, "FROM_IMAGES", 25 if change.pop("few", False) else 1)
    values["DISTILLATION"].update(change)
    log = train(make_config({**values, "epochs": 1})).run_dir / "train.log"
    assert "teacher:" not in log.read_text(encoding="utf-8")
