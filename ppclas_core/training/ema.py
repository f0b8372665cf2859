# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Exponential moving average (EMA) of the trainable parameters."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Dict, Iterator, Mapping

import numpy as np
import paddle
from paddle import nn


class Ema:
    """Moving averages: after step t, average = d * average + (1 - d) * parameter; d = min(decay, (t + 1) / (t + 10)).

    The averages start at 0 without bias correction: d is small in the first steps, so the initial value fades within a
    few updates.
    Running statistics of batch norms are not averaged.

    Args:
        model: model whose trainable parameters are averaged.
        decay: upper bound of d, 0..1.
    """

    def __init__(self, model: nn.Layer, decay: float) -> None:
        self._parameters = {key: value for key, value in model.named_parameters() if not value.stop_gradient}
        self._averages = {key: paddle.zeros_like(value) for key, value in self._parameters.items()}
        self._decay = decay

    def update(self, step: int) -> None:
        """Update the averages after optimizer step `step`, counted from 0."""
        d = min(self._decay, (step + 1) / (step + 10))
        with paddle.no_grad():
            for key, parameter in self._parameters.items():
                self._averages[key] = self._averages[key] * d + parameter.detach() * (1.0 - d)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Give the model the averages as parameters during the block."""
        own = {key: value.numpy().copy() for key, value in self._parameters.items()}
        self._assign({key: value.numpy() for key, value in self._averages.items()})
        try:
            yield
        finally:
            self._assign(own)

    def raw_parameters(self) -> Dict[str, np.ndarray]:
        """Return the parameters that the optimizer updates, by key; not for use inside `applied`."""
        return {key: value.numpy() for key, value in self._parameters.items()}

    def restore(self, raw: Mapping[str, np.ndarray]) -> None:
        """Continue from a checkpoint, whose averages the model has now; `raw` is the result of `raw_parameters`."""
        self._averages = {key: value.detach().clone() for key, value in self._parameters.items()}
        self._assign(raw)

    def _assign(self, values: Mapping[str, np.ndarray]) -> None:
        for key, parameter in self._parameters.items():
            parameter.set_value(np.asarray(values[key]))
