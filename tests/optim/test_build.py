# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Optimizers by their 2020 names, and their steps against the formulas of 2020."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Dict

import numpy as np
import paddle
import pytest
from paddle import nn

from ppclas_core.api import Optimizer
from ppclas_core.config.sections import OptimizerSection
from ppclas_core.errors import UserError
from ppclas_core.models.create import create
from ppclas_core.optim import build, names
from ppclas_core.optim.build import bind_optimizer, build_optimizer
from ppclas_core.optim.names import optimizer_name
from ppclas_core.optim.state import optimizer_state
from ppclas_core.plugins.catalogue import Catalogue, catalogue
from ppclas_core.plugins.manager import LoadedPlugin, Loader
from ppclas_core.training.ema import Ema

LR, FACTOR = 0.1, 0.01


def optimizer_section(values):
    """The section OPTIMIZER of values in which omitted parameters are those of the optimizer."""
    return OptimizerSection.from_values({"params": {}, **values})


def steps(section, gradients, *, multiplier=1.0, frozen=False):
    """The weights of a linear layer after one step per gradient, and before."""
    layer = nn.Linear(2, 1, bias_attr=False)
    layer.weight.set_value(np.array([[1.0], [-2.0]], np.float32))
    layer.weight.optimize_attr["learning_rate"] = multiplier
    other = nn.Linear(1, 1, bias_attr=False)
    other.weight.stop_gradient = frozen
    optimizer = build_optimizer(optimizer_section(section), nn.LayerList([layer, other]))
    optimizer.set_lr(LR)
    for gradient in gradients:
        (layer.weight * paddle.to_tensor(np.array(gradient, np.float32)[:, None])).sum().backward()
        optimizer.step()
        optimizer.clear_grad()
    return layer.weight.numpy()[:, 0]


GRADIENTS = ([0.5, -1.0], [1.5, 0.25], [-0.5, 2.0])


def reference(update):
    p = np.array([1.0, -2.0])
    state: Dict[str, np.ndarray] = {}
    for gradient in GRADIENTS:
        p = update(p, np.array(gradient), state)
    return p


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_has_coupled_weight_decay(nesterov):
    def update(p, g, state):
        g = g + FACTOR * p
        state["v"] = 0.9 * state.get("v", 0) + g
        return p - LR * (g + 0.9 * state["v"] if nesterov else state["v"])

    found = steps({"function": "Momentum", "params": {"momentum": 0.9, "use_nesterov": nesterov},
                   "regularizer": {"function": "L2", "factor": FACTOR}}, GRADIENTS)
    assert found == pytest.approx(reference(update), rel=1e-5)


@pytest.mark.parametrize("name", ["RMSProp", "RmsProp"])
def test_rmsprop_has_its_epsilon_inside_the_root(name):
    def update(p, g, state):
        g = g + FACTOR * np.sign(p)
        state["ms"] = 0.9 * state.get("ms", 0) + 0.1 * g**2
        state["v"] = 0.9 * state.get("v", 0) + LR * g / np.sqrt(state["ms"] + 1e-1)
        return p - state["v"]

    found = steps({"function": name, "params": {"momentum": 0.9, "rho": 0.9, "epsilon": 1e-1},
                   "regularizer": {"function": "L1", "factor": FACTOR}}, GRADIENTS)
    assert found == pytest.approx(reference(update), rel=1e-5)


def test_a_multiplier_scales_the_rate_of_its_parameter():
    plain, scaled = (steps({"function": "SGD"}, GRADIENTS[:1], multiplier=m) for m in (1.0, 0.1))
    assert scaled - [1, -2] == pytest.approx(0.1 * (plain - [1, -2]), rel=1e-4)
    assert steps({"function": "Momentum"}, GRADIENTS, multiplier=0.0) == pytest.approx([1, -2])


@pytest.mark.parametrize("name", sorted(name for name in catalogue().names("optimizer") if name == "LarsMomentum"
                                         or hasattr(paddle.optimizer, name)))  # some came with Paddle 3
def test_every_optimizer_takes_its_own_defaults(name):
    assert not np.allclose(steps({"function": name}, GRADIENTS), [1, -2])
    bound = bind_optimizer(optimizer_section({"function": name, "params": {
        key: known.default for key, known in catalogue().parameters("optimizer", name).items()}}))
    assert bound == bind_optimizer(optimizer_section({"function": name}))


def test_frozen_parameters_are_left_out():
    model = nn.Linear(1, 1)
    for parameter in model.parameters():
        parameter.stop_gradient = True
    with pytest.raises(UserError, match="frozen"):
        build_optimizer(optimizer_section({"function": "SGD"}), model)


