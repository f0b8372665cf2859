# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A model by itself is evaluated on given data: a bundle, a checkpoint without config, published weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List

import numpy as np
import pytest
from paddle import nn

import ppclas_core as ppc
from ppclas_core.bundles.evaluated import open_evaluated
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.predict.evaluation import evaluate_runtime
from ppclas_core.testing import toy
from ppclas_core.testing.fresh_catalogue import forget_catalogue

NAMES = ("green", "red", "violet")
COLORS = {"green": (40, 200, 40), "red": (40, 40, 200)}
STEPS: List[Dict[str, Any]] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 16}}, {"NormalizeImage": {"order": ""}},
                               {"ToCHWImage": {}}]


class RedOrGreen(nn.Layer):
    """Classifier by hand: the mean of green, the mean of red, and a value below both."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 3)
        self.head.weight.set_value(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], np.float32))
        self.head.bias.set_value(np.array([0, 0, -10], np.float32))

    def forward(self, images: Any) -> Any:
        """Return logits (N, 3)."""
        return self.head(images.mean(axis=[2, 3]))


@pytest.fixture(autouse=True)
def with_toy() -> Iterator[None]:
    """ToyNet is installed."""
    forget_catalogue()
    toy.toy_catalogue()
    yield
    forget_catalogue()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Images of one class: as the only folder it has the index 0, and is class 1 of the models."""
    return write(tmp_path / "data", "red")


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).mkdir(parents=True)
        for index in range(3):
            pixels = np.full((20, 20, 3), COLORS.get(name, (0, 0, 0)), np.uint8) + np.uint8(index)
            cv2.imencode(".png", pixels)[1].tofile(str(folder / name / f"{index}.png"))
    return folder


@pytest.mark.parametrize("options", [{}, {"uint8": True}, {"softmax": True}], ids=str)
def test_a_bundle_is_evaluated_with_its_preprocessing_and_class_names(tmp_path: Path, data: Path, options: Any) -> None:
    bundle = ppc.export(RedOrGreen(), "inference", tmp_path / "out", labels=NAMES, preprocessing=STEPS, **options)
    write(data, "green")
    for source in (bundle.path, next(bundle.path.glob("*.pdiparams"))):
        result = ppc.evaluate(source, data=data)
        assert (result.samples, result.top1) == (6, 1.0)
        assert {row["class"]: row["samples"] for row in result.per_class if row["samples"]} == {"green": 3, "red": 3}


def test_the_classes_of_a_bundle_are_matched_by_name(tmp_path: Path, data: Path) -> None:
    bundle = ppc.export(RedOrGreen(), "inference", tmp_path / "out", labels=NAMES, preprocessing=STEPS)
    config, weights = open_evaluated(bundle.path, data=data)
    for result in (ppc.evaluate(bundle.path, data=data), evaluate_runtime(config, weights, "paddle")):
        assert (result.samples, result.top1) == (3, 1.0)
    (data / "red").rename(data / "rot")
    for judge in (lambda: ppc.evaluate(bundle.path, data=data), lambda: evaluate_runtime(config, weights, "paddle")):
        with pytest.raises(UserError, match="VALID has 1 class that the bundle does not have: 'rot'"):
            judge()


def test_a_folder_of_save_checkpoint_is_evaluated_as_it_predicts(tmp_path: Path, data: Path) -> None:
    model = ppc.create_model("ToyNet", num_classes=3, width=4)
    folder = ppc.save_checkpoint(model, tmp_path / "mine", labels=NAMES)
    write(data, "green")
    predictions = ppc.Predictor(folder).predict(str(data))
    right = sum(each.classes[0].name == Path(each.path or "").parent.name for each in predictions)
    for source in (folder, folder / "ppcls"):
        result = ppc.evaluate(source, data=data)
        assert (result.samples, result.top1) == (6, pytest.approx(right / 6))
        assert {row["class"]: row["samples"] for row in result.per_class if row["samples"]} == {"green": 3, "red": 3}


