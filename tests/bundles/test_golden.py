# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Where the golden batch comes from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.bundles.golden import golden_inputs
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import Meta

META = Meta("AnyNet", 2, [3, 32, 24], [{"DecodeImage": {}}, {"ResizeImage": {"size": [24, 32]}},
                                       {"NormalizeImage": {}}, {"ToCHWImage": None}])


def write_images(folder: Path, count: int) -> None:
    from ppclas_core.data.opencv import cv2

    for index in range(count):
        file = folder / f"ä {index}.png"
        cv2.imencode(".png", np.full((30, 30, 3), 40 * index, np.uint8))[1].tofile(str(file))
    lines = [f"ä {index}.png 0\n" for index in range(count)]
    (folder / "list.txt").write_text("".join(["gone.png 0\n", *lines]), encoding="utf-8")


def test_without_data_it_is_synthetic_lively_and_always_the_same() -> None:
    one, two = golden_inputs(META), golden_inputs(META)
    assert one.origin == "synthetic images"
    assert one.example.shape == (4, 3, 32, 24)
    assert one.example.dtype == np.float32
    np.testing.assert_array_equal(one.example, two.example)
    assert 0.5 < one.example.std() < 2
    assert not np.array_equal(one.example[0], one.example[1])


def test_with_data_it_is_of_readable_validation_images(tmp_path: Path) -> None:
    write_images(tmp_path, 6)
    section = {"file_list": str(tmp_path / "list.txt"), "data_dir": str(tmp_path)}
    found = golden_inputs(dataclasses.replace(META, config={"VALID": section}))
    assert found.origin == "validation images"
    assert len(found.example) == 4
    assert found.pixels is not None
    assert {int(image[0, 0, 0]) for image in found.pixels} <= {0, 40, 80, 120, 160, 200}
    chosen = dataclasses.replace(META, config={"VALID": section})
    assert golden_inputs(chosen, real=False).origin == "synthetic images"


def test_data_that_stayed_on_another_machine_are_no_error() -> None:
    section = {"file_list": "/not/here.txt", "data_dir": "/not"}
    assert golden_inputs(dataclasses.replace(META, config={"VALID": section})).origin == "synthetic images"


def test_preprocessing_of_another_size_than_the_network_is_reported() -> None:
    with pytest.raises(UserError, match=r"\[3, 32, 24\], the network takes float32 \[3, 24, 24\]"):
        golden_inputs(dataclasses.replace(META, image_shape=[3, 24, 24]))