@pytest.mark.parametrize(("section", "words"), [
    ({"function": "Momentun"}, "Did you mean 'Momentum'"),
    ({"function": "Momentum", "params": {"nesterov": True}}, "use_nesterov"),
    ({"function": "SGD", "params": {"momentum": 0.9}}, "no parameter 'momentum'"),
    ({"function": "Adam", "params": {"beta1": "high"}}, "a number"),
    ({"function": "AdamW", "regularizer": {"function": "L2", "factor": 1e-4}}, "weight_decay"),
    ({"function": "Ftrl"}, "no longer"),
    ({"function": "LBFGS"}, "several times"),
])
def test_mistakes_are_named(section, words):
    with pytest.raises(UserError) as caught:
        bind_optimizer(optimizer_section(section))
    assert words in str(caught.value)


def test_published_names_and_their_aliases_work():
    assert [optimizer_name(name) for name in ("RmsProp", "MomentumOptimizer", "Lars", "adam")] == [
        "RMSProp", "Momentum", "LarsMomentum", "Adam"]


def test_the_average_follows_the_published_ramp():
    layer = nn.Linear(1, 1, bias_attr=False)
    ema, shadow = Ema(layer, 0.4), 0.0
    for step, value in enumerate((1.0, 3.0, -2.0, 5.0, 4.0, 1.0)):
        layer.weight.set_value(np.array([[value]], np.float32))
        ema.update(step)
        decay = min(0.4, (step + 1) / (step + 10))
        shadow = decay * shadow + (1 - decay) * value
    with ema.applied():
        assert layer.weight.item() == pytest.approx(shadow, rel=1e-6)
    assert layer.weight.item() == 1.0


THIRD_PARTY = """
import paddle


def sign_sgd(parameters, grad_clip, scale: float = 1.0):
    return paddle.optimizer.SGD(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, weight_decay=scale)
"""


@pytest.fixture
def third_party(tmp_path, monkeypatch):
    """Catalogue with an optimizer `SignSGD` of a plugin, which takes neither regularizer nor names without decay."""
    (tmp_path / "third_party_optimizer.py").write_text(THIRD_PARTY, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    loader = Loader()
    loader.load_installed()
    plugin = LoadedPlugin("third-party", "1.0", "third")
    record = Optimizer("SignSGD", "third_party_optimizer:sign_sgd", "for tests", ("Signum",))
    plugin.records.append(("optimizer", record))
    loader.loaded.append(plugin)
    with_plugin = Catalogue(loader)
    for module in (names, build):
        monkeypatch.setattr(module, "catalogue", lambda: with_plugin)
    return with_plugin


def test_a_record_of_a_plugin_is_found_checked_and_built_like_those_of_core(third_party):
    for name in ("SignSGD", "signsgdOptimizer", "Signum", "third-party:SignSGD"):
        assert bind_optimizer(optimizer_section({"function": name, "params": {"scale": "0.5"}}))[1] == {"scale": 0.5}
    optimizer = build_optimizer(optimizer_section({"function": "SignSGD", "grad_clip": {"norm": 1}}), nn.Linear(1, 1))
    assert isinstance(optimizer, paddle.optimizer.SGD)
    assert "SignSGD" in third_party.names("optimizer")


def test_an_optimizer_can_be_created_by_name_for_given_parameters():
    optimizer = create("optimizer", "Adam", parameters=nn.Linear(1, 1).parameters(), beta1="0.8")
    assert (type(optimizer).__name__, optimizer._beta1) == ("Adam", 0.8)


@pytest.mark.parametrize(("section", "words"), [
    ({"params": {"scael": 1}}, "Did you mean 'scale'"),
    ({"regularizer": {"function": "L2", "factor": 1}}, "ignores a regularizer"),
    ({"no_weight_decay": ["norm"]}, "no_weight_decay has no effect on SignSGD"),
])
def test_what_the_optimizer_of_a_plugin_does_not_take_is_refused(third_party, section, words):
    with pytest.raises(UserError, match=words):
        bind_optimizer(optimizer_section({"function": "SignSGD", **section}))


def test_listing_and_checking_optimizers_does_not_import_paddle():
    code = ("import sys; from ppclas_core.config.sections import OptimizerSection;"
            "from ppclas_core.optim.build import bind_optimizer; bind_optimizer(OptimizerSection('AdamW', {}));"
            "assert 'paddle' not in sys.modules")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_state_that_belongs_to_no_parameter_is_refused_with_the_form_of_its_keys():
    class Wrong:
        def state_dict(self):
            return {"average": paddle.zeros([1])}

    wrong: Any = Wrong()
    with pytest.raises(UserError, match="the key 'average', which begins with no parameter's name") as caught:
        optimizer_state(wrong, nn.Linear(2, 1))
    assert "<name of the parameter>_<accumulator>" in str(caught.value)
