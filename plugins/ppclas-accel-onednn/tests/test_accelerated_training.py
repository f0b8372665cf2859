# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runs that train with oneDNN: said, equal to those without, resumed exactly, refused where the two disagree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import numpy as np
import paddle
import pytest
import yaml

from ppclas_accel_onednn import agreement, forward
from ppclas_core.errors import UserError
from ppclas_core.system.signals import Interrupted
from ppclas_core.testing import toy
from ppclas_core.testing.toy import ToyNet
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train


def arrays(run: Path) -> Dict[str, np.ndarray]:
    """Parameters and optimizer state at the end of a run."""
    from ppclas_core.weights.formats.pickles import read_pickle

    return {f"{name} {key}": value for name in ("ppcls.pdparams", "ppcls.pdopt")
            for key, value in read_pickle(run / "last" / name).items()}


def route(run: Path) -> str:
    """What the last checkpoint says of the accelerator."""
    return json.loads((run / "last" / "state.json").read_text(encoding="utf-8"))["accelerator"]


def log_of(run: Path) -> str:
    return (run / "train.log").read_text(encoding="utf-8")


def assert_same_bits(one: Dict[str, np.ndarray], other: Dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    assert [key for key in one if one[key].tobytes() != other[key].tobytes()] == []


def run_without(values: Dict[str, Any], make_config: Any) -> Path:
    return train(make_config({**values, "accelerator": "none",
                              "model_save_dir": values["model_save_dir"] + " without"})).run_dir


@pytest.mark.parametrize("more", [
    {}, {"use_ema": True, "ema_decay": 0.9, "ls_epsilon": 0.1},
    {"ARCHITECTURE": {"name": "ToyNet", "params": {"lr_mult_list": [0.0, 0.5]}}}, {"accumulate": 3},
], ids=["plain", "ema and smoothing", "multipliers", "accumulated"])
def test_a_run_is_accelerated_by_default_and_learns_the_same(values, make_config, more):
    values["TRAIN"]["accumulate"] = dict(more).pop("accumulate", 1)
    values.update({key: value for key, value in more.items() if key != "accumulate"})
    fast = train(make_config(values)).run_dir
    plain = run_without(values, make_config)
    assert "accelerator onednn: training steps use it" in log_of(fast)
    assert (route(fast), route(plain)) == ("onednn", "none")
    assert "onednn" not in log_of(plain)
    expected, found = arrays(plain), arrays(fast)
    assert expected.keys() == found.keys()
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-2, atol=1e-4, err_msg=key)
    config = make_config(values)
    assert evaluate(config, fast).loss == pytest.approx(evaluate(config, plain).loss, rel=1e-3)


