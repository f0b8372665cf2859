# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A predictor in the process of a training leaves its rounding alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.export.inference import model_files
from ppclas_core.runtimes.paddle_inference import PaddleRuntime
from ppclas_core.system import cores


def trained_bits() -> bytes:
    """The weights of a network of two convolutions after three steps; with two threads other bits than with one."""
    import paddle
    from paddle import nn

    values = np.random.default_rng(0)
    model = nn.Sequential(nn.Conv2D(3, 8, 3), nn.BatchNorm2D(8), nn.ReLU(), nn.Conv2D(8, 16, 3), nn.Flatten(),
                          nn.Linear(16 * 44 * 44, 3))
    for parameter in model.parameters():
        parameter.set_value(0.05 * values.standard_normal(parameter.shape).astype(np.float32))
    images = paddle.to_tensor(values.standard_normal((8, 3, 48, 48)).astype(np.float32))
    optimizer = paddle.optimizer.Momentum(0.01, parameters=model.parameters())
    for _ in range(3):
        model(images).square().mean().backward()
        optimizer.step()
        optimizer.clear_grad()
    return b"".join(parameter.numpy().tobytes() for parameter in model.parameters())


@pytest.mark.parametrize("called", [False, True])
def test_training_is_the_same_beside_a_predictor(checkpoint: Path, tmp_path: Path, called: bool) -> None:
    bundle = ppc.export(checkpoint, "inference", tmp_path / "bundle")
    cores.restore_math_threads()
    before = trained_bits()
    runtime = PaddleRuntime(*model_files(bundle.path), threads=2)
    if called:
        runtime(bundle.golden().inputs)
    assert trained_bits() == before


def test_processes_of_a_launch_divide_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "usable_cores", lambda: 8)
    assert cores.cores_per_process() == 8
    monkeypatch.setenv("PADDLE_LOCAL_SIZE", "3")
    assert cores.cores_per_process() == 2
    monkeypatch.setenv("PADDLE_LOCAL_SIZE", "16")
    assert cores.cores_per_process() == 1
