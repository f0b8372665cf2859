# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A cut JPEG has no features, whatever OpenCV makes of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ppclas_distill.features import extract


def test_a_cut_jpeg_is_compared_with_nothing(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    data = cv2.imencode(".jpg", pixels)[1].tobytes()
    (tmp_path / "whole.jpg").write_bytes(data)
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 2])
    assert extract(str(tmp_path / "whole.jpg"), 10) is not None
    assert extract(str(tmp_path / "cut.jpg"), 10) is None
