# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas augment --batch` shows a batch with its targets; of folders a few images are shown, of each some."""

from __future__ import annotations

import re
import sys
from typing import Any, Dict, List

import numpy as np
import pytest

from ppclas_core.report.batch_grid import spread_over_folders, target_label
from ppclas_core.report.gallery import to_png
from ppclas_core.testing.fresh_catalogue import forget_catalogue

COLORS = {"red": (220, 20, 10), "green": (10, 200, 30), "blue": (5, 30, 210)}
CONFIG: Dict[str, Any] = {
    "ARCHITECTURE": {"name": "Any"}, "epochs": 2, "image_shape": [3, 16, 16], "classes_num": "auto",
    "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}}, "validate": False,
    "TRAIN": {"batch_size": 6, "num_workers": 0, "data_dir": "photos", "transforms": [
        {"DecodeImage": None}, {"ResizeImage": {"size": 16}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]},
}
HALVES = '''
from ppclas_core.api import Backbone, Op, hookimpl

class Blend:
    """0.75 of each image and 0.25 of the one before."""
    def __call__(self, images, labels, rng=None):
        return 0.75 * images + 0.25 * images[::-1], (labels, labels[::-1], 0.75)

@hookimpl
def ppclas_backbones():
    return [Backbone("Any", "batch_grid_ops:Blend", "Toy")]

@hookimpl
def ppclas_ops():
    return [Op("Blend", "batch_grid_ops:Blend", "batch", ("CHW",))]
'''
MIXED = ("-o", "use_mix=True", "-o", "TRAIN.mix=[{Blend: {}}]")


@pytest.fixture
def project(ppclas_project):
    project = ppclas_project({"config.yaml": CONFIG, "batch_grid_ops.py": HALVES})
    for name, color in COLORS.items():
        folder = project.folder / "photos" / name
        folder.mkdir(parents=True)
        for index in range(5):
            (folder / f"{index}.png").write_bytes(to_png(np.full((16, 16, 3), color, np.uint8)))
    forget_catalogue()
    yield project
    forget_catalogue()  # the plugin is of these tests alone
    sys.modules.pop("batch_grid_ops", None)


def labels_and_colors(project: Any) -> List[Any]:
    """(label, mean color) of every image of g.html."""
    import base64

    from ppclas_core.data.opencv import cv2

    text = (project.folder / "g.html").read_text(encoding="utf-8")
    found = []
    for label, data in re.findall(r"<figcaption>(.*?)</figcaption><img[^>]*base64,([^\"]*)\"", text):
        image = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        found.append((label, image[:, :, ::-1].mean(axis=(0, 1))))
    return found


def augment(project: Any, *arguments: str) -> Any:
    return project.run("augment", "config.yaml", *arguments, "-o", "g.html", "--size", "16", "--plugin",
                       "batch_grid_ops.py")


def test_each_image_of_the_batch_has_its_class_and_its_pixels_without_normalization(project):
    assert "1 rows of up to 6 images (6 of a batch of 6)" in augment(project, "--batch").succeeded().out
    shown = labels_and_colors(project)
    assert len(shown) == 6
    for label, color in shown:
        assert np.allclose(color, COLORS[label], atol=1), label


def test_a_mixed_image_has_the_weights_of_both_classes(project):
    augment(project, "--batch", *MIXED).succeeded()
    shown = labels_and_colors(project)
    assert any("/" in label for label, _ in shown)
    for label, color in shown:
        parts = [part.split(" ") for part in label.split(" / ")] if "/" in label else [[label, "1"]]
        assert [float(weight) for _, weight in parts] in ([0.75, 0.25], [1.0])
        expected = sum(float(weight) * np.array(COLORS[name]) for name, weight in parts)
        assert np.allclose(color, expected, atol=1.5), label


def test_a_batch_is_that_of_the_seed_of_the_config(project):
    orders = []
    for seed in ("1", "1", "2"):
        augment(project, "--batch", "-o", f"seed={seed}").succeeded()
        orders.append([label for label, _ in labels_and_colors(project)])
    assert orders[0] == orders[1] != orders[2]


def test_the_text_of_a_target():
    names = ["cat", "dog", "cow", "hen"]
    assert target_label(np.array([0.0, 1, 0, 0]), names) == "dog"
    assert target_label(np.array([0.3, 0, 0.7, 0]), names) == "cow 0.7 / cat 0.3"
    assert target_label(np.array([1.0, 1, 0, 0]), names) == "cat / dog"
    assert target_label(np.array([1.0, 1, 1, 1]), names) == "cat / dog / cow ..."
    assert target_label(np.zeros(4), names) == "no class"


def test_a_folder_is_shown_by_eight_images_of_all_classes_and_wholly_with_all(project):
    outcome = augment(project, "photos").succeeded()
    assert "8 rows of up to 4 images (8 of 15 images in folders; --all shows all)" in outcome.out
    titles = re.findall("<h2>(.*?)</h2>", (project.folder / "g.html").read_text(encoding="utf-8"))
    assert {title.split("/")[1] for title in titles} == set(COLORS)
    assert "15 rows" in augment(project, "photos", "--all").succeeded().out
    named = [f"photos/red/{index}.png" for index in range(5)] + [f"photos/blue/{index}.png" for index in range(5)]
    assert "10 rows" in augment(project, *named).succeeded().out


def test_images_are_spread_over_folders_and_within_each():
    paths = [f"{folder}/{index}" for folder in "abc" for index in range(9)]
    assert spread_over_folders(paths, 3) == ["a/0", "b/0", "c/0"]
    assert spread_over_folders(paths, 6) == ["a/0", "a/4", "b/0", "b/4", "c/0", "c/4"]
    assert spread_over_folders(paths, 2) == ["a/0", "b/0"]
    assert spread_over_folders(["a/0", *(f"b/{index}" for index in range(9))], 4) == ["a/0", "b/0", "b/3", "b/6"]
    assert spread_over_folders(paths[:3], 8) == paths[:3]


@pytest.mark.parametrize(("arguments", "message"), [
    ((), "or show a batch of the training data with --batch"), (("--batch", "photos"), "'photos' is given as well"),
    (("--batch", "--alone"), "--alone has no effect"), (("--batch", "--draws", "2"), "--draws has no effect"),
    (("--batch", "--seed", "3"), "-o seed=N"), (("--batch", "-o", "TRAIN.data_dir=away"), "away"),
])
def test_a_mistake_is_reported(project, arguments, message):
    outcome = augment(project, *arguments)
    assert outcome.code == 2
    assert message in outcome.err
