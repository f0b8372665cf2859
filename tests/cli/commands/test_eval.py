# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of a run folder as the argument of commands, from any working directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.data.opencv import cv2
from ppclas_core.testing.pytest_plugin import Project
from ppclas_core.testing.toy import toy_catalogue

COLOURS = {"red": (40, 40, 200), "green": (40, 200, 40)}


def write_squares(folder: Path, count: int, *names: str) -> None:
    rng = np.random.default_rng(0)
    for name in names:
        (folder / name).mkdir(parents=True)
        for index in range(count):
            pixels = np.clip(np.array(COLOURS[name]) + rng.integers(-40, 40, (16, 16, 3)), 0, 255).astype(np.uint8)
            cv2.imencode(".png", pixels)[1].tofile(str(folder / name / f"{index}.png"))


@pytest.fixture
def trained(tmp_path: Path, ppclas_project: Any) -> Path:
    """A folder with data, and a run in `tuned/ToyNet` that was trained there with relative paths."""
    toy_catalogue()
    home = tmp_path / "home"
    write_squares(home / "data", 8, "green", "red")
    section: Dict[str, Any] = {
        "batch_size": 8, "num_workers": 0, "data_dir": "data",
        "transforms": [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]}
    Project(home).write({"toy.yaml": {
        "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 2, "image_shape": [3, 16, 16], "epochs": 3, "device": "cpu",
        "model_save_dir": "tuned", "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}}, "TRAIN": section,
        "VALID": section}}).run("train", "toy.yaml").succeeded()
    return home


def test_every_command_takes_the_run_from_another_folder(trained: Path, ppclas_project: Any) -> None:
    elsewhere = ppclas_project({})
    for run in ("home/tuned", "home/tuned/ToyNet"):
        assert "samples 16" in elsewhere.run("eval", run).succeeded().out
    assert f"data_dir: {trained / 'data'}" in elsewhere.run("show", run).succeeded().out
    assert "3 epochs of 2 steps" in elsewhere.run("lr", run, "--out", "lr.svg").succeeded().out
    assert "report.html" in elsewhere.run("report", "home/tuned", "--images", "1").succeeded().out
    facts = json.loads(elsewhere.run("info", "home/tuned", "--json").succeeded().out)
    assert (facts["architecture"], facts["class names"]) == ("ToyNet", ["green", "red"])
    assert facts["checkpoints"][:2] == ["best_model", "last"]
    assert facts["working directory of the training"] == str(trained)
    assert "red" in elsewhere.run("predict", "home/tuned", "home/data/red/0.png").succeeded().out


def test_other_data_is_matched_by_the_names_of_its_classes(trained: Path, ppclas_project: Any) -> None:
    elsewhere = ppclas_project({})
    write_squares(elsewhere.folder / "more", 3, "red")  # its only class has the index 0, and is class 1 of the run
    own = json.loads(elsewhere.run("eval", "home/tuned", "--json").succeeded().out)
    other = json.loads(elsewhere.run("eval", "home/tuned", "--data", "more", "--json").succeeded().out)
    assert (own["samples"], other["samples"]) == (16, 3)
    assert other["top1"] == 1.0 == own["top1"]
    (elsewhere.folder / "more" / "list.txt").write_text("red/0.png 1\nred/1.png 0\n", encoding="utf-8")
    listed = json.loads(elsewhere.run("eval", "home/tuned", "--data", "more/list.txt", "--json").succeeded().out)
    assert (listed["samples"], listed["top1"]) == (2, 0.5)
    write_squares(elsewhere.folder / "wrong", 1, "red")
    (elsewhere.folder / "wrong" / "red").rename(elsewhere.folder / "wrong" / "blue")
    outcome = elsewhere.run("eval", "home/tuned", "--data", "wrong")
    assert outcome.code == 2
    assert "'blue'" in outcome.err


def test_python_evaluates_a_run_too(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ppc.evaluate("home/tuned").samples == 16
    assert ppc.evaluate(trained / "tuned" / "ToyNet", data=trained / "data").samples == 16


def test_a_bundle_is_written_beside_the_run_and_a_file_in_it_means_the_bundle(trained: Path,
                                                                             ppclas_project: Any) -> None:
    elsewhere = ppclas_project({})
    done = elsewhere.run("export", "home/tuned", "inference").succeeded()
    assert "home/tuned/ToyNet-inference: ToyNet as 'inference'" in done.out
    assert "validation images" in done.out  # found from this folder too
    file = next((trained / "tuned" / "ToyNet-inference").glob("*.pdiparams"))
    assert "red" in elsewhere.run("predict", str(file), "home/data/red/0.png").succeeded().out
    elsewhere.run("verify", str(file)).succeeded()
    assert "format: inference" in elsewhere.run("info", str(file.parent)).succeeded().out
    assert "samples 16" in elsewhere.run("eval", "home/tuned").succeeded().out  # the bundle is no second run
    outcome = elsewhere.run("export", "home/tuned")
    assert outcome.code == 2
    assert "SRC and FORMAT are required" in outcome.err


def test_resume_of_a_run_that_was_renamed_is_refused(trained: Path, ppclas_project: Any) -> None:
    """Its config names another folder, where a new run would begin in silence, or another run would go on."""
    project = Project(trained)
    (trained / "tuned" / "ToyNet").rename(trained / "tuned" / "kept")
    outcome = project.run("train", "tuned/kept", "--resume")
    assert outcome.code == 2
    assert "this run was trained in another folder" in outcome.err
    assert not (trained / "tuned" / "ToyNet").exists()


def test_export_without_a_format_is_explained(trained: Path) -> None:
    outcome = Project(trained).run("export", "tuned", "output/bundle")
    assert outcome.code == 2
    assert "unknown exporter 'output/bundle'" in outcome.err
