# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Trainer`: one step does what the formulas say, and a config reaches it in few calls."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, List, Set, Tuple

import numpy as np
import pytest

import ppclas_core
from ppclas_core.config.config import Config
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.log import RunLog
from ppclas_core.system.rank import ALONE
from ppclas_core.training.resume import find_start
from ppclas_core.training.run_training import train
from ppclas_core.training.trainer import Trainer


@pytest.fixture
def trainer(values: Any, make_config: Any) -> Any:
    """A trainer of the toy config, with plain SGD and averages."""
    values.update(use_ema=True, ema_decay=0.9, epochs=2)
    values["OPTIMIZER"] = {"function": "SGD"}
    config = make_config(values)
    log, folder = RunLog(), RunFolder.of(config)
    built = Trainer.from_config(config, find_start(config, folder, resume=False, allow=()), folder.path, ALONE, log)
    yield built
    log.close()


def weights_of(trainer: Any) -> List[np.ndarray]:
    return [parameter.numpy().copy() for parameter in trainer.model.parameters() if not parameter.stop_gradient]


def test_a_step_moves_the_weights_against_the_gradient_of_its_loss(trainer: Any) -> None:
    trainer.model.train()
    batch = next(iter(trainer.loader.epoch(0)))
    before = weights_of(trainer)
    loss, logits = trainer.compute_gradients(batch)
    gradients = [parameter.grad.numpy() for parameter in trainer.model.parameters() if not parameter.stop_gradient]
    trainer.optimizer.clear_grad()
    assert weights_of(trainer)[0].tobytes() == before[0].tobytes()
    again, lr, _ = trainer.train_step(batch, 1, 2)
    assert (again, logits.shape) == (pytest.approx(loss, rel=1e-5), (8, 3))
    assert lr == trainer.schedule(5) > 0
    for old, gradient, new in zip(before, gradients, weights_of(trainer)):
        np.testing.assert_allclose(new, old - lr * gradient, rtol=1e-3, atol=1e-6)


def test_an_epoch_counts_every_step_and_an_evaluation_every_image(trainer: Any) -> None:
    calls: List[Tuple[str, Any]] = []
    trainer.call = lambda event, *values: calls.append((event, values))
    values = trainer.train_epoch(0)
    assert [name for name, _ in calls] == ["on_batch", "on_step_end"] * 3 + ["on_epoch_end"]
    assert (trainer.progress.step, trainer.progress.epoch_sums["samples"]) == (3, 24)
    steps = [given[0]["loss"] for name, given in calls if name == "on_step_end"]
    assert values["loss"] == pytest.approx(np.mean(steps))
    result = trainer.evaluate()
    assert (result.samples, len(result.per_class)) == (13, 3)
    trainer.save(["last"])
    assert (trainer.folder / "last" / "meta.yaml").is_file()


def test_a_config_reaches_the_training_step_in_few_calls(values: Any, make_config: Any) -> None:
    """A reader who follows the config from `train` meets no more functions than these before the first step."""
    core = str(Path(ppclas_core.__file__).parent)
    met: Set[CodeType] = set()
    reached: List[CodeType] = []

    def follow(frame: FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if event != "call" or reached or not code.co_filename.startswith(core):
            return
        if code is Trainer.train_step.__code__:
            reached.append(code)
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(isinstance(frame.f_locals.get(name), Config) for name in names if name != "self"):
            met.add(code)

    values["epochs"] = 1
    config = make_config(values)
    before = sys.getprofile()
    sys.setprofile(follow)
    try:
        train(config)
    finally:
        sys.setprofile(before)
    assert reached
    assert len(met) <= 35, sorted(code.co_qualname if sys.version_info >= (3, 11) else code.co_name for code in met)
