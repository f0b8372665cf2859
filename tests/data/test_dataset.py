# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`dataset`: the batches of a config for a loop of one's own."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import cv2
import numpy as np
import pytest

import ppclas_core
from ppclas_core.api import Op
from ppclas_core.config.load import load_config
from ppclas_core.errors import UserError
from ppclas_core.testing import toy
from ppclas_core.testing.fresh_catalogue import forget_catalogue

ENDS = [{"NormalizeImage": {"scale": "1./255.", "order": ""}}, {"ToCHWImage": {}}]


@pytest.fixture
def values(tmp_path) -> Iterator[Dict[str, Any]]:
    """A config of 12 training and 5 validation images, red or blue, as plain values."""
    toy.toy_catalogue()
    for part, count in (("train", 12), ("val", 5)):
        for index in range(count):
            name = ("red", "blue")[index % 2]
            file = tmp_path / part / name / f"{index}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.zeros((16, 16, 3), np.uint8) + np.uint8(index)
            pixels[:, :, 2 if name == "red" else 0] = 200
            cv2.imwrite(str(file), pixels)

    def section(part: str, *ops: Any) -> Dict[str, Any]:
        return {"batch_size": 4, "num_workers": 0, "data_dir": str(tmp_path / part),
                "transforms": [{"DecodeImage": {"to_rgb": True}}, *ops, *ENDS]}

    yield {"ARCHITECTURE": {"name": "ToyNet"}, "classes_num": "auto", "image_shape": [3, 16, 16], "epochs": 1,
           "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}}, "seed": 5,
           "TRAIN": section("train", {"RandFlipImage": {"flip_code": 1}}), "VALID": section("val")}
    forget_catalogue()


class Halves:
    """Mixes the labels of each batch with those of its reverse, 3 to 1."""

    def __call__(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Any:
        return images, (labels, labels[::-1], 0.75)


def same(one: Any, other: Any) -> bool:
    """Return whether two lists of batches are equal."""
    return len(one) == len(other) and all(np.array_equal(left, right)
                                          for first, second in zip(one, other) for left, right in zip(first, second))


def test_a_pass_yields_all_batches_and_labels(values):
    data = ppclas_core.dataset(load_config(values))
    batches = list(data)
    assert len(batches) == len(data) == 3
    assert [(images.shape, images.dtype) for images, _ in batches] == [((4, 3, 16, 16), np.float32)] * 3
    assert sorted(np.concatenate([labels for _, labels in batches]).tolist()) == [0] * 6 + [1] * 6
    assert data.class_names == ["blue", "red"]
    assert sorted(data.labels.tolist()) == [0] * 6 + [1] * 6
    red = [label for images, labels in batches for image, label in zip(images, labels) if image[0].mean() > 0.5]
    assert red == [1] * 6


def test_each_pass_has_its_order_and_the_seed_repeats_them(values):
    data, again = (ppclas_core.dataset(load_config(values)) for _ in range(2))
    first, second = list(data), list(data)
    assert not same(first, second)
    assert same(first, list(again))
    again.epoch = 1
    assert same(second, list(again))
    assert not same(first, list(ppclas_core.dataset(load_config(values, {"seed": 6}))))


def test_a_pass_that_is_left_early_counts(values):
    data = ppclas_core.dataset(load_config(values))
    next(iter(data))
    assert data.epoch == 1


def test_evaluation_data_comes_once_in_its_order_with_the_classes_of_the_training(values, tmp_path):
    (tmp_path / "train" / "green").mkdir()
    values["classes_num"] = "auto"
    data = ppclas_core.dataset(load_config(values), train=False)
    assert np.concatenate([labels for _, labels in data]).tolist() == data.labels.tolist() == [0, 0, 2, 2, 2]
    assert data.class_names == ["blue", "green", "red"]
    assert same(list(data), list(data))


def test_a_section_alone_is_enough(values):
    config = load_config(values)
    batches = list(ppclas_core.dataset(config))
    for section in (config["TRAIN"], config.require_train(), values["TRAIN"]):
        alone = ppclas_core.dataset(section)
        assert alone.class_names == ["blue", "red"]
        assert [images.shape for images, _ in alone] == [images.shape for images, _ in batches]
    assert len(ppclas_core.dataset(values["VALID"], train=False)) == 2


def test_mixed_labels_are_probabilities(values):
    ppclas_core.register(Op("Halves", target=f"{__name__}:Halves", level="batch"), Halves)
    values["TRAIN"]["mix"] = [{"Halves": {}}]
    for data in (ppclas_core.dataset(load_config(values, {"use_mix": True})), ppclas_core.dataset(values["TRAIN"])):
        labels = np.concatenate([each for _, each in data])
        assert (labels.shape, labels.dtype) == ((12, 2), np.float32)
        assert set(labels.ravel().tolist()) == {0.0, 0.25, 0.75, 1.0}


@pytest.mark.parametrize(("section", "text"), [
    ({"btach_size": 4}, "dataset(...): unknown key 'btach_size' in the section. Did you mean 'batch_size'?"),
    ({"batch_size": 4, "data_dir": "x"}, "the section needs the key 'transforms'"),
    ("photos", "dataset(...): 'photos' is neither a config nor a section of one"),
    ({"TRAIN": {}}, "this dict is a whole config, not a section"),
    ({"batch_size": 4, "data_dir": "nowhere", "transforms": ENDS}, "no such folder: nowhere"),
])
def test_mistakes_in_a_section_are_reported(values, section, text):
    with pytest.raises(UserError) as caught:
        ppclas_core.dataset(section)
    assert text in str(caught.value)


def test_the_name_of_a_section_in_place_of_true_or_false_is_refused(values):
    with pytest.raises(UserError, match="train is 'VALID'; it must be True or False"):
        ppclas_core.dataset(load_config(values), "VALID")  # type: ignore[arg-type]  # the mistake


def test_a_config_without_the_section_is_refused(values):
    values["validate"] = False
    del values["VALID"]
    with pytest.raises(UserError, match="this needs 'VALID'"):
        ppclas_core.dataset(load_config(values), train=False)


def test_a_plain_loop_and_the_fit_of_paddle_train_on_it(values):
    import paddle

    config = load_config(values)
    paddle.seed(1)
    model = paddle.nn.Sequential(paddle.nn.AdaptiveAvgPool2D(1), paddle.nn.Flatten(), paddle.nn.Linear(3, 2))
    optimizer = paddle.optimizer.SGD(1.0, parameters=model.parameters())
    data = ppclas_core.dataset(config)
    losses = []
    for _ in range(8):
        for images, labels in data:
            loss = paddle.nn.functional.cross_entropy(model(paddle.to_tensor(images)), paddle.to_tensor(labels))
            loss.backward()
            optimizer.step()
            optimizer.clear_grad()
            losses.append(float(loss))
    assert losses[-1] < 0.8 * losses[0]

    high_level = paddle.Model(model)
    high_level.prepare(optimizer, paddle.nn.CrossEntropyLoss(), paddle.metric.Accuracy())
    high_level.fit(data, ppclas_core.dataset(config, train=False), epochs=8, verbose=0)
    assert data.epoch == 16
    assert high_level.evaluate(ppclas_core.dataset(config, train=False), verbose=0)["acc"] == 1.0
