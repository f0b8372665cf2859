# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Layers by their error, the search for those that stay in float, and the refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.export import ExportFailed
from ppclas_core.testing.toy import toy_checkpoint
from ppclas_export_quant.accuracy import Accuracy, drop

pytest.importorskip("paddle2onnx")


@pytest.fixture
def options(tmp_path: Path) -> Dict[str, Any]:
    import cv2

    folder = tmp_path / "images"
    folder.mkdir()
    for index in range(8):
        pixels = np.random.default_rng(index).integers(0, 256, (32, 32, 3), np.uint8)
        cv2.imwrite(str(folder / f"{index}.png"), pixels)
    return {"calibration": str(folder), "max_drop": 0.05}


def judged(monkeypatch: pytest.MonkeyPatch, after: List[float]) -> None:
    """The float model has 0.9, and the int8 models, one after the other, what `after` says."""
    from ppclas_export_quant import hybrid

    results = iter([0.9, *after])
    monkeypatch.setattr(hybrid, "compare_classes", lambda *_: Accuracy(next(results), 1.0))


def test_a_drop_is_of_top1_and_without_labels_of_agreement() -> None:
    assert drop(Accuracy(0.64, 1.0), Accuracy(0.63, 0.9)) == 0.01
    assert drop(Accuracy(None, 1.0), Accuracy(None, 0.9)) == pytest.approx(0.1)
    assert drop(Accuracy(0.5, 1.0), Accuracy(0.6, 0.9)) < 0


def test_the_report_lists_layers_worst_first(tmp_path: Path, options: Dict[str, Any],
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, [0.88])
    bundle = ppc.export(toy_checkpoint(tmp_path / "run"), "quant", tmp_path / "out", **options)
    report = json.loads((bundle.path / "quantisation.json").read_text(encoding="utf-8"))
    errors = [row["error"] for row in report["errors"]]
    assert errors == sorted(errors, reverse=True)
    assert {row["operator"] for row in report["errors"]} >= {"Conv"}
    assert 0 < errors[-1] <= errors[0] < 0.1
    assert report["kept_float"] == []
    assert bundle.facts["details"]["top1"] == {"float": 0.9, "int8": 0.88}


def test_layers_that_hurt_stay_in_float(tmp_path: Path, options: Dict[str, Any],
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, [0.5, 0.89])
    bundle = ppc.export(toy_checkpoint(tmp_path / "run"), "quant", tmp_path / "out", **options)
    report = json.loads((bundle.path / "quantisation.json").read_text(encoding="utf-8"))
    assert report["kept_float"] == [report["errors"][0]["name"]]
    assert report["errors"][0]["float"]


def test_a_loss_above_max_drop_fails_with_the_layers_and_leaves_nothing(
        tmp_path: Path, options: Dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, [0.5, 0.6, 0.6, 0.6])
    with pytest.raises(ExportFailed, match="loses 0.4000 of top-1 .* 0.3000 with 1 layers in float") as caught:
        ppc.export(toy_checkpoint(tmp_path / "run"), "quant", tmp_path / "out", **options)
    assert "Conv" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_run_without_its_training_list_asks_for_images(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there are no calibration images") as caught:
        ppc.export(toy_checkpoint(tmp_path / "run"), "quant", tmp_path / "out")
    assert "calibration=" in str(caught.value)
