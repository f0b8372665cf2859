# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What VisualDL would show of a training."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from visualdl import LogReader

from ppclas_core.runs.log import read_records
from ppclas_core.testing import PluginConformance
from ppclas_core.testing.toy import toy_catalogue


def curves(folder: Path):
    """name -> [(step, value)] of the only file in a folder."""
    (file,) = folder.glob("vdlrecords.*")
    reader = LogReader(file_path=str(file))
    return {name: [(point.id, point.value) for point in reader.get_data("scalar", name)]
            for name in reader.get_tags()["scalar"]}


@pytest.fixture
def project(ppclas_project):
    """Two folders of noise, a config of the toy network, and its run folder."""
    toy_catalogue()
    made = ppclas_project()
    rng = np.random.default_rng(0)
    for index in range(12):
        path = made.folder / "data" / "ab"[index % 2] / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", rng.integers(0, 256, (8, 8, 3)).astype(np.uint8))[1].tobytes())
    section = {"batch_size": 4, "num_workers": 0, "data_dir": "data",
               "transforms": [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]}
    return made.write({"toy.yaml": {
        "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 2, "image_shape": [3, 8, 8], "epochs": 2, "topk": 2,
        "device": "cpu", "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.05}}, "TRAIN": section,
        "VALID": section, "callbacks": [{"VisualDL": {"interval": 2}}]}})


class TestPlugin(PluginConformance):
    plugin = "ppclas_log_visualdl.plugin"


def test_a_training_leaves_its_curves(project):
    project.run("train", "toy.yaml").succeeded()
    found = curves(project.folder / "output" / "ToyNet" / "visualdl")
    assert found.keys() == {"train/loss", "train/top1", "train/top2", "train/lr", "epoch/loss", "epoch/top1",
                            "epoch/top2", "eval/loss", "eval/top1", "eval/top2"}
    assert [step for step, _ in found["train/lr"]] == [0, 2, 4]  # 2 epochs of 3 steps
    assert [value for _, value in found["train/lr"]] == pytest.approx([0.05, 0.05, 0.025])
    assert [step for step, _ in found["eval/loss"]] == [3, 6]
    logged = [record["loss"] for record in read_records(project.folder / "output" / "ToyNet")
              if record["kind"] == "eval"]
    assert [value for _, value in found["eval/loss"]] == pytest.approx(logged, rel=1e-5)


def test_a_resumed_run_continues_its_curves_in_a_folder_of_choice(project):
    place = ("-o", "callbacks=[{'VisualDL': {'logdir': 'curves'}}]")
    project.run("train", "toy.yaml", "-o", "epochs=1", *place).succeeded()
    project.run("train", "toy.yaml", "-o", "epochs=2", *place, "--resume", "--allow", "epochs").succeeded()
    assert [step for step, _ in curves(project.folder / "curves")["eval/loss"]] == [3, 6]


def test_a_folder_that_cannot_be_written_stops_no_training(project):
    project.write({"curves": "a file"})
    outcome = project.run("train", "toy.yaml", "-o", "callbacks=[{'VisualDL': {'logdir': 'curves'}}]").succeeded()
    assert outcome.err.count("can no longer write") == 1


def test_the_legacy_flag_works(project, monkeypatch):
    import sys

    root = Path(__file__).resolve().parents[3]
    monkeypatch.chdir(project.folder)
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setattr(sys, "argv", ["train.py"])
    import runpy

    main = runpy.run_path(str(root / "tools" / "train.py"))["main"]
    assert main(["-c", "toy.yaml", "-o", "callbacks=[]", "--vdl_dir", "vdl"]) == 0
    assert "eval/top1" in curves(project.folder / "vdl")
