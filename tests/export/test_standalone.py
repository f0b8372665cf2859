# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A bundle has a program of less than 80 lines that predicts images where ppclas is not installed."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

from ppclas_core.bundles.bundle import write_preprocessing
from ppclas_core.data import transform
from ppclas_core.export import PADDLE_STANDALONE, Standalone, export
from ppclas_core.export.standalone import STANDALONE_FILE, write_standalone
from ppclas_core.testing.exporter import run_standalone, write_images
from ppclas_core.testing.toy import toy_checkpoint

DECODE: Dict[str, Any] = {"DecodeImage": {"to_rgb": True, "channel_first": False, "alpha": "drop", "depth": "clip"}}
FIXED = Standalone("nothing", "return lambda batch: np.float32([[0.0, 2.0, 1.0]])\n")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standalone")
    return export(str(toy_checkpoint(folder / "run")), "inference", folder / "bündel").path


def test_the_program_is_listed_with_its_hash_and_has_less_than_80_lines(bundle: Path) -> None:
    from ppclas_core.bundles import read_bundle

    assert STANDALONE_FILE in read_bundle(bundle).facts["files"]
    assert len((bundle / STANDALONE_FILE).read_text(encoding="utf-8").splitlines()) < 80


def test_it_names_a_file_that_is_no_image_and_predicts_the_others(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("no image")
    images = [str(path) for path in write_images(tmp_path)]
    command = [sys.executable, str(bundle / STANDALONE_FILE), str(tmp_path / "notes.jpg"), "missing.jpg", *images]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "notes.jpg: not an image" in done.stderr
    assert "missing.jpg: " in done.stderr
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == images


def test_a_bundle_that_normalizes_inside_takes_pixels(tmp_path: Path) -> None:
    from ppclas_core.predict import Predictor

    made = export(str(toy_checkpoint(tmp_path / "run")), "inference", tmp_path / "out", uint8=True).path
    images = [str(path) for path in write_images(tmp_path)]
    names = [row.classes[0].name for row in Predictor(made).predict(images)]
    printed = run_standalone(made, images).splitlines()
    assert [line.partition(": ")[2].rpartition(" ")[0].split(" 0.")[0] for line in printed] == names


@pytest.mark.parametrize("steps", [
    [],
    [{"ResizeImage": {"resize_short": 40, "interpolation": "bicubic"}}, {"CropImage": {"size": 32}}],
    [{"ResizeImage": {"size": [30, 20]}}],
])
def test_it_reads_an_image_as_ppclas_does(steps: List[Dict[str, Any]], bundle: Path, tmp_path: Path) -> None:
    names = runpy.run_path(str(bundle / STANDALONE_FILE))  # without `__main__`, as an import does
    names["FACTS"]["preprocess"] = write_preprocessing(
        tmp_path, [3, 32, 32], [{"DecodeImage": {}}, *steps, {"NormalizeImage": {}}, {"ToCHWImage": {}}])
    for image in write_images(tmp_path):
        expected = transform(image.read_bytes(), names["FACTS"]["preprocess"]["transforms"])
        found = names["read_input"](str(image))
        assert found.dtype == np.float32
        assert np.abs(found[0] - expected).max() < 1e-6


@pytest.mark.parametrize(("transforms", "unknown"), [
    ([DECODE, {"AcmeBlur": {"radius": 2}}], "AcmeBlur"),
    ([{"DecodeImage": {**DECODE["DecodeImage"], "alpha": "white"}}], "DecodeImage.alpha: white"),
])
def test_it_is_not_written_for_transforms_that_it_does_not_know(
    transforms: List[Dict[str, Any]], unknown: str, tmp_path: Path
) -> None:
    assert write_standalone(tmp_path, PADDLE_STANDALONE, transforms).endswith(unknown)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("facts", "shown"), [
    ('"output": {"kind": "logits"}', "b 0.6652, c 0.2447, a 0.0900"),
    ('"output": {"kind": "probabilities"}', "b 2.0000, c 1.0000, a 0.0000"),
    ('"output": {"kind": "logits"}, "task": "multilabel", "threshold": 0.6', "b 0.8808, c 0.7311"),
])
def test_the_scores_follow_the_task_and_the_kind_of_the_output(facts: str, shown: str, tmp_path: Path) -> None:
    assert write_standalone(tmp_path, FIXED, [DECODE]) == ""
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    (tmp_path / "bundle.json").write_text(
        f'{{{facts}, "input": {{"dtype": "uint8"}}, "preprocess": {{"transforms": []}}}}')
    image = str(write_images(tmp_path)[0])
    assert run_standalone(tmp_path, [image]) == f"{image}: {shown}\n"
