# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of losses: finite scalars, gradients against finite differences, extreme logits, soft labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, ClassVar, Iterator, Optional, Tuple

import numpy as np
import pytest

from ppclas_core.api import Loss
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import bind_parameters, parameters
from ppclas_core.testing.base import Conformance

if TYPE_CHECKING:
    import paddle


class LossConformance(Conformance):
    """Tests of a plugin's losses; subclasses set `plugin`.

    Attributes for the subclass:
        targets: accepted targets: any of "indices" (N,), "probabilities" (N, K) and "logits" (N, K) of a teacher.

    A subclass may also override `reference`.
    """

    kind = "loss"
    targets: ClassVar[Tuple[str, ...]] = ("indices", "probabilities")

    def reference(self, record: Loss, logits: np.ndarray, target: np.ndarray) -> Optional[float]:
        """Return the expected value in float64, or None if the subclass has no reference."""
        return None

    def make(self, record: Loss) -> Callable[[paddle.Tensor, paddle.Tensor], paddle.Tensor]:
        """Return the loss; its parameters are checked like those of a config."""
        target = resolve(record.target, owner=record.name)
        loss: Callable[[paddle.Tensor, paddle.Tensor], paddle.Tensor] = target(
            **bind_parameters(target, self.build_params(record), owner=record.name))
        return loss

    def cases(self) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
        """Yield pairs (logits (N, K) float32, target): a usual one, a single sample, extreme logits."""
        rng = np.random.default_rng(11)
        for count, classes, scale in ((4, 5, 1.0), (1, 2, 3.0), (3, 7, 1e4)):
            logits = (rng.standard_normal((count, classes)) * scale).astype(np.float32)
            if "indices" in self.targets:
                yield logits, rng.integers(0, classes, count)
            if "probabilities" in self.targets:
                raw = rng.random((count, classes)).astype(np.float32)
                yield logits, raw / raw.sum(1, keepdims=True)
            if "logits" in self.targets:
                yield logits, (rng.standard_normal((count, classes)) * scale).astype(np.float32)

    def test_it_is_a_finite_scalar(self, record: Loss) -> None:
        """The value is a finite 0-D tensor, also for logits of 1e4."""
        import paddle

        for logits, target in self.cases():
            value = self.make(record)(paddle.to_tensor(logits), paddle.to_tensor(target))
            assert list(value.shape) == []
            assert np.isfinite(value.item())

    def test_any_number_of_labels_is_taken(self, record: Loss) -> None:
        """A loss with `multilabel` accepts targets with no, one and several labels, as in `task: multilabel`."""
        import paddle

        if not record.multilabel:
            pytest.skip("the record does not say multilabel")
        target = resolve(record.target, owner=record.name)
        supplied = {"sigmoid": True} if "sigmoid" in parameters(target) else {}
        loss = target(**bind_parameters(target, {**self.build_params(record), **supplied}, owner=record.name))
        hot = np.array([[0, 0, 0], [0, 1, 0], [1, 1, 1]], np.float32)
        right, wrong = (loss(paddle.to_tensor(size * (hot - 0.5)), paddle.to_tensor(hot)).item() for size in (20, -20))
        assert 0 <= right < wrong < np.inf

    def test_it_equals_its_reference(self, record: Loss) -> None:
        """The value equals the subclass's reference in float64."""
        import paddle

        for logits, target in self.cases():
            expected = self.reference(record, logits.astype(np.float64), target)
            if expected is None:
                pytest.skip("the subclass gives no reference")
            value = self.make(record)(paddle.to_tensor(logits), paddle.to_tensor(target)).item()
            assert value == pytest.approx(expected, rel=1e-4, abs=1e-5)

    def test_the_gradient_matches_differences(self, record: Loss) -> None:
        """The gradient equals central differences in each logit."""
        import paddle

        logits, target = next(iter(self.cases()))
        loss = self.make(record)
        tensor = paddle.to_tensor(logits, stop_gradient=False)
        loss(tensor, paddle.to_tensor(target)).backward()
        gradient = tensor.grad.numpy()
        step = 1e-2
        for index in np.ndindex(*logits.shape):
            values = []
            for sign in (1, -1):
                moved = logits.copy()
                moved[index] += sign * step
                values.append(loss(paddle.to_tensor(moved), paddle.to_tensor(target)).item())
            assert gradient[index] == pytest.approx((values[0] - values[1]) / (2 * step), abs=2e-3)
