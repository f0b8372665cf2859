# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The page of a run: confused classes, example images, Grad-CAM heat maps, comparison with another run."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from ppclas_core.report.example_images import compute_grad_cam
from ppclas_core.report.tables import SHOWN, config_differences, matrix_table, metric_differences, most_confused, timing
from ppclas_core.testing.toy import ToyNet, toy_catalogue

NAMES = ["<a>", "b", "c"]


def test_pairs_that_are_confused_come_in_the_order_of_their_number():
    matrix = [[5, 0, 5], [1, 8, 0], [0, 0, 3]]
    assert most_confused(matrix, NAMES) == [{"class": "<a>", "taken for": "c", "images": 5, "fraction": 0.5},
                                            {"class": "b", "taken for": "<a>", "images": 1, "fraction": 1 / 9}]
    assert "&lt;a&gt;" in matrix_table(matrix, NAMES)
    assert matrix_table([[0] * (SHOWN + 1)] * (SHOWN + 1), ["x"] * (SHOWN + 1)) == ""


def test_two_runs_differ_in_keys_and_metrics():
    rows = config_differences({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"b": 2, "c": [1, 3]}, "d": 1})
    assert [(row["key"], row["this run"], row["other run"]) for row in rows] == [("a.b", "1", "2"), ("a.c.1", "2", "3")]
    assert config_differences({"a": 1, "b": 2}, {"b": 2}) == [{"key": "a", "this run": "1", "other run": "-"}]
    assert metric_differences({"top1": 0.75, "loss": None}, {"top1": 0.5, "loss": 1.0}, ["top1", "loss", "ece"]) == [
        {"metric": "top1", "this run": 0.75, "other run": 0.5, "difference": 0.25}]


def test_time_is_logged_per_epoch_and_image():
    records = [{"kind": "epoch", "seconds": 2.0}, {"kind": "epoch", "seconds": 4.0}, {"kind": "step", "seconds": 0.5}]
    rows = {row["what"]: row for row in timing(records, 32)}
    assert rows["training, one epoch"]["median s"] == 3.0
    assert rows["images per second in training"]["median s"] == "64.0"
    assert timing([], 32) == []


def test_the_map_is_where_the_class_is_seen():
    """A network whose class 1 is the brightness of a place: the map is high where the image is bright, there only."""
    import paddle

    class Bright(ToyNet):
        def forward_features(self, x):
            return paddle.concat([1.0 - x[:, :1], x[:, :1]], axis=1)

        def forward_head(self, features, pre_logits=False):
            return features.mean(axis=[2, 3])

    image = np.zeros((1, 3, 8, 8), np.float32)
    image[:, :, 2, 5] = 1.0
    heat = compute_grad_cam(Bright(num_classes=2), image, np.array([1]))
    assert heat is not None
    assert heat.shape == (1, 8, 8)
    assert np.unravel_index(heat[0].argmax(), (8, 8)) == (2, 5)
    assert heat.sum() == pytest.approx(1.0)
    other = compute_grad_cam(Bright(num_classes=2), image, np.array([0]))
    assert other is not None
    assert other[0, 2, 5] == 0
    assert other[0, 0, 0] == 1


@pytest.fixture
def project(ppclas_project, tmp_path):
    """Red and green squares, two of the green ones under the name of red."""
    import cv2

    toy_catalogue()
    rng = np.random.default_rng(0)
    for index in range(24):
        label = index % 2
        colour = [40, 200, 40] if label or index in (4, 6) else [40, 40, 200]
        image = np.clip(np.array(colour) + rng.integers(-40, 40, (16, 16, 3)), 0, 255)
        path = tmp_path / "data" / ("green" if label else "red") / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", image.astype(np.uint8))[1].tobytes())
    section = {"batch_size": 8, "num_workers": 0, "data_dir": "data",
               "transforms": [{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]}
    return ppclas_project({"toy.yaml": {
        "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 2, "image_shape": [3, 16, 16], "epochs": 6, "device": "cpu",
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}}, "TRAIN": section, "VALID": section}})


def test_the_page_shows_what_there_is_to_see_and_needs_no_other_file(project):
    project.run("train", "toy.yaml").succeeded()
    run = project.folder / "output" / "ToyNet"
    assert not (run / "report.html").exists()
    outcome = project.run("report", "output/ToyNet", "--images", "2").succeeded()
    assert "report.html" in outcome.out
    page = (run / "report.html").read_text(encoding="utf-8")
    for title in ("Classes", "Confusion", "Worst images", "Best images", "Time", "Config"):
        assert f"<h2>{title}</h2>" in page
    assert page.count("data:image/jpeg;base64") == 8  # two worst, two best, each with its map
    assert "Grad-CAM for" in page
    assert re.search(r"red as green \d+ % \(red \d+ %\), red.[46]\.png", page)
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert json.loads((run / "report.json").read_text(encoding="utf-8"))["samples"] == 24
    without = project.run("report", "output/ToyNet", "--images", "0").succeeded()
    assert without.code == 0
    assert "base64" not in (run / "report.html").read_text(encoding="utf-8")


def test_two_runs_stand_side_by_side(project):
    project.run("run", "toy.yaml", "-o", "epochs=1", "-o", "LEARNING_RATE.params.lr=0.01").succeeded()
    project.run("train", "toy.yaml", "-o", "epochs=2").succeeded()
    project.run("report", "output/ToyNet", "--against", "output/ToyNet.1").succeeded()
    page = (project.folder / "output/ToyNet/report.html").read_text(encoding="utf-8")
    assert "Compared with output/ToyNet.1" in page
    assert '<td>LEARNING_RATE.params.lr</td><td>0.1</td><td>0.01</td>' in page
    assert "<td>top1</td>" in page
    assert page.count("<svg") == 4


def test_data_that_moved_is_given_anew(project):
    project.run("train", "toy.yaml", "-o", "epochs=1").succeeded()
    (project.folder / "data").rename(project.folder / "moved")
    assert project.run("report", "output/ToyNet").code == 2
    project.run("report", "output/ToyNet", "-o", "VALID.data_dir=moved").succeeded()


def test_what_is_no_run_is_refused(project):
    outcome = project.run("report", "data")
    assert outcome.code == 2
    assert "not a run folder" in outcome.err
