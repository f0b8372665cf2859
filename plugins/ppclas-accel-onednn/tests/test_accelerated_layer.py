# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The accelerated layer computes what the model computes, gradients included, and leaves the rest of Paddle alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Tuple

import numpy as np
import paddle
import paddle.nn.functional as F
import pytest
from paddle import nn

from ppclas_accel_onednn.forward import Accelerated
from ppclas_core.nn import ClassifierHead, ConvBN, DropPath

SHAPE = [4, 8, 8]
RUNTIME_FLAGS = ["FLAGS_enable_pir_api", "FLAGS_enable_pir_in_executor", "FLAGS_enable_pir_with_pt_in_dy2st"]


class Plain(nn.Layer):
    """A convolution with bias, something in the middle, a classifier."""

    def __init__(self, middle: nn.Layer) -> None:
        super().__init__()
        self.conv, self.middle, self.fc = nn.Conv2D(4, 4, 3, padding=1), middle, nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(self.middle(self.conv(x)).mean(axis=[2, 3]))


class Branches(nn.Layer):
    """Raw outputs of convolutions meet concat, addition and slices, whose backward needs no data of theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2D(4, 4, 1, bias_attr=False), nn.Conv2D(4, 4, 3, padding=1, groups=4, bias_attr=False)

    def forward(self, x):
        a, b = self.a(x), self.b(x)
        both = paddle.concat([a, b, a + b], axis=1)
        return both[:, 2:6] + b


class Gate(nn.Layer):
    """Squeeze and excitation by sigmoid, which Paddle 3 cannot write in the old form by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2D(4, 4, 1)

    def forward(self, x):
        return x * F.sigmoid(self.conv(F.adaptive_avg_pool2d(x, 1))) * paddle.floor(paddle.abs(x) + 1.0)