def interrupt_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Ask for a stop during the given step, counted over the whole run."""
    from ppclas_core.training.trainer import Trainer

    report, steps = Trainer.report_step, []

    def counted(trainer, values):
        report(trainer, values)
        steps.append(1)
        if len(steps) == step:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Trainer, "report_step", counted)


def test_a_resumed_run_stays_accelerated_and_changes_no_bit(values, make_config, monkeypatch):
    values.update(use_ema=True, ema_decay=0.9)
    config = make_config(values)
    straight = arrays(train(config).run_dir)
    with monkeypatch.context() as patched:
        interrupt_at(patched, 6)
        with pytest.raises(Interrupted):
            train(config)
    resumed = train(config, resume=True).run_dir
    assert route(resumed) == "onednn"
    assert log_of(resumed).count("training steps use it") == 1  # not compared again
    assert_same_bits(straight, arrays(resumed))


def test_where_the_two_disagree_training_is_that_of_paddle_bit_for_bit(values, make_config, monkeypatch):
    """The comparison itself leaves no trace: statistics, gradients and random state are those of a run without it."""
    monkeypatch.setattr(agreement, "TOLERANCE", -1.0)
    run = train(make_config(values)).run_dir
    assert "onednn is not used: its results differ from Paddle's own: logits differ by" in log_of(run)
    assert route(run) == "none"
    assert_same_bits(arrays(run), arrays(run_without(values, make_config)))


def test_wrong_gradients_are_a_disagreement(values, make_config, monkeypatch):
    right = forward.Accelerated.forward

    def wrong(self, images):
        output: Any = right(self, images)
        return output.detach() + 0.0 * output if self.enabled else output

    monkeypatch.setattr(forward.Accelerated, "forward", wrong)
    run = train(make_config(values)).run_dir
    assert "gradients by 1e+00" in log_of(run)
    assert route(run) == "none"


def test_a_run_that_started_without_it_goes_on_without_it(values, make_config, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(agreement, "TOLERANCE", -1.0)
        interrupt_at(patched, 3)
        with pytest.raises(Interrupted):
            train(make_config(values))
    resumed = train(make_config(values), resume=True).run_dir
    assert route(resumed) == "none"
    assert "training steps use it" not in log_of(resumed)


def test_a_run_that_started_with_it_says_when_it_cannot_go_on(values, make_config, monkeypatch):
    with monkeypatch.context() as patched:
        interrupt_at(patched, 3)
        with pytest.raises(Interrupted):
            train(make_config(values))
    with monkeypatch.context() as patched:
        patched.setattr(forward, "_build_program", lambda model, shape: 1 / 0)
        with pytest.raises(UserError, match="impossible now: Paddle cannot compile ToyNet to a program"):
            train(make_config(values), resume=True)
    values["accelerator"] = "none"
    assert route(train(make_config(values), resume=True, allow=["accelerator"]).run_dir) == "none"


def test_a_model_with_data_dependent_control_flow_trains_without_it(values, make_config, monkeypatch):
    def looks(self, x):
        return self.head(self.stages[0](self.stem(x))) * (2.0 if x.mean().item() > 0 else 1.0)

    monkeypatch.setattr(ToyNet, "forward", looks)
    run = train(make_config(values)).run_dir
    assert "accelerator onednn is not used: Paddle cannot compile ToyNet to a program: " in log_of(run)
    assert_same_bits(arrays(run), arrays(run_without(values, make_config)))


def test_mixed_precision_is_not_accelerated(values, make_config):
    values["use_fp16"] = True
    config = make_config(values)
    run = train(config).run_dir
    assert ("accelerator onednn is not used: use_fp16 is on" in log_of(run)) == (route(run) == "none")


def test_an_unknown_accelerator_names_those_that_exist(values, make_config):
    values["accelerator"] = "onednnn"
    with pytest.raises(UserError, match="onednn"):
        train(make_config(values))


def test_training_leaves_paddle_as_it_was(values, make_config):
    if not hasattr(paddle.pir_utils, "OldIrGuard"):
        pytest.skip("this Paddle has one form of programs only")
    names = ["FLAGS_enable_pir_api", "FLAGS_enable_pir_in_executor", "FLAGS_enable_pir_with_pt_in_dy2st"]
    append_op, before = paddle.base.framework.Block.append_op, paddle.get_flags(names)
    train(make_config(values))
    assert paddle.get_flags(names) == before
    assert paddle.base.framework.Block.append_op is append_op
    assert paddle.in_dynamic_mode()


@pytest.mark.skipif(os.name == "nt", reason="gloo")
def test_two_processes_are_accelerated_and_learn_what_they_learn_without(values, tmp_path):
    values["TRAIN"]["drop_last"] = True
    script = tmp_path / "train.py"
    script.write_text("from ppclas_core.cli import main\nraise SystemExit(main())\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    found = []
    for accelerator in ("auto", "none"):
        values.update(accelerator=accelerator, model_save_dir=str(tmp_path / accelerator))
        (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        command = [sys.executable, "-m", "paddle.distributed.launch", "--nproc_per_node", "2", "--log_dir", "log",
                   str(script), "train", "toy.yaml", "--plugin", toy.__file__]
        done = subprocess.run(command, cwd=tmp_path, timeout=900, capture_output=True, text=True, check=False,
                              env={**environment, "OMP_NUM_THREADS": "1"})
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        found.append(tmp_path / accelerator / "ToyNet")
    assert [route(run) for run in found] == ["onednn", "none"]
    expected = arrays(found[1])
    for key, value in arrays(found[0]).items():
        np.testing.assert_allclose(value, expected[key], rtol=1e-2, atol=1e-4, err_msg=key)
