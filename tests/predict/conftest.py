# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint that really separates red, green and blue, and images of the three."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Callable, Sequence, Tuple

import numpy as np
import pytest

WriteVideo = Callable[[Path, Sequence[Tuple[int, int, int]]], Path]
NAMES = ("red", "grün", "bright blue")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """The toy, its weights set by hand: logit k grows with channel k."""
    from ppclas_core.runs.meta import read_meta, write_meta
    from ppclas_core.testing.toy import ToyNet, toy_checkpoint
    from ppclas_core.weights.write import save_pdparams

    folder = toy_checkpoint(tmp_path / "a run" / "best_model", num_classes=3)
    model = ToyNet(num_classes=3)
    arrays = {key: value.numpy() for key, value in model.state_dict().items()}
    for key, width in (("stem.conv.weight", 3), ("stages.0.0.conv.weight", 8)):
        arrays[key] = np.zeros_like(arrays[key])
        for channel in range(width):
            arrays[key][channel, channel, 1, 1] = 1
    arrays["head.fc.weight"] = np.zeros_like(arrays["head.fc.weight"])
    arrays["head.fc.weight"][:3, :3] = np.eye(3)
    arrays["head.fc.bias"] = np.zeros(3, np.float32)
    save_pdparams(folder / "ppcls.pdparams", arrays)
    meta = read_meta(folder)
    assert meta is not None
    write_meta(folder, dataclasses.replace(meta, labels=list(NAMES)))
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with sub-folders: three images, a text, a damaged image, a hidden file."""
    from ppclas_core.data.opencv import cv2

    root = tmp_path / "bilder 图片"
    (root / "sub").mkdir(parents=True)
    for index, name in enumerate(("c red.png", "a green.png", "sub/b blue.png")):
        pixels = np.full((40, 60, 3), 30, np.uint8)
        pixels[:, :, 2 - index] = 230  # OpenCV writes blue first
        cv2.imencode(".png", pixels)[1].tofile(str(root / name))
    (root / "notes.txt").write_text("no picture", encoding="utf-8")
    (root / ".hidden.png").write_bytes(b"")
    return root


@pytest.fixture
def write_video() -> WriteVideo:
    """A writer of videos of 48 x 64 pixels, one frame per RGB color."""

    def write(path: Path, colors: Sequence[Tuple[int, int, int]]) -> Path:
        from ppclas_core.data.opencv import cv2

        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))  # built into OpenCV
        for color in colors:
            writer.write(np.full((48, 64, 3), color[::-1], np.uint8))
        writer.release()
        return path

    return write
