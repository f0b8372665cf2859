# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A model of one's own training loop becomes a checkpoint that gives the same logits, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List

import numpy as np
import paddle
import pytest
from paddle import nn

import ppclas_core as ppc
from ppclas_core.api import Op
from ppclas_core.bundles.source import find_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.models.checkpoint import load_model
from ppclas_core.runs.meta import read_meta
from ppclas_core.testing.fresh_catalogue import forget_catalogue
from ppclas_core.testing.toy import toy_catalogue, toy_checkpoint

GRAY: List[Dict[str, Any]] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 32}}, {"Gray": {}}, {"NormalizeImage": {
    "mean": [0.5], "std": [0.5], "order": ""}}, {"ToCHWImage": {}}]


class Gray:
    """Mean of the channels, (H, W, 1)."""

    def __call__(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return the gray image."""
        return image.mean(axis=2, keepdims=True).astype(np.uint8)


@pytest.fixture(autouse=True)
def with_toy() -> Iterator[None]:
    """ToyNet and the op Gray."""
    forget_catalogue()
    toy_catalogue()
    ppc.register(Op("Gray", target=f"{__name__}:Gray", dtypes=("uint8",)), Gray)
    yield
    forget_catalogue()


def image() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (50, 60, 3), dtype=np.uint8)


def trained(**params: Any) -> nn.Layer:  # Any: parameters of create_model
    """Return a ToyNet after two steps of a loop of one's own, in training mode."""
    model = ppc.create_model("ToyNet", **params)
    optimizer = paddle.optimizer.SGD(0.1, parameters=model.parameters())
    batch = paddle.rand([4, params.get("in_channels", 3), 32, 32])
    for _ in range(2):
        model(batch).sum().backward()
        optimizer.step()
        optimizer.clear_grad()
    return model


def logits_of(model: nn.Layer, batch: np.ndarray) -> np.ndarray:
    model.eval()
    with paddle.no_grad():
        found = np.asarray(model(paddle.to_tensor(batch)).numpy())
    model.train()
    return found


def test_the_checkpoint_gives_the_logits_of_the_model_and_the_given_names(tmp_path: Path) -> None:
    model = trained(num_classes=3, width=np.int64(6))
    folder = ppc.save_checkpoint(model, tmp_path / "new" / "mine", labels=["a", "b", "c"])
    assert folder == tmp_path / "new" / "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["meta.yaml", "ppcls.pdparams"]
    predictor = ppc.Predictor(folder)
    batch = predictor.preprocess(image())
    np.testing.assert_array_equal(batch[0], ppc.transforms(model)(image()))
    np.testing.assert_array_equal(predictor.logits(batch), logits_of(model, batch))
    assert predictor.labels == ["a", "b", "c"]
    assert all(part.training for part in model.sublayers(include_self=True))


def test_a_paddle_model_and_a_changed_classifier_are_saved_as_they_are(tmp_path: Path) -> None:
    model = trained(num_classes=3)
    model.reset_classifier(5)
    folder = ppc.save_checkpoint(paddle.Model(model), tmp_path / "mine")
    predictor = ppc.Predictor(folder)
    batch = predictor.preprocess(image())
    np.testing.assert_array_equal(predictor.logits(batch), logits_of(model, batch))
    assert predictor.labels == []
    again = ppc.create_model("ToyNet", num_classes=5, pretrained=folder)
    np.testing.assert_array_equal(logits_of(again, batch), logits_of(model, batch))


def test_other_input_channels_need_and_keep_their_preprocessing(tmp_path: Path) -> None:
    model = trained(num_classes=2, in_channels=1)
    with pytest.raises(UserError, match="returns 3 channels; the model takes 1"):
        ppc.save_checkpoint(model, tmp_path / "mine")
    folder = ppc.save_checkpoint(model, tmp_path / "mine", preprocessing=GRAY)
    predictor = ppc.Predictor(folder)
    batch = predictor.preprocess(image())
    assert batch.shape == (1, 1, 32, 32)
    np.testing.assert_array_equal(predictor.logits(batch), logits_of(model, batch))


def test_a_model_without_classifier_is_saved_and_loaded_but_does_not_classify(tmp_path: Path) -> None:
    model = trained(num_classes=0, width=6)
    folder = ppc.save_checkpoint(model, tmp_path / "features")
    batch = ppc.transforms(folder)(image())[None]
    loaded, _ = load_model(find_checkpoint(folder))
    np.testing.assert_array_equal(logits_of(loaded, batch), logits_of(model, batch))
    assert logits_of(model, batch).shape == (1, 12)
    for refused in (lambda: ppc.Predictor(folder), lambda: ppc.Predictor(model),
                    lambda: ppc.export(folder, "inference", tmp_path / "out")):
        with pytest.raises(UserError, match="has no classifier"):
            refused()
    tuned = ppc.create_model("ToyNet", num_classes=4, width=6, pretrained=folder)
    np.testing.assert_array_equal(tuned.stem.conv.weight.numpy(), model.stem.conv.weight.numpy())


def test_the_names_of_a_checkpoint_are_not_guessed_for_a_model_built_from_it(tmp_path: Path) -> None:
    first = toy_checkpoint(tmp_path / "run" / "best_model", side=24)
    model = ppc.create_model("ToyNet", num_classes=4, pretrained=str(first))
    meta = read_meta(ppc.save_checkpoint(model, tmp_path / "mine"))
    assert meta is not None
    assert (meta.labels, meta.image_shape) == ([], [3, 24, 24])


@pytest.mark.parametrize(("model", "message"), [
    (lambda: nn.Linear(2, 2), "was not built by create_model"), (lambda: 3, "type int is not a model")])
def test_what_cannot_be_built_again_is_refused_with_the_way_out(tmp_path: Path, model: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        ppc.save_checkpoint(model(), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_replaced_layers_and_wrong_numbers_of_names_are_refused(tmp_path: Path) -> None:
    model = trained(num_classes=3)
    with pytest.raises(UserError, match="there are 2 class names; the model returns 3 logits"):
        ppc.save_checkpoint(model, tmp_path / "mine", labels=["a", "b"])
    model.stages.append(nn.Conv2D(16, 16, 1))
    with pytest.raises(UserError, match=r"stages\.1\.weight of this model is"):
        ppc.save_checkpoint(model, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
