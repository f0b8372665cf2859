# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Weight decay that spares norms and biases, layers that learn slower, limits on the gradients."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ppclas_core.config.sections import OptimizerSection
from ppclas_core.errors import UserError
from ppclas_core.models.create import create_model
from ppclas_core.optim.build import bind_optimizer, build_optimizer
from ppclas_core.optim.grad_clip import bind_clip
from ppclas_core.optim.layer_decay import layer_multipliers
from ppclas_core.optim.weight_decay import parameters_without_decay
from ppclas_core.testing.toy import toy_catalogue

LR, DECAY = 0.5, 0.1
OWN_DECAY = {"AdamW": {"weight_decay": DECAY}, "Lamb": {"lamb_weight_decay": DECAY},
             "LarsMomentum": {"lars_weight_decay": DECAY}}


def optimizer_section(values):
    """The section OPTIMIZER of values in which omitted parameters are those of the optimizer."""
    return OptimizerSection.from_values({"params": {}, **values})


@pytest.fixture
def model():
    toy_catalogue()
    paddle.seed(1)
    return create_model("ToyNet", num_classes=3)


def moved(model, section, scale=0.0, steps=1):
    """How far each parameter goes when its gradient is `scale` everywhere."""
    optimizer = build_optimizer(optimizer_section(section), model)
    optimizer.set_lr(LR)
    before = {key: value.numpy().copy() for key, value in model.named_parameters()}
    for _ in range(steps):
        sum((value * scale).sum() for value in model.parameters() if not value.stop_gradient).backward()
        optimizer.step()
        optimizer.clear_grad()
    return {key: np.abs(value.numpy() - before[key]).max() for key, value in model.named_parameters()
            if not value.stop_gradient}


@pytest.mark.parametrize("name", ["Momentum", "Adam", *OWN_DECAY])
def test_norms_and_biases_can_be_spared_from_decay(model, name):
    section = {"function": name, "params": OWN_DECAY.get(name, {})}
    if name not in OWN_DECAY:
        section["regularizer"] = {"function": "L2", "factor": DECAY}
    for parameter in model.parameters():  # a bias of 0 has nothing to decay
        if not parameter.stop_gradient:
            parameter.set_value(paddle.rand(parameter.shape) + 0.5)
    scale = 3e-3 if name in ("Lamb", "LarsMomentum") else 0.0  # these two divide by the norm of the gradient
    paths = {}
    for spared in ([], ["norm"], ["norm", "bias"]):
        before = {key: value.numpy().copy() for key, value in model.named_parameters()}
        paths[len(spared)] = moved(model, {**section, "no_weight_decay": spared}, scale)
        for key, value in model.named_parameters():
            value.set_value(before[key])
            value.regularizer = None
    if scale == 0.0:
        assert paths[0]["stem.bn.weight"] > 0
        assert paths[1]["stem.bn.weight"] == paths[1]["stem.bn.bias"] == 0
        assert paths[1]["head.fc.bias"] > 0
        assert paths[2]["head.fc.bias"] == 0
    else:
        assert paths[0]["stem.bn.weight"] != pytest.approx(paths[1]["stem.bn.weight"], rel=1e-3)
        assert paths[1]["head.fc.bias"] != pytest.approx(paths[2]["head.fc.bias"], rel=1e-3)
    assert paths[2]["stem.conv.weight"] == pytest.approx(paths[0]["stem.conv.weight"], rel=1e-4)


def test_norms_are_found_by_their_layer_and_biases_by_their_name(model):
    assert parameters_without_decay(model, []) == set()
    assert {"stem.bn.weight", "stem.bn.bias"} <= parameters_without_decay(model, ["norm"])
    assert "head.fc.bias" in parameters_without_decay(model, ["bias"])
    assert not {"head.fc.weight", "stem.conv.weight"} & parameters_without_decay(model, ["norm", "bias"])


def test_sparing_where_nothing_decays_is_refused():
    with pytest.raises(UserError, match="no effect"):
        bind_optimizer(optimizer_section({"function": "Momentum", "no_weight_decay": ["norm"]}))
    bind_optimizer(optimizer_section({"function": "AdamW", "no_weight_decay": ["norm"]}))


@pytest.mark.parametrize("name", ["SGD", "AdamW"])
def test_layers_learn_slower_the_further_they_are_from_the_classifier(model, name):
    params = {"weight_decay": 0.0} if name == "AdamW" else {}
    even = moved(model, {"function": name, "params": params}, 1.0)
    slowed = moved(model, {"function": name, "params": params, "layer_decay": 0.5}, 1.0)
    share = {key: slowed[key] / even[key] for key in even}
    assert share["head.fc.weight"] == pytest.approx(1.0, rel=1e-3)
    assert share["stages.0.0.conv.weight"] == pytest.approx(0.5, rel=1e-3)
    assert share["stem.conv.weight"] == pytest.approx(0.25, rel=1e-3)


def test_blocks_count_one_by_one_and_multipliers_of_stages_stay(model):
    model.stem.conv.weight.optimize_attr["learning_rate"] = 0.1
    build_optimizer(optimizer_section({"function": "SGD", "layer_decay": 0.5}), model)
    assert model.stem.conv.weight.optimize_attr["learning_rate"] == pytest.approx(0.025)
    deep = paddle.nn.Layer()
    deep.stages = paddle.nn.LayerList([paddle.nn.Sequential(paddle.nn.Linear(1, 1), paddle.nn.Linear(1, 1)),
                                       paddle.nn.Sequential(paddle.nn.Linear(1, 1))])
    found = layer_multipliers(deep, 0.5)
    assert [found[f"stages.{place}.weight"] for place in ("0.0", "0.1", "1.0")] == [0.125, 0.25, 0.5]


def test_gradients_are_limited_in_each_of_three_ways(model):
    size = {key: value.size for key, value in model.named_parameters() if not value.stop_gradient}
    whole = sum(size.values())

    def limited(**clip):
        return moved(model, {"function": "SGD", "grad_clip": clip}, 3.0)["head.fc.weight"] / LR

    assert limited() == pytest.approx(3.0, rel=1e-4)
    assert limited(value=0.5) == pytest.approx(0.5, rel=1e-4)
    assert limited(norm=1.0) == pytest.approx(1 / np.sqrt(size["head.fc.weight"]), rel=1e-4)
    assert limited(global_norm=1.0) == pytest.approx(1 / np.sqrt(whole), rel=1e-4)


def test_lars_takes_a_limit_too(model):
    free = moved(model, {"function": "LarsMomentum", "params": {"lars_weight_decay": 0.1}}, 100.0)
    limited = moved(model, {"function": "LarsMomentum", "params": {"lars_weight_decay": 0.1},
                            "grad_clip": {"value": 1e-3}}, 100.0)
    assert limited["head.fc.weight"] != pytest.approx(free["head.fc.weight"], rel=1e-2)


@pytest.mark.parametrize(("section", "words"), [
    ({"global_nrom": 1}, "Did you mean 'global_norm'"), ({"norm": 1, "value": 1}, "keep one"),
    ({"norm": 0}, "more than 0"), ({"norm": "big"}, "a number")])
def test_a_wrong_limit_is_named(section, words):
    with pytest.raises(UserError) as caught:
        bind_clip(section)
    assert words in str(caught.value)