class TwoOutputs(nn.Layer):
    """Main and auxiliary logits in training, each behind a dropout; main alone in evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self.body = ConvBN(4, 8, 3)
        self.main, self.aux = ClassifierHead(8, 3, dropout=0.5), ClassifierHead(8, 3, dropout=0.5, upscale=True)

    def forward(self, x):
        x = self.body(x)
        return (self.main(x), self.aux(x)) if self.training else self.main(x)


MIDDLES = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "hard swish": nn.Hardswish, "swish": nn.Swish, "leaky": nn.LeakyReLU,
    "batch norm": lambda: nn.BatchNorm2D(4), "max pool": lambda: nn.MaxPool2D(3, 2, 1), "branches": Branches,
    "depthwise": lambda: nn.Conv2D(4, 4, 3, padding=1, groups=4, bias_attr=False), "gate": Gate,
    "dropout": lambda: nn.Dropout(0.5), "dropout of 2020": lambda: nn.Dropout(0.5, mode="downscale_in_infer"),
    "drop path": lambda: DropPath(0.5),
}


def images(count: int = 6, seed: int = 0) -> paddle.Tensor:
    return paddle.to_tensor(np.random.default_rng(seed).standard_normal((count, *SHAPE)).astype("float32"))


def step(forward: Any, model: nn.Layer, x: paddle.Tensor, seed: int = 5) -> Tuple[np.ndarray, Dict[str, np.ndarray]]:
    """Outputs and gradients of one step with a seed."""
    paddle.seed(seed)
    output = forward(x)
    outputs = list(output) if isinstance(output, (list, tuple)) else [output]
    total = outputs[0].square().sum()
    for weight, extra in enumerate(outputs[1:], start=2):
        total = total + weight * extra.square().sum()
    total.backward()
    gradients = {key: value.grad.numpy().copy() for key, value in model.named_parameters() if value.grad is not None}
    model.clear_gradients()
    if isinstance(forward, Accelerated):
        forward.running.end()
    return np.concatenate([item.numpy() for item in outputs]), gradients


def assert_same_step(model: nn.Layer, count: int = 6) -> None:
    """Outputs, gradients and running statistics of both ways."""
    before = {key: value.numpy().copy() for key, value in model.state_dict().items()}
    fast = Accelerated(model, SHAPE)
    results = []
    for forward in (model, fast):
        model.set_state_dict(before)
        output, gradients = step(forward, model, images(count))
        state = {f"state {key}": value.numpy().copy() for key, value in model.state_dict().items()}
        results.append({"output": output, **gradients, **state})
    expected, found = results
    assert expected.keys() == found.keys()
    size = max(np.abs(value).max() for key, value in expected.items() if not key.startswith("state"))
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, rtol=1e-4, atol=1e-5 * size, err_msg=key)


@pytest.mark.parametrize("middle", sorted(MIDDLES))
def test_outputs_and_gradients_are_those_of_the_model(middle):
    paddle.seed(3)
    assert_same_step(Plain(MIDDLES[middle]()))


def test_auxiliary_outputs_and_dropouts_draw_the_same(monkeypatch):
    paddle.seed(3)
    assert_same_step(TwoOutputs())


def test_dropout_is_a_function_of_the_seed():
    model = TwoOutputs()
    fast = Accelerated(model, SHAPE)
    first, again, other = (step(fast, model, images(), seed)[0] for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert np.abs(first - other).max() > 1e-3


def test_a_frozen_parameter_gets_no_gradient():
    paddle.seed(3)
    model = Plain(nn.ReLU())
    model.conv.weight.stop_gradient = True
    assert_same_step(model)
    assert "conv.weight" not in step(Accelerated(model, SHAPE), model, images())[1]


def test_one_program_serves_every_batch_size():
    model = Plain(nn.BatchNorm2D(4))
    fast = Accelerated(model, SHAPE)
    for count in (2, 7, 3):
        output, _ = step(fast, model, images(count))
        np.testing.assert_allclose(output, step(model, model, images(count))[0], atol=1e-5)


@pytest.mark.parametrize("name", ["SGD", "Momentum", "Adam", "RMSProp"])
def test_training_with_evaluations_in_between_equals_training_without(name):
    """A program in evaluation mode would keep the weights of its first call: the model itself is what is evaluated."""
    networks = []
    for _ in range(2):
        paddle.seed(3)
        depthwise = ConvBN(8, 8, 3, groups=8, act="hard_swish")
        networks.append(nn.Sequential(ConvBN(4, 8, 3), depthwise, ClassifierHead(8, 3)))
    plain, model = networks
    fast = Accelerated(model, SHAPE)
    rate = {"learning_rate": 0.01 if name in ("Adam", "RMSProp") else 0.2}
    common = {"weight_decay": 1e-3, "grad_clip": nn.ClipGradByGlobalNorm(1.0), **rate}
    optimizers = [getattr(paddle.optimizer, name)(parameters=network.parameters(), **common) for network in networks]
    labels = paddle.to_tensor([0, 1, 2, 0, 1, 2])
    seen = []
    for epoch in range(3):
        for index in range(4):
            for network, forward, optimizer in zip(networks, (plain, fast), optimizers):
                network.train()
                F.cross_entropy(forward(images(seed=10 * epoch + index)), labels).backward()
                optimizer.step()
                optimizer.clear_grad()
        fast.running.end()
        evaluated = []
        for network in networks:
            network.eval()
            with paddle.no_grad():
                evaluated.append(network(images(9, seed=99)).numpy())
        np.testing.assert_allclose(evaluated[1], evaluated[0], rtol=1e-3, atol=1e-4)
        model.eval()
        np.testing.assert_allclose(fast(images(9, seed=99)).numpy(), evaluated[0], rtol=1e-3, atol=1e-4)
        seen.append(evaluated[0])
    assert np.abs(seen[1] - seen[0]).max() > 1e-2
    assert np.abs(seen[2] - seen[1]).max() > 1e-2


def test_an_export_between_two_steps_is_that_of_the_model(tmp_path):
    model = nn.Sequential(ConvBN(4, 8, 3), ClassifierHead(8, 3))
    fast = Accelerated(model, SHAPE)
    known = paddle.get_flags(RUNTIME_FLAGS) if hasattr(paddle.pir_utils, "OldIrGuard") else {}
    optimizer = paddle.optimizer.SGD(0.1, parameters=model.parameters())
    for number in range(2):
        step(fast, model, images())
        fast(images()).sum().backward()
        exported = exported_answer(model, tmp_path / f"{number} inside")  # between forward and the end of the step
        optimizer.step()
        optimizer.clear_grad()
        fast.running.end()
        assert not known or paddle.get_flags(RUNTIME_FLAGS) == known
        exported = exported_answer(model, tmp_path / f"{number} outside")
        model.eval()
        np.testing.assert_allclose(exported, model(images()).numpy(), rtol=1e-4, atol=1e-5)
        model.train()
    for file in tmp_path.glob("*/m.*model"):
        assert b"use_mkldnn" not in file.read_bytes() or b"plain_" not in file.read_bytes()


def exported_answer(model: nn.Layer, folder: Path) -> np.ndarray:
    """What Paddle Inference gives for the model as it is now."""
    from ppclas_core.runtimes.paddle_inference import PaddleRuntime

    model.eval()
    spec = paddle.static.InputSpec([None, *SHAPE], "float32", "x")
    paddle.jit.save(paddle.jit.to_static(Wrapped(model), input_spec=[spec], full_graph=True), str(folder / "m"))
    model.train()
    file = next(file for file in (folder / "m.json", folder / "m.pdmodel") if file.is_file())
    assert (file.suffix == ".json") == hasattr(paddle.pir_utils, "OldIrGuard")
    return PaddleRuntime(file, folder / "m.pdiparams", threads=1)(images().numpy())


class Wrapped(nn.Layer):
    """Keeps `to_static` from changing the model."""

    def __init__(self, model: nn.Layer) -> None:
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x)
