# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every option of the int8 formats changes something."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.export import ExportFailed
from ppclas_core.runs.meta import Meta
from ppclas_core.testing.toy import toy_checkpoint
from ppclas_export_quant.hybrid import Measure, search
from ppclas_export_quant.layer_errors import LayerError
from ppclas_export_quant.ranges import find_ranges
from ppclas_export_quant.samples import Samples, calibration_samples, validation_samples

pytest.importorskip("paddle2onnx")


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """Nine images, and a list of them with labels."""
    import cv2

    folder = tmp_path / "noise"
    folder.mkdir()
    for index in range(9):
        pixels = np.random.default_rng(index).integers(0, 256, (32, 32, 3), np.uint8)
        cv2.imwrite(str(folder / f"{index}.png"), pixels)
    (folder / "list.txt").write_text("".join(f"{index}.png {index % 4}\n" for index in range(9)), encoding="utf-8")
    return folder


@pytest.fixture
def meta(noise: Path) -> Meta:
    section = {"file_list": str(noise / "list.txt"), "data_dir": str(noise)}
    return Meta(architecture="ToyNet", num_classes=4, image_shape=[3, 32, 32],
                preprocessing=[{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}],
                config={"TRAIN": section, "VALID": section})


def test_calibration_images_and_validation_choose_the_images(meta: Meta, noise: Path, tmp_path: Path) -> None:
    few = calibration_samples(meta, None, 3, tmp_path / "a.npy")
    assert (few.labels.tolist(), few.origin) == ([0, 3, 2], "training list")  # spread over the list
    (tmp_path / "one").mkdir()
    shutil.copy(noise / "4.png", tmp_path / "one")
    given = calibration_samples(meta, str(tmp_path / "one"), 128, tmp_path / "b.npy")
    assert (given.inputs.shape, given.labels.tolist()) == ((1, 3, 32, 32), [-1])
    judged = validation_samples(meta, 2, tmp_path / "c.npy")
    assert judged is not None
    assert (len(judged.inputs), judged.origin) == (2, "validation list")


def test_each_method_finds_a_range_of_its_own(tmp_path: Path) -> None:
    import onnx

    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["image", "weight"], ["logits"], "layer")], "one layer",
        [value("image", onnx.TensorProto.FLOAT, ["N", 8])], [value("logits", onnx.TensorProto.FLOAT, ["N", 4])],
        [onnx.numpy_helper.from_array(np.ones((8, 4), np.float32), "weight")])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8),
              str(tmp_path / "model.onnx"))
    inputs = np.random.default_rng(0).standard_t(2, (800, 8)).astype(np.float32)  # long tails
    samples = Samples(inputs, np.zeros(800, np.int64), "noise")

    def largest(method: Any, percentile: float) -> float:
        ranges = find_ranges(tmp_path / "model.onnx", samples, method, percentile, tmp_path)
        return float(np.abs([np.asarray(each).reshape(-1)[0] for each in ranges["image"].range_value]).max())

    everything, entropy, most, less = (largest(*each) for each in (
        ("minmax", 0.0), ("entropy", 0.0), ("percentile", 99.9), ("percentile", 95.0)))
    assert everything == pytest.approx(np.abs(inputs).max())
    assert less < most < everything
    assert entropy < everything
    assert entropy not in (most, less)


ERRORS = [LayerError(name, "Conv", error) for name, error in zip("abcdefgh", (0.5, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1))]


@pytest.fixture
def judge_of() -> Any:
    """Four classes; an int8 runtime is wrong on the first so many of 100 images, and its logits are off by a factor."""
    truth = np.arange(100) % 4
    inputs = np.eye(4, dtype=np.float32)[truth] * (1 + np.arange(100, dtype=np.float32) / 1000)[:, None]

    def wrong_on(count: int, factor: float = 1.0) -> Any:
        def runtime(batch: np.ndarray) -> np.ndarray:
            index = np.round(1000 * (batch.max(axis=1) - 1))
            return np.where((index < count)[:, None], -batch, batch) * factor

        return runtime

    return Measure(wrong_on(0), Samples(inputs, truth, "list"), inputs[-2:]), wrong_on


