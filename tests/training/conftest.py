# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A data set of coloured squares and a toy network: a whole training takes a second."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict

import numpy as np
import pytest
import yaml

from ppclas_core.testing import toy

SIDE = 16
COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200))


KILLER = '''
import os, signal
from ppclas_core.api import Callback as Record, hookimpl
from ppclas_core.training.callbacks import Callback

class Killer(Callback):
    def on_step_end(self, run, values):
        if values["epoch"] == 2 and run.rank.number == 1:
            os.kill(os.getpid(), signal.SIGKILL)

@hookimpl
def ppclas_callbacks():
    return [Record("Killer", "killer:Killer")]
'''


@pytest.fixture(scope="session")
def killer() -> str:
    """Source of a plugin `killer.py`: its callback kills the second process of a launch in the third epoch."""
    return KILLER


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """A folder with 30 training and 13 validation images of three classes, lists and a label list."""
    import cv2

    rng = np.random.default_rng(5)
    for name, count in (("train", 30), ("val", 13)):
        lines = []
        for index in range(count):
            label = index % 3
            image = np.clip(np.array(COLOURS[label]) + rng.integers(-40, 41, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
            file = tmp_path / "data" / f"{name}_{index}.png"
            file.parent.mkdir(exist_ok=True)
            cv2.imencode(".png", image)[1].tofile(str(file))
            lines.append(f"{file.name} {label}\n")
        (tmp_path / "data" / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    (tmp_path / "data" / "labels.txt").write_text("0 red\n1 green\n2 blue\n", encoding="utf-8")
    return tmp_path / "data"


@pytest.fixture
def values(squares: Path) -> Dict[str, Any]:
    """The config of a toy training as plain values, for a test to change."""
    ends = [{"NormalizeImage": {"scale": "1./255.", "order": ""}}, {"ToCHWImage": None}]
    section = {"batch_size": 8, "num_workers": 0, "data_dir": str(squares)}
    return {
        "ARCHITECTURE": {"name": "ToyNet"},
        "model_save_dir": str(squares.parent / "output"),
        "classes_num": 3,
        "label_list": str(squares / "labels.txt"),
        "image_shape": [3, SIDE, SIDE],
        "epochs": 3,
        "topk": 2,
        "device": "cpu",
        "accelerator": "none",  # the tests of an accelerator are those of its plugin
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.05}},
        "OPTIMIZER": {"function": "Momentum", "params": {"momentum": 0.9},
                      "regularizer": {"function": "L2", "factor": 0.0001}},
        "TRAIN": {**section, "file_list": str(squares / "train.txt"),
                  "transforms": [{"DecodeImage": {}}, {"RandFlipImage": {"flip_code": 1}}, *ends]},
        "VALID": {**section, "file_list": str(squares / "val.txt"), "transforms": [{"DecodeImage": {}}, *ends]},
    }


@pytest.fixture
def make_config() -> Callable[[Dict[str, Any]], Any]:
    """Plain values -> a checked config."""
    from ppclas_core.config.load import config_from_dict
    from ppclas_core.testing.toy import toy_catalogue

    toy_catalogue()
    return config_from_dict


def arrays_of(folder: Path) -> Dict[str, np.ndarray]:
    """Every array of a checkpoint folder."""
    from ppclas_core.weights.formats.pickles import read_pickle

    found = {}
    for name in ("ppcls.pdparams", "ppcls.pdopt"):
        found.update({f"{name}:{key}": value for key, value in read_pickle(folder / name).items()})
    return found


@pytest.fixture
def same_checkpoint() -> Callable[[Path, Path], None]:
    """Asserts that two checkpoint folders hold the same arrays, bit for bit."""

    def compare(one: Path, other: Path) -> None:
        left, right = arrays_of(one), arrays_of(other)
        assert left.keys() == right.keys()
        different = [key for key in left if left[key].tobytes() != right[key].tobytes()]
        assert not different

    return compare


@pytest.fixture
def run_by_two_processes(tmp_path: Path) -> Callable[[Dict[str, Any]], Path]:
    """Run a config, written to `toy.yaml`, by `paddle.distributed.launch`; return its run folder."""

    def run(values: Dict[str, Any]) -> Path:
        (tmp_path / "toy.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        script = tmp_path / "train.py"
        script.write_text("from ppclas_core.cli import main\nraise SystemExit(main())\n", encoding="utf-8")
        launch = [sys.executable, "-m", "paddle.distributed.launch", "--nproc_per_node", "2", "--log_dir", "log"]
        environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
        done = subprocess.run([*launch, str(script), "run", "toy.yaml", "--plugin", toy.__file__], cwd=tmp_path,
                              timeout=900, capture_output=True, text=True, check=False,
                              env={**environment, "OMP_NUM_THREADS": "1"})
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return tmp_path / "output" / "ToyNet"

    return run
