# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of QuantAware on the toy network."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Literal, Tuple

import numpy as np
import paddle
import pytest

from ppclas_core.errors import UserError
from ppclas_core.testing.toy import ToyNet
from ppclas_export_quant import quant_aware
from ppclas_export_quant.quant_aware import QuantAware, rounded


@pytest.fixture
def images() -> paddle.Tensor:
    return paddle.to_tensor(np.random.default_rng(0).standard_normal((4, 3, 32, 32)).astype(np.float32))


@pytest.fixture
def digits(ppclas_project: Any) -> Any:
    """The digits, and a list of 64 of them."""
    for module in ("ppclas_models_mobile", "ppclas_accel_onednn"):
        pytest.importorskip(module)
    project = ppclas_project()
    project.run("data", "digits").succeeded()
    lines = (project.folder / "dataset/digits/train_list.txt").read_text(encoding="utf-8").splitlines()
    return project.write({"few.txt": "\n".join(lines[::len(lines) // 64][:64]) + "\n"})


def test_rounding_has_so_many_steps_and_lets_the_gradient_through() -> None:
    x = paddle.to_tensor(np.linspace(-2, 2, 1001).astype(np.float32), stop_gradient=False)
    y = rounded(x, paddle.to_tensor(1.0), 4)
    assert len(np.unique(y.numpy().round(5))) == 15
    y.sum().backward()
    gradient = x.grad.numpy()
    assert (gradient[np.abs(x.numpy()) < 0.99] == 1).all()
    assert (gradient[np.abs(x.numpy()) > 1.01] == 0).all()


@pytest.mark.parametrize("activation", ["abs_max", "moving_average_abs_max", "range_abs_max"])
@pytest.mark.parametrize("weight", ["abs_max", "channel_wise_abs_max"])
def test_training_rounds_and_evaluation_does_not(images: paddle.Tensor, activation: Any, weight: Any) -> None:
    paddle.seed(0)
    model = ToyNet(num_classes=4)
    model.eval()
    before, keys = model(images).numpy(), list(model.state_dict())
    assert QuantAware(weight, activation, weight_bits=3).on_model_built(model, images[:1]) is model
    np.testing.assert_array_equal(model(images).numpy(), before)
    model.train()
    for layer in model.sublayers():
        if isinstance(layer, paddle.nn.BatchNorm2D):
            layer.eval()
    assert np.abs(model(images).numpy() - before).max() > 1e-4
    model.eval()
    np.testing.assert_array_equal(model(images).numpy(), before)
    assert list(model.state_dict()) == keys


@pytest.mark.parametrize(("bits", "least"), [(8, 0.95), (12, 0.999)])
def test_the_float_weights_get_nearly_the_gradient_of_float_training(
        images: paddle.Tensor, bits: int, least: float) -> None:
    target, gradients = paddle.to_tensor([0, 1, 2, 3]), []
    for aware in (False, True):
        paddle.seed(0)
        model = ToyNet(num_classes=4)
        if aware:
            QuantAware(weight_bits=bits, activation_bits=bits).on_model_built(model, images[:1])
        paddle.nn.functional.cross_entropy(model(images), target).backward()
        gradients.append(np.concatenate([value.grad.numpy().ravel() for value in model.parameters()
                                         if value.grad is not None]))
    plain, rounding = gradients
    assert len(plain) == len(rounding)
    assert np.abs(plain - rounding).max() > 0
    assert plain @ rounding / np.linalg.norm(plain) / np.linalg.norm(rounding) > least


@pytest.mark.parametrize(("activation", "more", "scales"), [
    ("abs_max", {}, [1, 4, 2, 1, 1]),
    ("moving_average_abs_max", {"moving_rate": 0.5}, [1, 2.5, 2.25, 1.625, 1.3125]),
    ("range_abs_max", {"window_size": 3}, [1, 4, 4, 4, 2]),
])
def test_each_range_follows_the_batches_in_its_way(
        activation: Any, more: Any, scales: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    def note(x: paddle.Tensor, scale: paddle.Tensor, bits: int) -> paddle.Tensor:
        if bits == 5:
            found.append(scale.item())
        return x

    monkeypatch.setattr(quant_aware, "rounded", note)
    layer = paddle.nn.Sequential(paddle.nn.Linear(2, 2))
    QuantAware(activation=activation, activation_bits=5, **more).on_model_built(layer, None)
    for largest in (1, 4, 2, 1, 1):
        layer(paddle.to_tensor([[-largest, 0.5]], dtype="float32"))
    assert found == pytest.approx(scales)


def test_a_weight_scale_is_of_the_layer_or_of_each_channel() -> None:
    weights = np.array([[1.0, 0.01], [0.5, 0.006]], np.float32)  # (in, out)
    kinds: List[Tuple[Literal["abs_max", "channel_wise_abs_max"], int]] = [("abs_max", 1), ("channel_wise_abs_max", 2)]
    for kind, different in kinds:
        layer = paddle.nn.Sequential(paddle.nn.Linear(2, 2, bias_attr=False))
        layer[0].weight.set_value(weights)
        QuantAware(weight=kind, weight_bits=4, activation_bits=16).on_model_built(layer, None)
        row = layer(paddle.eye(2)).numpy()[:, 1]
        assert len(np.unique(row.round(6))) == different  # too small for the steps of the large channel


def test_a_run_with_it_takes_no_accelerator_and_says_so(tmp_path: Path, digits: Any) -> None:
    def run(**more: Any) -> Any:
        digits.write({"aware.yaml": {"base": "quick_start/digits_MobileNetV3_small.yaml", "epochs": 1,
                                     "TRAIN": {"file_list": "few.txt", "num_workers": 0}, "validate": False,
                                     "callbacks": [{"QuantAware": {}}], **more}})
        return digits.run("train", "aware.yaml")

    assert "accelerator: none, because QuantAware changes the layers" in run().succeeded().err
    told = run(accelerator="onednn")
    assert told.code == 2
    assert "the accelerator 'onednn' would ignore QuantAware" in told.err


def test_mistakes_are_named(images: paddle.Tensor) -> None:
    with pytest.raises(UserError, match="weight_bits is 1"):
        QuantAware(weight_bits=1)
    with pytest.raises(UserError, match="moving_rate has no effect with activation: abs_max"):
        QuantAware(activation="abs_max", moving_rate=0.5)
    with pytest.raises(UserError, match="finds no layer"):
        QuantAware().on_model_built(lambda batch: batch, images)
