# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Outputs of a model for one batch with the labels: the input of metrics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import NamedTuple, Optional, Tuple, Union

import numpy as np

MixedLabels = Tuple[np.ndarray, np.ndarray, Union[float, np.ndarray]]
"""(y_a, y_b, lambda) of a mixing op: two arrays of labels, and the weight of y_a in 0..1, one number or (N,)."""


class ClassCounts(NamedTuple):
    """Counts per class, (K,) int64 each.

    Args:
        samples: images that have the class.
        predicted: images for which the class is predicted.
        correct: images that have the class and for which it is predicted.
    """

    samples: np.ndarray
    predicted: np.ndarray
    correct: np.ndarray


class Outputs(ABC):
    """Logits and labels of one batch; derived values are computed once, at first use, for all metrics.

    Args:
        logits: (N, K) float32, of the main output.
        labels: (N,) int64 class indices; for label sets (N, K) float32, above 0 for the classes of an image.
        loss: mean loss of the batch.
    """

    def __init__(self, logits: np.ndarray, labels: np.ndarray, loss: float = 0.0) -> None:
        self.logits = logits
        self.labels = labels
        self.loss = loss

    def __len__(self) -> int:
        return len(self.logits)

    @property
    @abstractmethod
    def class_counts(self) -> ClassCounts:
        """Counts per class in this batch."""


class SingleLabelOutputs(Outputs):
    """Outputs for images of one class each; the class with the highest logit is predicted."""

    @cached_property
    def ranks(self) -> np.ndarray:
        """Rank of the true class of each sample, (N,) int64, 0 for the highest logit; see `ranks`."""
        return ranks(self.logits, self.labels)

    @cached_property
    def predicted(self) -> np.ndarray:
        """Class index of the highest logit, (N,) int64."""
        result: np.ndarray = self.logits.argmax(axis=1)
        return result

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Softmax of the logits, (N, K) float64."""
        shifted = np.exp((self.logits - self.logits.max(axis=1, keepdims=True)).astype(np.float64))
        result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
        return result

    @cached_property
    def class_counts(self) -> ClassCounts:
        """Counts per class in this batch."""
        classes, labels, predicted = self.logits.shape[1], self.labels, self.predicted
        return ClassCounts(np.bincount(labels, minlength=classes), np.bincount(predicted, minlength=classes),
                           np.bincount(labels[predicted == labels], minlength=classes))


class LabelSetOutputs(Outputs):
    """Outputs for images with label sets; each class whose sigmoid score reaches the threshold is predicted.

    Args:
        logits, labels, loss: see `Outputs`.
        threshold: 0..1.
    """

    def __init__(self, logits: np.ndarray, labels: np.ndarray, loss: float = 0.0, *, threshold: float = 0.5) -> None:
        super().__init__(logits, labels, loss)
        self.threshold = threshold

    @cached_property
    def shown(self) -> np.ndarray:
        """Whether each image has each class, (N, K) bool."""
        return self.labels > 0

    @cached_property
    def found(self) -> np.ndarray:
        """Whether each class is predicted for each image, (N, K) bool."""
        result: np.ndarray = sigmoid(self.logits) >= self.threshold
        return result

    @cached_property
    def class_counts(self) -> ClassCounts:
        """Counts per class in this batch."""
        return ClassCounts(*(each.sum(axis=0) for each in (self.shown, self.found, self.shown & self.found)))


def ranks(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the rank, (N,) int64, of the true class of each sample by descending logit, 0 for the highest.

    Of equal logits the lower class index comes first; if the logit of the true class is NaN, the rank is K.

    Args:
        logits: (N, K) float.
        labels: (N,) int, class indices.
    """
    true = logits[np.arange(len(labels)), labels][:, None]
    before = np.arange(logits.shape[1])[None, :] < np.asarray(labels)[:, None]
    rank = ((logits > true) | ((logits == true) & before)).sum(axis=1)
    return np.where(np.isnan(true[:, 0]), logits.shape[1], rank).astype(np.int64)


def dominant_labels(labels: np.ndarray, mixed: Optional[MixedLabels]) -> np.ndarray:
    """Return `labels`, or for a mixed batch those with the larger weight; the shape is that of `labels`.

    Args:
        labels: (N,), or label sets (N, K).
        mixed: labels and weights of a mixed batch, else None.
    """
    if mixed is None:
        return np.asarray(labels)
    y_a, y_b, lam = (np.asarray(part) for part in mixed)
    first = lam >= 0.5
    return np.where(first[:, None] if first.ndim < y_a.ndim and first.ndim else first, y_a, y_b)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-logits)) as float64 of the same shape, computed without overflow."""
    part = np.exp(-np.abs(logits.astype(np.float64)))
    scores: np.ndarray = np.where(logits >= 0, 1.0, part) / (1.0 + part)
    return scores
