# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of the mixing ops: batch formats, partners, mixing weights (lambda) and labels."""

from __future__ import annotations

from typing import Generic, Optional, Sequence, Tuple, TypeVar, Union

import numpy as np

from ppclas_core.data.transforms import compat_flag
from ppclas_core.errors import UserError

Lambda = Union[float, np.ndarray]
"""Lambda: one number in 0..1 for the batch, or one per image, (N,) float64."""
Labels = Tuple[np.ndarray, np.ndarray, Lambda]
"""(y_a, y_b, lam): the target is lam * y_a + (1 - lam) * y_b."""
Samples = Sequence[Tuple[np.ndarray, int]]
"""A batch as (image, label) pairs."""
Draw = TypeVar("Draw")


class BatchMix(Generic[Draw]):
    """Base class of batch ops; a subclass implements `sample` and `apply`.

    Args:
        name: name of the op for error messages.
        alpha: both parameters of the beta distribution of lambda, above 0.
        per_sample: draw lambda per image instead of per batch.
        compat: 2020: one lambda per batch; contradicts `per_sample`.
    """

    def __init__(self, name: str, alpha: float, per_sample: bool, compat: Union[str, int]) -> None:
        if not alpha > 0:
            raise UserError(f"{name}: alpha is {alpha!r}; it must be above 0")
        self.name = name
        self.alpha = float(alpha)
        self.per_sample = bool(per_sample)
        self.compat = compat_flag(name, compat)
        if self.compat and self.per_sample:
            raise UserError(f"{name}: per_sample contradicts compat 2020, which has one lambda per batch",
                            do="remove one of them")

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Draw:
        """Draw the random parameters for a batch of shape (N, C, H, W) or (N, H, W, C)."""
        raise NotImplementedError

    def apply(self, images: np.ndarray, labels: np.ndarray, draw: Draw) -> Tuple[np.ndarray, Labels]:
        """Return the mixed images as a new array of the same dtype, and (y_a, y_b, lam)."""
        raise NotImplementedError

    def __call__(self, images: Union[np.ndarray, Samples], labels: Union[np.ndarray, Sequence[int], None] = None,
                 rng: Optional[np.random.Generator] = None) -> Tuple[np.ndarray, Labels]:
        """Draw and apply.

        Args:
            images: (N, C, H, W) or (N, H, W, C) float32 or uint8; or, without `labels`, a list of (image, label).
            labels: (N,) class indices.
            rng: random number generator; None: a new one with a random seed.

        Returns:
            The mixed images and (y_a, y_b, lam).

        Raises:
            UserError: the batch has another format.
        """
        batch, classes = self._arrays(images, labels)
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(batch, classes, self.sample(rng, batch.shape))

    def _arrays(self, images: Union[np.ndarray, Samples],
                labels: Union[np.ndarray, Sequence[int], None]) -> Tuple[np.ndarray, np.ndarray]:
        """Return images (N, ...) and class indices (N,) int64 of a batch in either format."""
        if labels is None:
            try:
                images, labels = zip(*images)
            except (TypeError, ValueError):
                raise UserError(f"{self.name}: without labels the batch must be a list of (image, label)") from None
        try:
            batch = np.asarray(images)
        except ValueError:
            raise UserError(f"{self.name}: the images have different shapes", do="crop them to one size") from None
        classes = np.asarray(labels)
        if batch.ndim != 4 or batch.dtype not in (np.uint8, np.float32, np.float64):
            raise UserError(f"{self.name}: images of shape {batch.shape} and type {batch.dtype} are no batch of "
                            "uint8 or float32 images; the shape must be (N, C, H, W) or (N, H, W, C)")
        if classes.shape != batch.shape[:1]:
            raise UserError(f"{self.name}: {len(batch)} images but labels of shape {classes.shape}")
        return batch, classes.astype(np.int64)

    def draw_lambdas(self, rng: np.random.Generator, count: int, second: Optional[float] = None) -> np.ndarray:
        """Draw lambda from Beta(alpha, `second` or alpha): float64 (1,), or (N,) if per sample."""
        return rng.beta(self.alpha, second or self.alpha, size=count if self.per_sample else 1)

    def label_triple(self, labels: np.ndarray, partners: np.ndarray, lambdas: np.ndarray) -> Labels:
        """Return (y_a, y_b, lam)."""
        return labels, labels[partners], lambdas if self.per_sample else float(lambdas[0])
