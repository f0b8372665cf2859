# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of an optimizer plugin: the sign of a moving average of the gradients."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "An optimizer"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Optimizer(
            name="@component@",
            target="@package@.@module@:build_@module@",
            help="steps of equal size for every parameter",
        ),
    '''

MODULE = '''\
"""@component@: name the paper."""

from __future__ import annotations

from typing import Any, Dict, List

import paddle


class @component@:
    """Move each parameter by the learning rate, against the sign of the moving average of its gradient.

    Args:
        parameters: trainable parameters.
        momentum: weight of the previous average, 0..1.
    """

    def __init__(self, parameters: List[Any], momentum: float) -> None:
        self.parameters = parameters
        self.momentum = momentum
        self.rate = 0.0
        self.averages = {each.name: paddle.zeros_like(each) for each in parameters}

    def set_lr(self, value: float) -> None:
        """Set the learning rate of the next steps."""
        self.rate = value

    def step(self) -> None:
        """Update the parameters with their gradients."""
        with paddle.no_grad():
            for each in self.parameters:
                if each.grad is not None:
                    average = self.momentum * self.averages[each.name] + (1.0 - self.momentum) * each.grad
                    self.averages[each.name] = average
                    each.set_value(each - self.rate * paddle.sign(average))

    def clear_grad(self) -> None:
        """Set the gradients to zero."""
        for each in self.parameters:
            each.clear_gradient()

    def state_dict(self) -> Dict[str, Any]:
        """Return the averages by `<parameter name>_average`."""
        return {f"{name}_average": value for name, value in self.averages.items()}

    def set_state_dict(self, state_dict: Dict[str, Any]) -> None:
        """Set the averages."""
        self.averages = {name: paddle.assign(state_dict[f"{name}_average"]) for name in self.averages}


def build_@module@(parameters: List[Any], momentum: float = 0.9) -> @component@:
    """Build the optimizer, with learning rate 0; the trainer supplies `parameters` and sets the rate of each step."""
    return @component@(parameters, momentum)
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
OPTIMIZER:
  function: @component@
  params: {momentum: 0.9}
  regularizer:  # none: that of the base config is for optimizers that take one
LEARNING_RATE:
  params: {lr: 0.003}
"""

FILES = component_files(
    plugin_module("Optimizer", "ppclas_optimizers", "optimizer", RECORDS),
    MODULE,
    kit_tests("OptimizerConformance", "Optimizers", "; add the steps that the paper gives."),
    CONFIG,
)
