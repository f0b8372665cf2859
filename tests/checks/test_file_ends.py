# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files that are no images or are cut off are named wherever they are, without decoding the others."""

from __future__ import annotations

from typing import List

import cv2
import numpy as np
import pytest

from ppclas_core.checks import file_ends
from ppclas_core.checks.file_ends import unreadable_files
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.data.readers.open import open_source


class Counted:
    """A pipeline that counts its calls."""

    def __init__(self) -> None:
        self.paths: List[str] = []
        self.pipeline = build_pipeline([{"DecodeImage": None}, {"NormalizeImage": None}, {"ToCHWImage": None}])

    def __call__(self, data, rng, path):
        self.paths.append(path)
        return self.pipeline(data, rng, path)


@pytest.fixture
def images(tmp_path):
    """300 JPEGs and PNGs of two classes."""
    noise = np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    jpeg, png = (cv2.imencode(ending, noise)[1].tobytes() for ending in (".jpg", ".png"))
    for name, data, ending in (("a", jpeg, "jpg"), ("b", png, "png")):
        (tmp_path / name).mkdir()
        for index in range(150):
            (tmp_path / name / f"{index:03}.{ending}").write_bytes(data)
    return tmp_path


def found(folder, known=()):
    counted = Counted()
    source = open_source({"data_dir": str(folder)}, where=str)
    errors = unreadable_files(source, counted, known, 0)
    return sorted(str(error.where)[len(str(folder)) + 1:] for error in errors), counted.paths


def test_whole_files_are_not_decoded(images):
    assert found(images) == ([], [])


def test_damaged_files_are_named(images):
    (images / "a/140.jpg").write_bytes((images / "a/139.jpg").read_bytes()[:300])
    (images / "a/141.jpg").write_bytes(b"")
    (images / "b/140.png").write_bytes(b"<html>404</html>")
    (images / "b/141.png").write_bytes((images / "b/139.png").read_bytes()[:-20])
    assert found(images)[0] == ["a/140.jpg", "a/141.jpg", "b/140.png", "b/141.png"]
    assert found(images, known=range(300)) == ([], [])


def test_bytes_behind_the_end_are_conspicuous_but_no_fault(images):
    file = images / "a/140.jpg"
    file.write_bytes(file.read_bytes() + b"appended by a camera")
    errors, decoded = found(images)
    assert (errors, decoded) == ([], [str(file)])


def test_the_number_of_files_is_limited(images, monkeypatch):
    for name in ("a/001.jpg", "a/002.jpg", "a/003.jpg", "a/004.jpg"):
        (images / name).write_bytes(b"no image")
    monkeypatch.setattr(file_ends, "LOOKED_AT", 150)
    assert found(images)[0] == ["a/002.jpg", "a/004.jpg"]
    monkeypatch.setattr(file_ends, "DECODED", 1)
    assert found(images)[0] == ["a/002.jpg"]
