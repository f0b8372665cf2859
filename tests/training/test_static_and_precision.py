# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Compiled training steps, lower precision, the profiler."""

from __future__ import annotations

import contextlib

import numpy as np
import paddle
import pytest

from ppclas_core.config import Config
from ppclas_core.errors import UserError
from ppclas_core.training import amp
from ppclas_core.training.amp import Amp
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle


def test_a_compiled_run_is_the_same_run(values, make_config, monkeypatch):
    """Parameters agree to 1e-5, evaluation is that of the model itself, at every epoch."""
    from ppclas_core.training import forward

    values["epochs"] = 2
    plain = read_pickle(train(make_config(values)).run_dir / "last" / "ppcls.pdparams")
    made = []
    compiled = forward.compiled

    def compiled_and_kept(model):
        made.append(compiled(model))
        return made[-1]

    monkeypatch.setattr(forward, "compiled", compiled_and_kept)
    values.update(to_static=True, accelerator="none")
    config = make_config(values)
    folder = train(config).run_dir
    assert len(made) == 1
    found = read_pickle(folder / "last" / "ppcls.pdparams")
    for key, value in plain.items():
        assert np.abs(found[key] - value).max() < 1e-5 * max(np.abs(value).max(), 1.0), key
    again = evaluate(config, folder / "last")
    assert f"loss_avg: {again.loss:7.4f}" in (folder / "train.log").read_text(encoding="utf-8").splitlines()[-2]


@pytest.mark.parametrize(("device", "keys", "level", "dtype"), [
    ("gpu:0", {}, "O1", "float16"), ("gpu:0", {"amp_level": "O2", "amp_dtype": "bfloat16"}, "O2", "bfloat16"),
    ("cpu", {"amp_level": "O2"}, "O2", "bfloat16")])
def test_level_and_dtype_reach_paddle(monkeypatch, device, keys, level, dtype):
    asked = []
    monkeypatch.setattr(amp, "_bfloat16_works", lambda: True)

    def auto_cast(**given):
        asked.append(given)
        return contextlib.nullcontext()

    monkeypatch.setattr(paddle.amp, "auto_cast", auto_cast)
    made = Amp(Config.of({"use_fp16": True, **keys}), device)
    with made.autocast():
        pass
    assert asked == [{"enable": True, "dtype": dtype, "level": level}]
    assert level in made.note
    assert dtype in made.note


def test_only_float16_has_a_loss_scale(monkeypatch):
    scales = []

    class Scaler:
        def __init__(self, enable, **given):
            scales.append(enable)

    monkeypatch.setattr(paddle.amp, "GradScaler", Scaler)
    Amp(Config.of({"use_fp16": True}), "gpu:0")
    Amp(Config.of({"use_fp16": True, "amp_dtype": "bfloat16"}), "gpu:0")
    assert scales == [True, False]


def test_float16_on_the_cpu_is_refused():
    with pytest.raises(UserError, match="on GPUs only"):
        Amp(Config.of({"use_fp16": True, "amp_dtype": "float16"}), "cpu")


def test_a_level_without_lower_precision_is_refused(values, make_config):
    values["amp_level"] = "O2"
    with pytest.raises(UserError, match="use_fp16"):
        make_config(values)


def test_the_profiler_leaves_a_table_and_a_trace(values, make_config, ppclas_project):
    values.update(epochs=4)
    values["TRAIN"]["batch_size"] = 5
    project = ppclas_project({"toy.yaml": values})
    make_config(values)
    outcome = project.run("train", "toy.yaml", "--profile").succeeded()
    folder = project.folder / "output/ToyNet/profile"
    assert "conv2d" in (folder / "summary.txt").read_text(encoding="utf-8")
    assert list(folder.glob("*.json"))
    assert "profile of steps 5 to 14" in outcome.err
    again = project.run("train", "toy.yaml", "--resume").succeeded()  # the flag may change
    assert "is finished" in again.err


def test_a_run_too_short_to_profile_says_so(values, make_config, capsys):
    values.update(epochs=1, profile=True)
    train(make_config(values))
    assert "profile: empty" in capsys.readouterr().err
