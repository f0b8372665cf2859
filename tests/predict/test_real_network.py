# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Real ImageNet weights by published name reach their known accuracy in `eval`, `predict` and exports."""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import pytest

import ppclas_core as ppc
from ppclas_core.data.datasets.imagenet1k import class_names
from ppclas_core.testing.publisher import serve_files

DATA = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data")
PHOTOS, WEIGHTS = DATA / "imagenet100", DATA / "weights" / "SqueezeNet1_1" / "SqueezeNet1_1_pretrained.pdparams"
NAME = "SqueezeNet1_1"
TOP1, TOP5 = 0.64, 0.82
"""Of 100 photos of ImageNet, by the code of 2020."""

pytestmark = [pytest.mark.skipif(not WEIGHTS.is_file(), reason=f"no real weights in {DATA} (PPCLAS_TEST_DATA)"),
              pytest.mark.xdist_group("real-network")]


@pytest.fixture(scope="module", autouse=True)
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A server that offers the archive, and a cache that is kept for all tests."""
    if NAME not in ppc.list_models():
        pytest.skip(f"{NAME} is not installed")
    folder = tmp_path_factory.mktemp("published")
    with tarfile.open(folder / f"{NAME}_pretrained.tar", "w") as tar:
        tar.add(WEIGHTS, f"{NAME}_pretrained/{WEIGHTS.name}")
    with serve_files(folder) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("PPCLAS_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("PPCLAS_WEIGHTS_URL", address)
        yield


def photos() -> Tuple[List[str], List[int]]:
    rows = [line.rsplit(" ", 1) for line in (PHOTOS / "val_list.txt").read_text(encoding="utf-8").splitlines()]
    return [str(PHOTOS / name) for name, _ in rows], [int(label) for _, label in rows]


def accuracy(predictor: ppc.Predictor) -> Tuple[float, float]:
    paths, labels = photos()
    rows = [[each.id for each in prediction.classes] for prediction in predictor.predict(paths, topk=5)]
    best = sum(row[0] == label for row, label in zip(rows, labels)) / len(labels)
    return best, sum(label in row for row, label in zip(rows, labels)) / len(labels)


def test_a_legacy_inference_folder_is_read_in_both_forms_with_the_name_of_its_model(ppclas_project: Any) -> None:
    photo, name = photos()[0][0], "MobileNetV1_x0_25"
    if name not in ppc.list_models():
        pytest.skip(f"{name} is not installed")
    project, rows = ppclas_project(), []
    for form in ("ppcls", "scattered", "inference", "inference_scattered"):
        source = str(DATA / "weights" / "2020_MobileNetV1_x0_25" / form)
        rows.append(project.run("predict", source, photo, "--model", name, "--json").succeeded().out)
        refused = project.run("predict", source, photo)
        assert (refused.code, "--model NAME" in refused.err) == (2, True)
    assert len(set(rows)) == 1


def test_the_names_are_those_of_the_list_of_imagenet() -> None:
    lines = (PHOTOS / "label_list.txt").read_text(encoding="utf-8").splitlines()
    for ours, line in zip(class_names("imagenet-1k"), lines):
        synonyms = line.partition(" ")[2].split(", ")
        assert re.sub(r" \(.*\)", "", ours) in synonyms


def test_predict_has_the_known_accuracy() -> None:
    assert accuracy(ppc.Predictor(NAME)) == (TOP1, TOP5)


@pytest.mark.parametrize("weights", [["--weights", NAME], pytest.param([], marks=pytest.mark.slow),
                                     pytest.param(["--weights", str(WEIGHTS)], marks=pytest.mark.slow)])
def test_eval_has_the_known_accuracy(ppclas_project: Any, weights: List[str]) -> None:
    done = ppclas_project().run(
        "eval", "eval.yaml", "-o", f"ARCHITECTURE.name={NAME}", "-o", f"VALID.file_list={PHOTOS / 'val_list.txt'}",
        "-o", f"VALID.data_dir={PHOTOS}", "-o", "VALID.num_workers=0", "-o", "pretrained_model=True", *weights)
    assert f"top1 {TOP1:.5f}  top5 {TOP5:.5f}" in done.succeeded().out
    assert "score lower" not in done.err


@pytest.mark.parametrize("name", ["inference", pytest.param("onnx", marks=pytest.mark.slow),
                                  pytest.param("openvino", marks=pytest.mark.slow)])
def test_every_export_has_the_known_accuracy_and_the_names(name: str, tmp_path: Path) -> None:
    from ppclas_core.bundles.formats import formats

    if name not in [entry.record.name for entry, reason in formats() if not reason]:
        pytest.skip(f"the format {name} is not available here")
    bundle = ppc.export(NAME, name, tmp_path / "bundle")
    assert bundle.labels == class_names("imagenet-1k")
    assert accuracy(ppc.Predictor(bundle.path, runtime=name)) == (TOP1, TOP5)
