# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Coloured squares, a toy network, and a trained teacher of it: a whole distillation takes a second."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Callable, Dict

import numpy as np
import pytest

SIDE = 16
COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200))


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 training and 9 validation images of three classes, and their lists."""
    from ppclas_core.data.opencv import cv2

    rng, folder = np.random.default_rng(5), tmp_path_factory.mktemp("squares")
    for name, count in (("train", 24), ("val", 9)):
        lines = []
        for index in range(count):
            colour = np.array(COLOURS[index % 3]) + rng.integers(-40, 41, (SIDE, SIDE, 3))
            file = folder / f"{name}_{index}.png"
            cv2.imencode(".png", np.clip(colour, 0, 255).astype(np.uint8))[1].tofile(str(file))
            lines.append(f"{file.name} {index % 3}\n")
        (folder / f"{name}.txt").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def plain_values(squares: Path) -> Dict[str, Any]:
    """A training without a teacher; use `values`, which is a copy."""
    ends = [{"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    section = {"batch_size": 8, "num_workers": 0, "data_dir": str(squares)}
    return {
        "ARCHITECTURE": {"name": "ToyNet"}, "model_save_dir": str(squares / "teachers"), "classes_num": 3,
        "image_shape": [3, SIDE, SIDE], "epochs": 2, "topk": 2, "device": "cpu",
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.05}},
        "TRAIN": {**section, "file_list": str(squares / "train.txt"),
                  "transforms": [{"DecodeImage": {}}, {"RandFlipImage": {"flip_code": 1}}, *ends]},
        "VALID": {**section, "file_list": str(squares / "val.txt"), "transforms": [{"DecodeImage": {}}, *ends]},
    }


@pytest.fixture(scope="session")
def make_config() -> Callable[[Dict[str, Any]], Any]:
    """Plain values -> a checked config; ToyNet is in the catalogue, also if an earlier test has made a new one."""
    from ppclas_core.config.load import config_from_dict
    from ppclas_core.testing.toy import toy_catalogue

    def make(values: Dict[str, Any]) -> Any:
        toy_catalogue()
        return config_from_dict(values)

    return make


@pytest.fixture(scope="session")
def teacher(plain_values: Dict[str, Any], make_config: Callable[[Dict[str, Any]], Any]) -> Path:
    """The run folder of a trained ToyNet of width 12."""
    from ppclas_core.training.run_training import train

    values = {**plain_values, "ARCHITECTURE": {"name": "ToyNet", "params": {"width": 12}}, "epochs": 6}
    return train(make_config(values)).run_dir


@pytest.fixture
def values(plain_values: Dict[str, Any], teacher: Path, tmp_path: Path) -> Dict[str, Any]:
    """A distillation of ToyNet of width 8 by the trained one of width 12, as plain values to change."""
    changed = copy.deepcopy(plain_values)
    changed.update(model_save_dir=str(tmp_path / "output"), use_distillation=True)
    changed["DISTILLATION"] = {"teacher": {"name": "ToyNet", "params": {"width": 12}, "pretrained": str(teacher)}}
    return changed
