# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Chapter 1.2 of the manual of July 2020, typed line by line in a shell: the flowers, on 30 images that stand for them.

The weights come from a server of this machine, the lists from .mat files of 10 images each. Nothing else differs: the
slow story has no override at all; the quick one trains the smallest network for one epoch in place of 20.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = """
cd dataset/flowers102
python generate_flowers102_list.py jpg train > train_list.txt
python generate_flowers102_list.py jpg valid > val_list.txt
python generate_flowers102_list.py jpg test > extra_list.txt
cat train_list.txt extra_list.txt > train_extra_list.txt
cd ../../
"""
TRAIN = "python tools/train.py -c ./configs/quick_start/{}.yaml"
FETCH = "python tools/download.py -a {} -p ./pretrained -d True\n"

pytestmark = [pytest.mark.xdist_group("fronts"),
              pytest.mark.skipif(os.name == "nt", reason="the manual is typed into bash")]


def write_mat(path: Path, variables: Dict[str, Any]) -> None:
    """Rows of bytes as a MATLAB 5 file, uncompressed, by the description of the format."""

    def element(kind: int, content: bytes) -> bytes:
        return struct.pack("<II", kind, len(content)) + content + b"\0" * (-len(content) % 8)

    data = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    for name, values in variables.items():
        data += element(14, element(6, struct.pack("<II", 9, 0)) + element(5, struct.pack("<ii", 1, len(values)))
                        + element(1, name.encode()) + element(2, bytes(values)))
    path.write_bytes(data)


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """A working directory with configs/, tools/ and the data as it is after downloading: 30 images of 3 classes."""
    from ppclas_core.data.opencv import cv2

    pytest.importorskip("ppclas_models_mobile")
    for name in ("configs", "tools"):
        (tmp_path / name).symlink_to(ROOT / name)
    data = tmp_path / "dataset" / "flowers102"
    (data / "jpg").mkdir(parents=True)
    (data / "generate_flowers102_list.py").symlink_to(ROOT / "dataset/flowers102/generate_flowers102_list.py")
    rng, labels = np.random.default_rng(0), [(1, 51, 102)[index % 3] for index in range(30)]
    for index, label in enumerate(labels):
        pixels = np.clip(rng.integers(0, 80, (250, 300, 3)) + label, 0, 255).astype(np.uint8)
        cv2.imencode(".jpg", pixels)[1].tofile(str(data / "jpg" / f"image_{index + 1:05d}.jpg"))
    write_mat(data / "imagelabels.mat", {"labels": labels})
    write_mat(data / "setid.mat", {"trnid": range(1, 11), "valid": range(11, 21), "tstid": range(21, 31)})
    return tmp_path


@pytest.fixture
def shell(flowers: Path, publish: Callable[[Path, str], None],
          serving: Callable[[Path], Any]) -> Iterator[Callable[..., str]]:
    """`shell(lines, weights...)`: bash in that directory, with a server of those weights; gives all that was said."""
    with serving(flowers / "server") as url:
        environment = {**os.environ, "PPCLAS_WEIGHTS_URL": url, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1",
                       "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

        def run(lines: str, *weights: str) -> str:
            for name in weights:
                publish(flowers / "server", name)
            done = subprocess.run(["bash", "-e", "-c", lines], cwd=flowers, env=environment, text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            assert done.returncode == 0, done.stdout[-3000:]
            return done.stdout

        yield run


def test_lists_weights_and_a_training(shell: Callable[..., str], flowers: Path) -> None:
    said = shell(LISTS + "mkdir pretrained\n" + FETCH.format("MobileNetV3_large_x1_0")
                 + TRAIN.format("MobileNetV3_large_x1_0_finetune") + " -o epochs=1", "MobileNetV3_large_x1_0")
    data = flowers / "dataset/flowers102"
    assert data.joinpath("train_list.txt").read_text(encoding="utf-8").splitlines()[:3] == [
        "jpg/image_00001.jpg 0", "jpg/image_00002.jpg 50", "jpg/image_00003.jpg 101"]
    assert len(data.joinpath("train_extra_list.txt").read_text(encoding="utf-8").splitlines()) == 20
    assert "head re-initialised (1000 -> 102), 0 missing, 0 unexpected" in said
    assert "output/MobileNetV3_large_x1_0: 1 epochs" in said
    assert (flowers / "output/MobileNetV3_large_x1_0/0/ppcls.pdparams").is_file()


@pytest.mark.slow
def test_the_whole_chapter_as_it_was_typed(shell: Callable[..., str], flowers: Path) -> None:
    """A quarter of an hour of one core."""
    for package in ("ppclas_models_resnet", "ppclas_augment_erase", "ppclas_distill"):
        pytest.importorskip(package)
    weights = ("ResNet50_vd", "ResNet50_vd_ssld", "MobileNetV3_large_x1_0")
    names = ("ResNet50_vd", "ResNet50_vd_finetune", "ResNet50_vd_ssld_finetune",
             "ResNet50_vd_ssld_random_erasing_finetune", "MobileNetV3_large_x1_0_finetune")
    final = ("mkdir pretrained/flowers102_R50_vd_final\n"
             "cp -r output/ResNet50_vd/19/ppcls* ./pretrained/flowers102_R50_vd_final/\n")
    said = shell(LISTS + "mkdir pretrained\n" + "".join(FETCH.format(name) for name in weights)
                 + "".join(TRAIN.format(name) + "\n" for name in names)
                 + final + TRAIN.format("R50_vd_distill_MV3_large_x1_0"), *weights)
    runs = re.findall(r"^output/(\w+): 20 epochs", said, re.MULTILINE)
    pair = "ResNet50_vd_distill_MobileNetV3_large_x1_0"
    assert runs == 4 * ["ResNet50_vd"] + ["MobileNetV3_large_x1_0", pair]
    assert said.count("head re-initialised (1000 -> 102), 0 missing, 0 unexpected") == 5
    for run in ("ResNet50_vd", "ResNet50_vd.1", "ResNet50_vd.2", "ResNet50_vd.3", "MobileNetV3_large_x1_0", pair):
        assert (flowers / "output" / run / "19/ppcls.pdparams").is_file()
        assert (flowers / "output" / run / "best_model/ppcls.pdparams").is_file()
