# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A folder in which every command has something to work on: images, lists, a config, a run, bundles, soft labels."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import yaml

SIDE = 16
COLORS = {"blue": (40, 40, 200), "green": (40, 200, 40), "red": (200, 40, 40)}


def make_images(folder: Path, count: int) -> None:
    """Write `count` noisy one-color images for each class into a folder per class."""
    import cv2

    rng = np.random.default_rng(5)
    for name, color in COLORS.items():
        (folder / name).mkdir(parents=True)
        for index in range(count):
            pixels = np.clip(np.array(color)[::-1] + rng.integers(-40, 41, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
            cv2.imencode(".png", pixels)[1].tofile(str(folder / name / f"{index}.png"))


def config() -> Dict[str, Any]:
    """Return the values of a toy training; all paths are relative."""
    ends = [{"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    section = {"batch_size": 8, "num_workers": 0, "transforms": [{"DecodeImage": {}}, *ends]}
    return {
        "ARCHITECTURE": {"name": "ToyNet"}, "model_save_dir": "output", "classes_num": 3, "epochs": 2, "topk": 2,
        "image_shape": [3, SIDE, SIDE], "device": "cpu", "accelerator": "none",
        "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.05}},
        "OPTIMIZER": {"function": "Momentum", "params": {"momentum": 0.9}},
        "TRAIN": {"data_dir": "data/train", **section}, "VALID": {"data_dir": "data/val", **section},
    }


def write_mat(path: Path, variables: Dict[str, List[int]]) -> None:
    """Write rows of int32 as a MATLAB 5 file, by the description of the format."""

    def element(kind: int, content: bytes) -> bytes:
        return struct.pack("<II", kind, len(content)) + content + b"\0" * (-len(content) % 8)

    data = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    for name, values in variables.items():
        shape = struct.pack("<ii", 1, len(values))
        data += element(14, element(6, struct.pack("<II", 12, 0)) + element(5, shape) + element(1, name.encode())
                        + element(5, struct.pack(f"<{len(values)}i", *values)))
    path.write_bytes(data)


def make_workspace(folder: Path) -> Path:
    """Write `folder/work` and `folder/home`; what takes a training or an export is added by `table.prepare`."""
    work = folder / "work"
    make_images(work / "data" / "train", 8)
    make_images(work / "data" / "val", 4)
    (folder / "home").mkdir()
    (work / "toy.yaml").write_text(yaml.safe_dump(config(), sort_keys=False), encoding="utf-8")
    space = {"base": "toy.yaml", "sampler": "grid", "search": {"LEARNING_RATE.params.lr": [0.05, 0.1]}}
    (work / "flowers" / "jpg").mkdir(parents=True)
    for number in range(1, 7):
        shutil.copyfile(work / "data" / "val" / "red" / "0.png", work / "flowers" / "jpg" / f"image_{number:05d}.jpg")
    write_mat(work / "flowers" / "imagelabels.mat", {"labels": list(range(1, 7))})
    write_mat(work / "flowers" / "setid.mat", {"trnid": [1, 2], "valid": [3, 4], "tstid": [5, 6]})
    (work / "space.yaml").write_text(yaml.safe_dump(space), encoding="utf-8")
    return folder


def copy_workspace(source: Path, target: Path) -> Path:
    """Copy a whole workspace for one cell of the table."""
    shutil.copytree(source, target, symlinks=True)
    return target


def remove_workspace(folder: Path) -> None:
    """Remove a workspace, also one whose folders were made read-only."""
    for parent in [folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())]:
        parent.chmod(0o755)
    shutil.rmtree(folder)