def test_values_of_the_config_can_be_overridden(tmp_path: Path, data: Path) -> None:
    folder = ppc.save_checkpoint(ppc.create_model("ToyNet", num_classes=3), tmp_path / "mine", labels=NAMES)
    config, _ = open_evaluated(folder, data=data, overrides=["VALID.batch_size=2", "topk=2"])
    assert (config.require_valid().batch_size, config.topk) == (2, 2)
    assert config.location("VALID.data_dir") == "--data"
    with pytest.raises(UserError, match="the config has no 'tpok'"):
        open_evaluated(folder, data=data, overrides=["tpok=2"])


def test_a_bundle_does_not_need_the_plugin_of_its_architecture(tmp_path: Path, data: Path) -> None:
    bundle = ppc.export(ppc.create_model("ToyNet", num_classes=3), "inference", tmp_path / "out", labels=NAMES)
    forget_catalogue()
    assert ppc.evaluate(bundle.path, data=data).samples == 3


def test_the_command_takes_the_same_and_says_what_is_missing(tmp_path: Path, data: Path, ppclas_project: Any) -> None:
    ppc.export(RedOrGreen(), "inference", tmp_path / "out", labels=NAMES, preprocessing=STEPS)
    ppc.save_checkpoint(ppc.create_model("ToyNet", num_classes=3), tmp_path / "mine", labels=NAMES)
    project = ppclas_project()
    facts = json.loads(project.run("eval", "out", "--data", "data", "--json").succeeded().out)
    assert (facts["samples"], facts["top1"]) == (3, 1.0)
    assert "samples 3" in project.run("eval", "out", "--data", "data", "--runtime", "paddle").succeeded().out
    assert "samples 3" in project.run("eval", "mine", "--data", "data", "--plugin", toy.__file__).succeeded().out
    for source, kind in (("out", "a bundle"), ("mine", "a checkpoint")):
        outcome = project.run("eval", source, "--plugin", toy.__file__)
        assert outcome.code == 2
        assert f"{source}: --data is missing: {kind} has no validation data of its own" in outcome.err
        assert "add --data DIR" in outcome.err


@pytest.mark.parametrize(("words", "text"), [
    (("out", "--data", "data", "--weights", "w"), "out: this has weights of its own"),
    (("out", "--data", "nowhere"), "nowhere: no such file or folder"),
    (("bare", "--data", "data"), "bare: these weights have no meta.yaml beside them"),
    (("foreign.onnx", "--data", "data"), "foreign.onnx: this model file belongs to no bundle"),
    (("data", "--data", "data"), "'data' is a folder, not a config"),
    (("ToyNett", "--data", "data"), "no config 'ToyNett'"),
])
def test_mistakes_are_named(tmp_path: Path, data: Path, ppclas_project: Any, words: Any, text: str) -> None:
    (tmp_path / "foreign.onnx").write_bytes(b"")
    (tmp_path / "bare.pdparams").write_bytes(b"")
    if "out" in words:
        ppc.export(RedOrGreen(), "inference", tmp_path / "out", labels=NAMES, preprocessing=STEPS)
    outcome = ppclas_project().run("eval", *words)
    assert outcome.code == 2
    assert text in outcome.err
    assert "Traceback" not in outcome.err


def test_a_bundle_that_does_not_fit_a_config_is_refused(tmp_path: Path, data: Path) -> None:
    bundle = ppc.export(RedOrGreen(), "inference", tmp_path / "out", labels=NAMES, preprocessing=STEPS)
    config, _ = open_evaluated(bundle.path, data=data)
    with pytest.raises(UserError, match="takes float32 and has 3 classes; this config has float32 images and 4"):
        ppc.evaluate(config.with_value("classes_num", 4), bundle)
    pixels = ppc.export(RedOrGreen(), "inference", tmp_path / "px", labels=NAMES, preprocessing=STEPS, uint8=True)
    with pytest.raises(UserError, match="takes uint8 and has 3 classes; this config has float32 images"):
        ppc.evaluate(config, pixels)
