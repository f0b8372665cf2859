# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: a network from elsewhere, or from a loop of one's own, is predicted with, exported and served."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import paddle
import pytest
from paddle import nn

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.export import verify
from ppclas_core.testing.toy import toy_catalogue

STEPS: List[Dict[str, Any]] = [
    {"DecodeImage": {}}, {"ResizeImage": {"size": 32}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": {}}]
NAMES = ["a", "b", "c"]


class Stranger(nn.Layer):
    """A network that knows nothing of ppclas, with layers that differ in evaluation mode."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2D(3, 4, 3), nn.BatchNorm2D(4), nn.ReLU(), nn.Dropout(0.5))
        self.head = nn.Linear(4, 3)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Return logits (N, 3)."""
        return self.head(nn.functional.adaptive_avg_pool2d(self.body(x), 1).flatten(1))


def images() -> List[np.ndarray]:
    rng = np.random.default_rng(7)
    return [rng.integers(0, 256, (40, 50, 3), dtype=np.uint8) for _ in range(3)]


def test_a_layer_of_any_class_predicts_with_its_present_weights_and_keeps_its_modes() -> None:
    layer = Stranger()
    layer.body[1].eval()  # frozen, as in some loops
    predictor = ppc.Predictor(paddle.Model(layer), labels=NAMES, preprocessing=STEPS)
    batch = predictor.preprocess(images())
    first = predictor.logits(batch)
    np.testing.assert_array_equal(first, predictor.logits(batch))  # no dropout
    assert layer.training
    assert layer.body[3].training
    assert not layer.body[1].training
    assert predictor.predict(images()[0])[0].classes[0].name in NAMES
    layer.head.bias.set_value(layer.head.bias + 1)
    np.testing.assert_allclose(predictor.logits(batch), first + 1, rtol=1e-5)


def test_a_layer_of_any_class_becomes_a_verified_bundle(tmp_path: Path) -> None:
    layer = Stranger()
    bundle = ppc.export(layer, "inference", tmp_path / "bundle", labels=NAMES, preprocessing=STEPS)
    verify(bundle.path)
    assert (bundle.architecture, bundle.labels) == ("Stranger", NAMES)
    own = ppc.Predictor(layer, labels=NAMES, preprocessing=STEPS)
    batch = own.preprocess(images())
    np.testing.assert_allclose(ppc.Predictor(bundle.path).logits(batch), own.logits(batch), atol=1e-5)
    assert layer.training


def test_a_model_of_create_model_is_exported_with_its_record(tmp_path: Path) -> None:
    toy_catalogue()
    model = ppc.create_model("ToyNet", num_classes=3, width=6)
    bundle = ppc.export(model, "inference", tmp_path / "bundle", labels=NAMES)
    verify(bundle.path, ppc.save_checkpoint(model, tmp_path / "mine", labels=NAMES))
    exported = ppc.Predictor(model, runtime="paddle", labels=NAMES)
    assert [each.classes[0].name for each in exported.predict(images())] == \
        [each.classes[0].name for each in ppc.Predictor(model, labels=NAMES).predict(images())]


def test_commands_take_the_folder(tmp_path: Path, ppclas_project: Any) -> None:
    toy_catalogue()
    folder = ppc.save_checkpoint(ppc.create_model("ToyNet", num_classes=3), tmp_path / "mine", labels=NAMES)
    (tmp_path / "x.png").write_bytes(_png())
    project = ppclas_project()
    out = project.run("predict", str(folder), str(tmp_path / "x.png"), "--topk", "1").succeeded().out
    assert any(f": {name} " in out for name in NAMES)
    project.run("export", str(folder), "inference", str(tmp_path / "bundle")).succeeded()
    project.run("verify", str(tmp_path / "bundle"), "--source", str(folder)).succeeded()


def _png() -> bytes:
    from ppclas_core.data.decoded import lossless_file

    return lossless_file(images()[0])


@pytest.mark.parametrize(("options", "message"), [
    ({}, "its preprocessing is unknown"),
    ({"preprocessing": "photo.jpg"}, "preprocessing is a str"),
    ({"preprocessing": [{"DecodeImage": {}}]}, "a model takes float32"),
    ({"preprocessing": STEPS, "labels": ["a"]}, "there are 1 class names; the model returns 3 logits"),
    ({"preprocessing": STEPS, "device": "cpu"}, "runs where its parameters are"),
    ({"preprocessing": STEPS, "model": "ToyNet"}, "has its own architecture")])
def test_what_does_not_fit_is_reported_before_the_first_image(options: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        ppc.Predictor(Stranger(), **options)


def test_networks_that_are_no_classifiers_are_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the model fails for the output of its preprocessing"):
        ppc.Predictor(nn.Linear(3, 2), preprocessing=STEPS)
    with pytest.raises(UserError, match="a classifier returns logits"):
        ppc.Predictor(nn.Conv2D(3, 4, 3), preprocessing=STEPS)
    with pytest.raises(UserError, match="has its own preprocessing"):
        ppc.Predictor(tmp_path, preprocessing=STEPS)
    with pytest.raises(UserError, match="has its own preprocessing"):
        ppc.export(tmp_path, "inference", tmp_path / "out", preprocessing=STEPS)
