# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Losses that compare a student with a teacher; all take logits of both, work in float64 and stay finite.

p is the softmax of the student, q that of the teacher. Mixed precision does not reach float64, and where student and
teacher are both sure of different classes the gradient is a small difference of large numbers, which float32 loses.
"""

from __future__ import annotations

import math

import paddle

from ppclas_core.errors import UserError

_LARGEST = 1e30
"""Logits beyond are cut to it, so that infinite ones give a finite loss."""


class DistillationLoss:
    """What the losses share: the mean over the batch of `rows`."""

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Student and teacher logits (N, K) of any float dtype -> 0-D float32. No gradient reaches the teacher."""
        return self.rows(logits, target).mean().astype("float32")

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """The loss of each sample: student and teacher logits (N, K) -> (N,) float64."""
        raise NotImplementedError


class JSDivLoss(DistillationLoss):
    """Half of KL(q||p) + KL(p||q), at temperature 1.

    July 2020 called this Jensen-Shannon divergence, and its published students were trained with it; it is half of
    the symmetric divergence of Jeffreys (1946), and unbounded. `JSLoss` is the one of the name.
    """

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits -> (N,) float64, each at least 0."""
        log_p, log_q = log_softmax(logits), log_softmax(target.detach())
        return 0.5 * ((log_q.exp() - log_p.exp()) * (log_q - log_p)).sum(axis=-1)


class JSLoss(DistillationLoss):
    """Jensen-Shannon divergence: the mean of KL(p||m) and KL(q||m), m = (p + q) / 2. Source: Lin (1991)."""

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits -> (N,) float64 in 0..ln 2."""
        log_p, log_q = log_softmax(logits), log_softmax(target.detach())
        one, other = log_p.detach(), log_q
        # m stands without gradient: what flows through it is the change of its sum, and that is always 1.
        log_m = paddle.maximum(one, other) + (0.5 + 0.5 * (-(one - other).abs()).exp()).log()
        return 0.5 * (log_p.exp() * (log_p - log_m) + log_q.exp() * (log_q - log_m)).sum(axis=-1)


class KLLoss(DistillationLoss):
    """KL(q||p) of both softmaxes at a temperature, times its square, which keeps the size of the gradient.

    Args:
        temperature: divides both logits; above 1 the classes that are not the best count more. Source: Hinton et al.
            (2015).
    """

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = _positive(temperature)

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits -> (N,) float64, each at least 0."""
        log_p, log_q = log_softmax(logits, self.temperature), log_softmax(target.detach(), self.temperature)
        return self.temperature**2 * (log_q.exp() * (log_q - log_p)).sum(axis=-1)


class SoftCELoss(DistillationLoss):
    """Cross-entropy of the student against the probabilities of the teacher: KLLoss plus the entropy of the teacher.

    Its gradient is that of KLLoss.

    Args:
        temperature: as in KLLoss.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = _positive(temperature)

    def rows(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits -> (N,) float64, each at least 0."""
        log_p, log_q = log_softmax(logits, self.temperature), log_softmax(target.detach(), self.temperature)
        return -(self.temperature**2) * (log_q.exp() * log_p).sum(axis=-1)


def log_softmax(logits: paddle.Tensor, temperature: float = 1.0) -> paddle.Tensor:
    """(..., K) logits -> (..., K) float64 log-probabilities.

    Not Paddle's own: that of the CPU does not go below -64.
    """
    scaled = logits.astype("float64").clip(-_LARGEST, _LARGEST) / temperature
    shifted = scaled - scaled.detach().max(axis=-1, keepdim=True)
    return shifted - shifted.exp().sum(axis=-1, keepdim=True).log()


def _positive(temperature: float) -> float:
    if not 0.0 < temperature < math.inf:
        raise UserError(f"temperature is {temperature}; it must be above 0")
    return temperature
