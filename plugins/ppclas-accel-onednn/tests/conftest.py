# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A training of a second: a toy network on coloured squares."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict

import numpy as np
import pytest

SIDE = 16
COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200))


@pytest.fixture
def values(tmp_path: Path) -> Dict[str, Any]:
    """The config of a training as plain values, for a test to change."""
    import cv2

    rng = np.random.default_rng(5)
    lines = []
    for index in range(26):
        image = np.clip(np.array(COLOURS[index % 3]) + rng.integers(-40, 41, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
        cv2.imencode(".png", image)[1].tofile(str(tmp_path / f"{index}.png"))
        lines.append(f"{index}.png {index % 3}\n")
    (tmp_path / "list.txt").write_text("".join(lines), encoding="utf-8")
    section = {"batch_size": 8, "num_workers": 0, "data_dir": str(tmp_path), "file_list": str(tmp_path / "list.txt"),
               "transforms": [{"DecodeImage": {}}, {"NormalizeImage": {"scale": "1./255.", "order": ""}},
                              {"ToCHWImage": None}]}
    return {
        "ARCHITECTURE": {"name": "ToyNet"}, "model_save_dir": str(tmp_path / "output"), "classes_num": 3,
        "image_shape": [3, SIDE, SIDE], "epochs": 2, "topk": 2, "device": "cpu",
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.05}},
        "OPTIMIZER": {"function": "Momentum", "params": {"momentum": 0.9},
                      "regularizer": {"function": "L2", "factor": 0.0001}},
        "TRAIN": {**section, "drop_last": False}, "VALID": section,
    }


@pytest.fixture
def make_config() -> Callable[[Dict[str, Any]], Any]:
    """Plain values -> a checked config."""
    from ppclas_core.config.load import config_from_dict
    from ppclas_core.testing.toy import toy_catalogue

    toy_catalogue()
    return config_from_dict
