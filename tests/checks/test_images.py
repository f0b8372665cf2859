# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`check` judges sizes by the images of the data, says what decoding loses, and how to write image_shape."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ppclas_core.checks.check import check
from ppclas_core.config.load import config_from_dict
from ppclas_core.data.image_shape import shape_advice

KEPT = [{"DecodeImage": None}, {"NormalizeImage": None}, {"ToCHWImage": None}]


@pytest.fixture
def ready(folder, minimal):
    """Six images of 32x32, three classes, and transforms that keep the size."""
    (folder / "images").mkdir()
    for index in range(6):
        write(folder, index, np.full((32, 32, 3), 40 * index, np.uint8))
    (folder / "train.txt").write_text("".join(f"{index}.png {index % 3}\n" for index in range(6)), encoding="utf-8")
    minimal.update(classes_num=3, LOSS={"name": "Soft"}, topk=2, image_shape=[3, 32, 32])
    for section in ("TRAIN", "VALID"):
        minimal[section].update(file_list="train.txt", transforms=KEPT)
    return minimal


def write(folder, index, image):
    (folder / "images" / f"{index}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())


def findings(config):
    return "\n".join(map(str, check(config_from_dict(config))))


def test_images_of_one_size_need_no_resizing(ready):
    text = findings(ready)
    assert "TRAIN.transforms do not fix the size, so all images must have the same; 6 of 6 were checked" in text
    assert "ok: VALID: 6 images tried" in text


def test_one_image_of_another_size_is_named_wherever_it_is(ready, folder, error_of):
    write(folder, 6, np.zeros((20, 32, 3), np.uint8))
    rows = [f"{index % 6}.png {index % 3}" for index in range(1000)]
    rows[777] = "6.png 0"
    (folder / "train.txt").write_text("\n".join(rows), encoding="utf-8")
    text = error_of(check, config_from_dict(ready))
    assert "images of different sizes, [3, 32, 32] (" in text
    assert "and [3, 20, 32] (images/6.png): they cannot form a batch" in text


def test_an_op_for_the_size_of_the_data_alone_passes(ready, folder):
    (folder / "fixed.py").write_text(
        "from ppclas_core.api import Op, hookimpl\n"
        "class Only32:\n"
        "    def __call__(self, image, rng=None):\n"
        "        assert image.shape == (32, 32, 3), image.shape\n"
        "        return image\n"
        "@hookimpl\n"
        "def ppclas_ops():\n"
        "    return [Op('Only32', 'fixed:Only32')]\n", encoding="utf-8")
    ready["TRAIN"]["transforms"] = [KEPT[0], {"Only32": None}, *KEPT[1:]]
    found = check(config_from_dict(ready, plugin_files=[folder / "fixed.py"]))
    assert "ok: TRAIN: 6 images tried, 6 are fine" in map(str, found)


@pytest.mark.parametrize(("shape", "wanted", "edit"), [
    ([3, 32, 32], [1, 32, 32], "set image_shape: [3, 32, 32]; DecodeImage returns three channels, equal ones for"),
    ([3, 32, 96], [32, 96, 3], "image_shape is [channels, height, width]: set image_shape: [3, 32, 96]"),
    ([32, 96, 3], [3, 32, 96], "add 'ToCHWImage:' as the last of them"),
    ([3, 96, 32], [3, 32, 96], "the size of CropImage and ResizeImage is [width, height]: "
                               "set image_shape: [3, 96, 32], or size: [96, 32]"),
    ([3, 32, 32], [3, 64, 48], "set image_shape: [3, 32, 32], or the size [width, height] of the last CropImage or "
                               "ResizeImage: [48, 64]"),
    ([1, 32, 32], [3, 32, 32], "set image_shape: [1, 32, 32]"),
    ([32, 32], [3, 32, 32], "three axes"),
])
def test_the_advice_on_image_shape_is_the_edit_that_helps(shape, wanted, edit):
    assert edit in shape_advice(shape, wanted)


@pytest.mark.parametrize("wanted", [[1, 32, 32], [32, 32, 3], [3, 32, 96]])
def test_check_ends_a_wrong_image_shape_with_that_edit(ready, error_of, wanted):
    ready["image_shape"] = wanted
    text = error_of(check, config_from_dict(ready, "my.yaml"))
    assert f"give images of [3, 32, 32], but image_shape is {wanted}" in text
    assert "set image_shape: [3, 32, 32]" in text


def test_what_decoding_loses_is_a_note_with_an_example_until_an_option_decides(ready, folder):
    write(folder, 2, np.full((32, 32), 4000, np.uint16))
    see_through = np.full((32, 32, 4), 255, np.uint8)
    see_through[:9, :, 3] = 0
    write(folder, 4, see_through)
    text = findings(ready)
    assert "note: TRAIN: 16 bits, dark: 1, such as 2.png: values use less than half of their 16 bits" in text
    assert "note: TRAIN: transparent: 1, such as 4.png: the colors stored under transparent pixels count" in text
    for section in ("TRAIN", "VALID"):
        ready[section]["transforms"] = [{"DecodeImage": {"alpha": "white", "depth": 12}}, *KEPT[1:]]
    text = findings(ready)
    assert "dark" not in text
    assert "transparent" not in text