def test_the_search_keeps_as_few_layers_in_float_as_max_drop_asks(judge_of: Any) -> None:
    measured, wrong_on = judge_of
    wrong = {0: 20, 1: 8, 2: 3, 4: 1}

    def quantise(kept: List[str]) -> Any:
        return wrong_on(wrong[len(kept)])

    for max_drop, kept in ((0.2, ""), (0.1, "a"), (0.05, "ab"), (0.01, "abcd")):
        found = search(quantise, ERRORS, measured, max_drop=max_drop, hybrid=True)
        assert "".join(found.kept) == kept
        assert found.after.top1 == pytest.approx(1 - wrong[len(kept)] / 100)
    with pytest.raises(ExportFailed, match=r"loses 0.2000 .* 0.0100 with 4 layers in float; max_drop is 0.005.* a 50"):
        search(quantise, ERRORS, measured, max_drop=0.005, hybrid=True)
    with pytest.raises(ExportFailed, match="loses 0.2000 of top-1 on 100 images of the list; max_drop is 0.1"):
        search(quantise, ERRORS, measured, max_drop=0.1, hybrid=False)


def test_logits_that_are_far_off_are_no_success_whatever_the_accuracy(judge_of: Any) -> None:
    measured, wrong_on = judge_of
    found = search(lambda kept: wrong_on(0, 9.0 if len(kept) < 2 else 1.1), ERRORS, measured, max_drop=0.1, hybrid=True)
    assert found.kept == ["a", "b"]
    with pytest.raises(ExportFailed, match="logits are off by more than 1 standard deviations"):
        search(lambda kept: wrong_on(0, 9.0), ERRORS, measured, max_drop=0.1, hybrid=True)


def test_paddle_keeps_a_layer_in_float_that_hurts(noise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_export_quant import hybrid
    from ppclas_export_quant.accuracy import Accuracy

    results = iter([0.9, 0.5, 0.89])
    monkeypatch.setattr(hybrid, "compare_classes", lambda *_: Accuracy(next(results), 1.0))
    bundle = ppc.export(toy_checkpoint(tmp_path / "run"), "quant-paddle", tmp_path / "out", calibration=str(noise),
                        method="avg")
    report = json.loads((bundle.path / "quantisation.json").read_text(encoding="utf-8"))
    assert report["kept_float"] == [report["errors"][0]["name"]]
    assert [row["float"] for row in report["errors"]] == [True, False, False]
    assert report["top1"] == {"float": 0.9, "int8": 0.89}
    assert report["method"] == "avg"


def test_validation_labels_are_those_of_the_checkpoint_by_name(meta: Meta, noise: Path, tmp_path: Path) -> None:
    rows = "".join(f"{index}.png,{name}\n" for index, name in enumerate(("owl", "cat", "owl")))
    (noise / "list.csv").write_text(f"path,label\n{rows}", encoding="utf-8")
    (noise / "labels.txt").write_text("0 owl\n1 cat\n2 dog\n3 eel\n", encoding="utf-8")
    section = {"file_list": str(noise / "list.csv"), "data_dir": str(noise)}
    known = dataclasses.replace(meta, labels=["dog", "cat", "eel", "owl"], config={"TRAIN": section, "VALID": section})
    for label_list in (None, str(noise / "labels.txt"), str(noise / "gone.txt")):
        config = {**known.config, "label_list": label_list}
        judged = validation_samples(dataclasses.replace(known, config=config), 9, tmp_path / "a.npy")
        assert judged is not None
        assert judged.labels.tolist() == [3, 1, 3]
    listed = {"file_list": str(noise / "list.txt"), "data_dir": str(noise)}
    config = {"VALID": listed, "label_list": str(noise / "labels.txt")}
    judged = validation_samples(dataclasses.replace(known, config=config), 9, tmp_path / "b.npy")
    assert judged is not None
    assert judged.labels.tolist()[:4] == [3, 1, 0, 2]
    with pytest.raises(UserError, match="VALID has 1 class that the checkpoint does not have: 'owl'"):
        validation_samples(dataclasses.replace(known, labels=["dog", "cat", "eel", "yak"]), 9, tmp_path / "c.npy")


def test_a_table_to_calibrate_with_needs_no_known_classes(meta: Meta, noise: Path, tmp_path: Path) -> None:
    (noise / "list.csv").write_text("path,label\n0.png,4006381333931\n1.png,0\n", encoding="utf-8")
    given = calibration_samples(meta, str(noise / "list.csv"), 9, tmp_path / "a.npy")
    assert given.labels.tolist() == [-1, -1]
