# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of optimizers: they train, obey the rate that the trainer sets, and resume exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Tuple

import numpy as np

from ppclas_core.api import Optimizer as Record
from ppclas_core.optim.protocol import Optimizer
from ppclas_core.optim.state import optimizer_state, restore_optimizer
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import bind_parameters, parameters
from ppclas_core.testing.base import Conformance

if TYPE_CHECKING:
    from paddle import nn

SUPPLIED = ("parameters", "grad_clip", "regularizer", "no_decay")


class OptimizerConformance(Conformance):
    """Tests of a plugin's optimizers; subclasses set `plugin`, and `rate` where 0.01 is too much or too little."""

    kind = "optimizer"
    rate: float = 0.01

    def make(self, record: Record) -> Tuple[nn.Layer, Optimizer]:
        """Return a small layer with fixed weights and the optimizer of its parameters."""
        import paddle

        paddle.seed(3)
        layer = paddle.nn.Linear(4, 3)
        target = resolve(record.target, owner=record.name)
        supplied: Dict[str, object] = {"parameters": layer.parameters(), "grad_clip": None, "regularizer": None,
                                       "no_decay": {layer.bias.name}}
        bound = bind_parameters(target, self.build_params(record), owner=record.name, hidden=SUPPLIED)
        optimizer: Optimizer = target(**bound, **{key: value for key, value in supplied.items()
                                                  if key in parameters(target)})
        return layer, optimizer

    def steps(self, layer: nn.Layer, optimizer: Optimizer, count: int, rate: float) -> float:
        """Take `count` steps at a learning rate on a least-squares problem; return the loss before the last one."""
        import paddle

        images = paddle.to_tensor(np.random.default_rng(1).standard_normal((16, 4)).astype(np.float32))
        loss = paddle.zeros([])
        for _ in range(count):
            loss = ((layer(images) - 1.0) ** 2).mean()
            loss.backward()
            optimizer.set_lr(rate)
            optimizer.step()
            optimizer.clear_grad()
        return float(loss.item())

    def test_steps_reduce_the_loss(self, record: Record) -> None:
        """Sixty steps reduce a least-squares loss."""
        layer, optimizer = self.make(record)
        first = self.steps(layer, optimizer, 1, self.rate)
        assert self.steps(layer, optimizer, 60, self.rate) < first

    def test_the_rate_of_the_trainer_is_the_only_one(self, record: Record) -> None:
        """At rate 0 no parameter changes: warm-up starts there, and weight decay must follow the rate."""
        layer, optimizer = self.make(record)
        before = [parameter.numpy().copy() for parameter in layer.parameters()]
        self.steps(layer, optimizer, 2, 0.0)
        for parameter, value in zip(layer.parameters(), before):
            assert np.array_equal(parameter.numpy(), value)

    def test_a_resumed_run_takes_the_same_steps(self, record: Record) -> None:
        """Weights and state of a checkpoint give a new optimizer the next steps bit for bit."""
        layer, optimizer = self.make(record)
        self.steps(layer, optimizer, 4, self.rate)
        weights = [parameter.numpy().copy() for parameter in layer.parameters()]
        state = {key: value.copy() for key, value in optimizer_state(optimizer, layer).items()}
        self.steps(layer, optimizer, 3, self.rate)
        straight = [parameter.numpy() for parameter in layer.parameters()]
        resumed, fresh = self.make(record)
        for parameter, value in zip(resumed.parameters(), weights):
            parameter.set_value(value)
        restore_optimizer(fresh, resumed, state)
        self.steps(resumed, fresh, 3, self.rate)
        for parameter, value in zip(resumed.parameters(), straight):
            assert np.array_equal(parameter.numpy(), value)
