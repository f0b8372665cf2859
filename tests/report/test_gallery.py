# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas augment` shows the effect of the ops of a config."""

from __future__ import annotations

import re
import sys
from typing import Any, Dict

import numpy as np
import pytest

from ppclas_core.api import IMAGENET_MEAN, IMAGENET_STD, ImageState
from ppclas_core.data import build_pipeline
from ppclas_core.data.opencv import cv2
from ppclas_core.report import gallery
from ppclas_core.testing.fresh_catalogue import forget_catalogue

NORMALIZE = {"NormalizeImage": {"order": ""}}
CONFIG: Dict[str, Any] = {
    "ARCHITECTURE": {"name": "Any"}, "epochs": 3, "image_shape": [3, 32, 32],
    "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}}, "validate": False,
    "TRAIN": {"batch_size": 2, "data_dir": "nowhere", "transforms": [
        {"DecodeImage": None}, {"RandCropImage": {"size": 32}}, {"RandFlipImage": None}, NORMALIZE,
        {"ToCHWImage": None}]},
}
TOYS = '''
from ppclas_core.api import Backbone, Op, hookimpl

class Swap:
    """Half of each image and its partner."""
    def __call__(self, images, labels, rng=None):
        return (images + images[::-1]) / 2, (labels, labels[::-1], 0.5)

@hookimpl
def ppclas_backbones():
    return [Backbone("Any", "swap_ops:Swap", "Toy")]

@hookimpl
def ppclas_ops():
    return [Op("Swap", "swap_ops:Swap", "batch", ("CHW",))]
'''


def photo(height: int = 50, width: int = 70) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)


@pytest.fixture
def project(ppclas_project):
    project = ppclas_project({"config.yaml": CONFIG, "swap_ops.py": TOYS})
    for name in ("a.png", "b.png"):
        (project.folder / name).write_bytes(gallery.to_png(photo()))
    forget_catalogue()
    yield project
    forget_catalogue()  # the plugin is of this test alone
    sys.modules.pop("swap_ops", None)


def test_a_normalized_image_is_shown_as_it_was():
    pixels = photo()
    state = ImageState("CHW", "float32", IMAGENET_MEAN, IMAGENET_STD)
    pipeline = build_pipeline([NORMALIZE, {"ToCHWImage": None}], start=ImageState("HWC", "uint8"))
    assert pipeline.states[-1] == state
    assert np.array_equal(gallery.visible(pipeline(pixels, np.random.default_rng(0)), state), pixels)
    assert gallery.visible(pixels[:, :, :1], ImageState("HWC")).shape == (50, 70, 3)


def test_the_stages_end_with_what_the_pipeline_gives():
    pipeline = build_pipeline(CONFIG["TRAIN"]["transforms"])
    data = gallery.to_png(photo())
    tiles = gallery.stages(pipeline, data, np.random.default_rng(4))
    assert [tile.label for tile in tiles] == pipeline.names
    assert np.array_equal(tiles[0].image, photo())
    final = gallery.visible(pipeline(data, np.random.default_rng(4)), pipeline.final_state)
    assert np.array_equal(tiles[-1].image, final)


def test_alone_each_random_op_has_a_row_of_draws_of_the_same_image():
    pipeline = build_pipeline([{"DecodeImage": None}, {"ResizeImage": {"size": 32}}, {"RandCropImage": {"size": 32}},
                               {"RandFlipImage": None}, NORMALIZE, {"ToCHWImage": None}])
    rows = gallery.each_alone(pipeline, gallery.to_png(photo()), np.random.default_rng, 6)
    assert [row[0].label for row in rows] == ["before", "before"]
    assert [row[1].label for row in rows] == ["RandCropImage", "RandFlipImage"]
    assert all(len(row) == 7 for row in rows)
    base, flips = rows[1][0].image, [tile.image for tile in rows[1][1:]]
    assert np.array_equal(base, rows[0][0].image)
    assert all(np.array_equal(flip, base) or np.array_equal(flip, base[:, ::-1]) for flip in flips)
    assert len({flip.tobytes() for flip in flips}) == 2


def test_the_command_writes_a_png_with_a_row_per_image(project):
    images = ("a.png", "b.png")
    out = ("-o", "pictures/g.png", "--plugin", "swap_ops.py")
    outcome = project.run("augment", "config.yaml", *images, *out).succeeded()
    assert "2 rows of up to 5 images" in outcome.out
    image = cv2.imread(str(project.folder / "pictures" / "g.png"))
    assert image is not None
    assert image.shape == (2 * 182 + 4, 5 * 164 + 4, 3)
    assert np.array_equal(image[22:150:16, 4:164:16], cv2.resize(photo()[:, :, ::-1], (160, 114), 0, 0, 0,
                                                              cv2.INTER_NEAREST)[0:128:16, 0:160:16])


def test_a_mixing_op_is_the_last_column(project):
    project.run("augment", "config.yaml", ".", "--plugin", "swap_ops.py", "-o", "g.html", "-o", "use_mix=True", "-o",
                "TRAIN.mix=[{Swap: {}}]", "--draws", "2", "--size", "32").succeeded()
    text = (project.folder / "g.html").read_text(encoding="utf-8")
    labels = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert len(labels) == 4 * 6
    assert labels[5::6] == ["Swap 0.50 +2", "Swap 0.50 +2", "Swap 0.50 +1", "Swap 0.50 +1"]
    assert text.count("data:image/png;base64,") == 24


@pytest.mark.parametrize(("arguments", "message"), [
    (["a.png", "-o", "g.gif"], "-o gallery.png"), (["no.png"], "no.png"), (["a.png", "--draws", "0"], "at least"),
    (["config.yaml"], "config.yaml: not an image"), (["a.png", "-o", "1.png", "-o", "2.png"], "1.png and 2.png"),
])
def test_a_mistake_is_reported(project, arguments, message):
    outcome = project.run("augment", "config.yaml", *arguments, "--plugin", "swap_ops.py")
    assert outcome.code == 2
    assert message in outcome.err


def test_a_video_is_refused_with_the_command_that_writes_its_images(project):
    (project.folder / "film.MP4").write_bytes(b"x")
    outcome = project.run("augment", "config.yaml", "a.png", "film.MP4", "--plugin", "swap_ops.py")
    assert outcome.code == 2
    assert "film.MP4: this is a video; augment takes images" in outcome.err
    assert "ffmpeg -i film.MP4" in outcome.err
