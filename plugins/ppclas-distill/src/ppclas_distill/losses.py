# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Distillation losses of student and teacher logits, computed in float64, always finite.

p is the softmax of the student, q that of the teacher. Float64 is not affected by mixed precision. If student and
teacher are confident of different classes, the gradient is a small difference of large numbers, which would be lost in
float32.
"""

from __future__ import annotations

import math

import paddle

from ppclas_core.errors import UserError

_LARGEST = 1e30
"""Largest absolute value of a logit; larger values are clipped, so that the loss is finite."""


class DistillationLoss:
    """Base class of the losses, which return the mean of `rows` over the batch."""

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the mean loss, 0-D float32, of student and teacher logits (N, K); the teacher gets no gradient."""
        return self.rows(logits, target).mean().astype("float32")

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the loss of each sample, (N,) float64, of student and teacher logits (N, K)."""
        raise NotImplementedError


class JSDivLoss(DistillationLoss):
    """Half of the symmetric KL divergence: (KL(q||p) + KL(p||q)) / 2, at temperature 1.

    It is half of the divergence of Jeffreys (1946), and unbounded. The published SSLD students were trained with it
    under the name Jensen-Shannon divergence; `JSLoss` is the Jensen-Shannon divergence proper.
    """

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the loss of each sample, (N,) float64 >= 0, of logits (N, K)."""
        log_p, log_q = log_softmax(logits), log_softmax(target.detach())
        return 0.5 * ((log_q.exp() - log_p.exp()) * (log_q - log_p)).sum(axis=-1)


class JSLoss(DistillationLoss):
    """Jensen-Shannon divergence: the mean of KL(p||m) and KL(q||m), m = (p + q) / 2. Source: Lin (1991)."""

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the loss of each sample, (N,) float64 in 0..ln 2, of logits (N, K)."""
        log_p, log_q = log_softmax(logits), log_softmax(target.detach())
        one, other = log_p.detach(), log_q
        # m needs no gradient: its contribution is the gradient of the sum of m, which is always 1
        log_m = paddle.maximum(one, other) + (0.5 + 0.5 * (-(one - other).abs()).exp()).log()
        return 0.5 * (log_p.exp() * (log_p - log_m) + log_q.exp() * (log_q - log_m)).sum(axis=-1)


class KLLoss(DistillationLoss):
    """KL(q||p) at a temperature T, times T**2, which keeps the scale of the gradient.

    Args:
        temperature: divisor of the logits; above 1, classes other than the best count more. Source: Hinton et al.
            (2015).
    """

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = _positive(temperature)

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the loss of each sample, (N,) float64 >= 0, of logits (N, K)."""
        log_p, log_q = log_softmax(logits, self.temperature), log_softmax(target.detach(), self.temperature)
        return self.temperature**2 * (log_q.exp() * (log_q - log_p)).sum(axis=-1)


class SoftCELoss(DistillationLoss):
    """Cross-entropy of the student with the teacher's probabilities: KLLoss plus the entropy of the teacher.

    Its gradient equals that of KLLoss.

    Args:
        temperature: as in KLLoss.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = _positive(temperature)

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the loss of each sample, (N,) float64 >= 0, of logits (N, K)."""
        log_p, log_q = log_softmax(logits, self.temperature), log_softmax(target.detach(), self.temperature)
        return -(self.temperature**2) * (log_q.exp() * log_p).sum(axis=-1)


def log_softmax(logits: paddle.Tensor, temperature: float = 1.0) -> paddle.Tensor:
    """Return the log-probabilities (..., K) float64 of logits (..., K).

    Paddle's log_softmax is not used, because its CPU kernel does not go below -64.
    """
    scaled = logits.astype("float64").clip(-_LARGEST, _LARGEST) / temperature
    shifted = scaled - scaled.detach().max(axis=-1, keepdim=True)
    return shifted - shifted.exp().sum(axis=-1, keepdim=True).log()


def _positive(temperature: float) -> float:
    if not 0.0 < temperature < math.inf:
        raise UserError(f"temperature is {temperature}; it must be above 0")
    return temperature
