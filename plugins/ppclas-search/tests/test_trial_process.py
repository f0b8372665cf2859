# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Real trainings of a toy network, each in its process."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

import ppclas_core
from ppclas_core.cli import main
from ppclas_core.testing import toy
from ppclas_search.process import REPORT, TrialProcess
from ppclas_search.read_space import read_space
from ppclas_search.trial_config import Source

SIDE = 16


@pytest.fixture
def base(tmp_path, monkeypatch):
    """Squares of three colours, and a config for them."""
    from ppclas_core.data.opencv import cv2

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rng, data = np.random.default_rng(5), tmp_path / "data"
    data.mkdir()
    for name, count in (("train", 24), ("val", 9)):
        for index in range(count):
            image = rng.integers(0, 60, (SIDE, SIDE, 3)).astype(np.uint8)
            image[:, :, index % 3] += 120
            cv2.imencode(".png", image)[1].tofile(str(data / f"{name}_{index}.png"))
        lines = [f"{name}_{index}.png {index % 3}\n" for index in range(count)]
        (data / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    section = {"batch_size": 8, "num_workers": 0, "data_dir": "data",
               "transforms": [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]}
    values = {"ARCHITECTURE": {"name": "ToyNet"}, "model_save_dir": "output", "classes_num": 3, "device": "cpu",
              "image_shape": [3, SIDE, SIDE], "epochs": 2, "topk": 2,
              "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.05}},
              "TRAIN": {**section, "file_list": "data/train.txt"}, "VALID": {**section, "file_list": "data/val.txt"}}
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (tmp_path / "space.yaml").write_text("base: base.yaml\nobjective: loss\nsampler: grid\nsearch:\n"
                                         "  LEARNING_RATE.params.lr: [0.0001, 0.03]\n", encoding="utf-8")
    return Source(read_space(tmp_path / "space.yaml"), (), (toy.__file__,))


def test_the_best_config_gives_the_metric_of_its_trial(base, tmp_path):
    assert main(["search", "space.yaml", "--workers", "2", "--plugin", toy.__file__]) == 0
    folder = tmp_path / "output/search/space"
    best = (folder / "best.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert "trial 1," in best
    result = ppclas_core.train(ppclas_core.load_config(folder / "best.yaml", plugin_files=[toy.__file__]))
    again = ppclas_core.evaluate(ppclas_core.load_config(folder / "best.yaml", plugin_files=[toy.__file__]),
                                 result.run_dir / "last")
    assert f"loss {again.loss:.5f}" in best
    assert [path.name for path in folder.rglob("ppcls.pdparams")]
    assert not list((folder / "trials/0000").rglob("*.pd*"))


def wait_for(condition):
    """Until it holds."""
    until = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM handler there")
def test_a_trial_stops_with_its_search_and_goes_on_where_it_was(base, tmp_path):
    trial = tmp_path / "trials" / "0000"

    def start(place: Path, number: int) -> TrialProcess:
        return TrialProcess(place, "loss", {})

    from ppclas_search.trial_config import write_config

    trial.mkdir(parents=True)
    values = base.load({"epochs": 2000}).to_dict()
    values.update(model_save_dir=str(trial), save_interval=2000,
                  callbacks=[{"SearchReport": {"file": str(trial / REPORT)}}])
    write_config(trial / "config.yaml", values)
    (trial / "trial.json").write_text(f'{{"plugin_files": ["{toy.__file__}"]}}', encoding="utf-8")
    first = start(trial, 0)
    wait_for(lambda: len(first.values()) >= 2)
    assert first._process.stdin is not None
    first._process.stdin.close()  # what the system does when the search is killed
    wait_for(lambda: first._process.poll() is not None)
    assert first._process.returncode == 143
    done = len(first.values())
    second = start(trial, 0)
    wait_for(lambda: len(second.values()) > done)
    second.stop()
    wait_for(lambda: second.poll() is not None)
    assert list(second.values()) == list(range(len(second.values())))
    lines = (trial / REPORT).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(second.values())  # no epoch was done twice
