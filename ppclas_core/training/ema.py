# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Exponential moving average of the trainable parameters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Dict, Iterator, Mapping

import numpy as np
import paddle
from paddle import nn


class Ema:
    """shadow = d * shadow + (1 - d) * parameter after each step, d = min(decay, (t + 1) / (t + 10)).

    The shadow starts at 0 and is not corrected for it: the ramp of d makes the start vanish. Running statistics of
    batch norms are not averaged.

    Args:
        model: whose parameters are followed; `decay` in 0..1 is the upper bound of d.
    """

    def __init__(self, model: nn.Layer, decay: float) -> None:
        self._parameters = {key: value for key, value in model.named_parameters() if not value.stop_gradient}
        self._shadow = {key: paddle.zeros_like(value) for key, value in self._parameters.items()}
        self._decay = decay

    @paddle.no_grad()
    def update(self, step: int) -> None:
        """Follow the parameters after optimizer step `step`, counted from 0."""
        d = min(self._decay, (step + 1) / (step + 10))
        for key, parameter in self._parameters.items():
            self._shadow[key] = self._shadow[key] * d + parameter.detach() * (1.0 - d)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Inside, the model holds the averaged parameters; afterwards its own again."""
        own = {key: value.numpy().copy() for key, value in self._parameters.items()}
        self._assign({key: value.numpy() for key, value in self._shadow.items()})
        try:
            yield
        finally:
            self._assign(own)

    def raw_parameters(self) -> Dict[str, np.ndarray]:
        """Return the parameters that the optimizer updates, by key."""
        return {key: value.numpy() for key, value in self._parameters.items()}

    def restore(self, raw: Mapping[str, np.ndarray]) -> None:
        """Continue from a checkpoint: the model holds the averages as they were saved; `raw` is what training needs."""
        self._shadow = {key: value.detach().clone() for key, value in self._parameters.items()}
        self._assign(raw)

    def _assign(self, values: Mapping[str, np.ndarray]) -> None:
        for key, parameter in self._parameters.items():
            parameter.set_value(np.asarray(values[key]))
