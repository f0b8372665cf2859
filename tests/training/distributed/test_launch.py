# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--nproc`: several processes train as one, count each image once, and die together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from ppclas_core.config.load import load_config
from ppclas_core.testing import toy
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train
from ppclas_core.weights.formats.pickles import read_pickle

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Paddle has no distributed training on Windows")


def ppclas(folder: Path, values, *arguments: str, **options) -> subprocess.CompletedProcess:
    """A command in a process of its own, which starts the others."""
    (folder / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    command, *rest = arguments
    return subprocess.run([sys.executable, "-m", "ppclas_core", command, "toy.yaml", "--plugin", toy.__file__, *rest],
                          cwd=folder, capture_output=True, text=True, timeout=900, check=False,
                          env={**environment, "OMP_NUM_THREADS": "1", **options})


@pytest.mark.parametrize("images", [30, pytest.param(29, marks=pytest.mark.slow)])
def test_two_processes_take_the_steps_of_one(values, make_config, tmp_path, images):
    """SGD steps with shared statistics: all parameters and running statistics agree to 1e-5, also where the last batch
    of 29 images deals 3 to one process and 2 to the other."""
    values["TRAIN"].update(max_samples=images, drop_last=images == 30)
    values.update(epochs=1, sync_bn=True, OPTIMIZER={"function": "SGD"}, validate=False)
    values["LEARNING_RATE"]["params"]["lr"] = 0.5
    one = read_pickle(train(make_config(values)).run_dir / "last" / "ppcls.pdparams")
    values["model_save_dir"] = "two"
    done = ppclas(tmp_path, values, "train", "--nproc", "2")
    assert done.returncode == 0, done.stderr
    assert "sync_bn: 2 batch norms" in done.stderr
    two = read_pickle(tmp_path / "two" / "ToyNet" / "last" / "ppcls.pdparams")
    for key, value in one.items():
        assert np.abs(two[key] - value).max() < 1e-5 * max(np.abs(value).max(), 1.0), key
    assert done.stderr.count("epoch:0 train step:0") == 1
    assert done.stdout.count("ToyNet: 1 epochs") == 1


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """997 tiny images, weights, and the counts of one process."""
    import cv2

    folder = tmp_path_factory.mktemp("many")
    toy.toy_checkpoint(folder / "weights", num_classes=3, side=8)
    rng, lines = np.random.default_rng(3), []
    for index in range(997):
        image = rng.integers(0, 256, (8, 8, 3)).astype(np.uint8)
        (folder / f"{index}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
        lines.append(f"{index}.png {rng.integers(3)}\n")
    (folder / "val.txt").write_text("".join(lines), encoding="utf-8")
    transforms = [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    values = {"mode": "valid", "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 3, "image_shape": [3, 8, 8],
              "topk": 2, "device": "cpu", "pretrained_model": str(folder / "weights"),
              "VALID": {"batch_size": 64, "num_workers": 0, "file_list": str(folder / "val.txt"),
                        "data_dir": str(folder), "transforms": transforms}}
    (folder / "one.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return folder, values, evaluate(load_config(folder / "one.yaml"))


def counts(result) -> dict:
    return {key: result[key] for key in ("samples", "top1", "topk", "balanced_accuracy", "macro_f1", "confusion")}


@pytest.mark.parametrize(("processes", "batch"), [
    (1, 7), (2, 7), (3, 64), pytest.param(2, 64, marks=pytest.mark.slow), pytest.param(3, 7, marks=pytest.mark.slow)])
def test_997_images_are_counted_once_by_any_number_of_processes(many, processes, batch):
    folder, values, one = many
    done = ppclas(folder, values, "eval", "--json", "--nproc", str(processes), "-o", f"VALID.batch_size={batch}")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert counts(found) == counts(one.to_dict())
    assert found["samples"] == 997
    assert found["loss"] == pytest.approx(one.loss, rel=1e-5)
    assert found["ece"] == pytest.approx(one.ece, rel=1e-3)


def test_a_process_that_is_killed_ends_all_and_leaves_a_checkpoint(values, tmp_path, killer):
    (tmp_path / "killer.py").write_text(killer, encoding="utf-8")
    values.update(epochs=4, callbacks=[{"Killer": {}}])
    done = ppclas(tmp_path, values, "train", "--plugin", "killer.py", "--nproc", "2", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-2:]
    assert "process 1 of 2 ended with SIGKILL, so the others were ended" in last[0]
    assert "--resume" in last[1]
    state = json.loads((tmp_path / "output/ToyNet/last/state.json").read_text(encoding="utf-8"))
    assert state["epoch"] == 2
    values["callbacks"] = []
    again = ppclas(tmp_path, values, "train", "--resume", "--allow", "callbacks", "--nproc", "2")
    assert again.returncode == 0, again.stderr
    assert "4 epochs" in again.stdout


def test_a_mistake_is_reported_once_and_last(values, tmp_path, squares):
    (squares / "train_7.png").write_bytes(b"not an image")
    done = ppclas(tmp_path, values, "train", "--nproc", "2")
    assert done.returncode == 2
    assert done.stderr.count("train_7.png") == 1
    assert "Traceback" not in done.stderr


def test_the_options_are_checked(values, tmp_path, ppclas_project):
    toy.toy_catalogue()
    project = ppclas_project({"toy.yaml": values})
    assert "both given" in project.run("train", "toy.yaml", "--nproc", "2", "--devices", "0").err
    assert "at least 1" in project.run("train", "toy.yaml", "--nproc", "0").err
    assert "list of GPU numbers" in project.run("run", "toy.yaml", "--devices", "all").err
    assert "Paddle sees" in project.run("eval", "toy.yaml", "--devices", "97,98").err


def test_a_signal_in_the_middle_of_an_exchange_is_not_lost(monkeypatch):
    """Both processes may be asking each other at the moment when it comes."""
    from types import SimpleNamespace

    import paddle

    from ppclas_core.system.rank import Rank
    from ppclas_core.training.trainer import Trainer

    run: Any = SimpleNamespace(rank=Rank(0, 2), stop_request=SimpleNamespace(signum=None))
    monkeypatch.setattr(paddle.distributed, "all_reduce",
                        lambda flag, op: setattr(run.stop_request, "signum", signal.SIGTERM))
    assert Trainer.stopping(run) is False
    assert Trainer.stopping(run) is True


STOPPER = '''
from ppclas_core import Callback
from ppclas_core.api import Callback as Record, hookimpl

class Stopper(Callback):
    def on_epoch_end(self, run, values):
        run.stop = run.rank.number == 1 and values["epoch"] == 1

@hookimpl
def ppclas_callbacks():
    return [Record("Stopper", "stopper:Stopper")]
'''


def test_a_callback_in_one_process_ends_the_run_of_all(values, tmp_path):
    (tmp_path / "stopper.py").write_text(STOPPER, encoding="utf-8")
    values.update(epochs=9, callbacks=[{"Stopper": {}}])
    done = ppclas(tmp_path, values, "train", "--nproc", "2", "--plugin", "stopper.py")
    assert done.returncode == 0, done.stderr
    assert "a callback stopped it after epoch 1" in done.stderr
    assert "ToyNet: 2 epochs" in done.stdout


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_the_launcher_is_that_of_all_and_the_run_can_go_on(values, tmp_path, signum):
    values.update(epochs=50000, save_interval=50000)
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-m", "ppclas_core", "train", "toy.yaml", "--plugin", toy.__file__,
                                "--nproc", "2"], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    wait_for(tmp_path / "output/ToyNet/last", process)
    process.send_signal(signum)
    _, said = process.communicate(timeout=300)  # until all have closed standard error
    assert process.returncode == (143 if signum == signal.SIGTERM else -signum), said
    assert said.count("interrupted at epoch") == 1


def test_a_trainer_of_paddles_launcher_ends_with_it_and_leaves_a_checkpoint(values, tmp_path):
    """The launcher sends SIGTERM three times within a second, if it still can."""
    values.update(epochs=50000, save_interval=50000)
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (tmp_path / "train.py").write_text("from ppclas_core.cli import main\nraise SystemExit(main())\n", encoding="utf-8")
    log = tmp_path / "log" / "workerlog.0"
    process = subprocess.Popen([sys.executable, "-m", "paddle.distributed.launch", "--nproc_per_node", "1", "--log_dir",
                                str(log.parent), "train.py", "train", "toy.yaml", "--plugin", toy.__file__],
                               cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    wait_for(tmp_path / "output/ToyNet/last", process)
    process.terminate()
    process.wait()
    deadline = time.monotonic() + 300
    while "interrupted at epoch" not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def wait_for(path: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
