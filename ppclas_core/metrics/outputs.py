# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The outputs of a model for one batch, with its labels: what metrics are updated from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, NamedTuple, Optional, Tuple

import numpy as np


class ClassCounts(NamedTuple):
    """How often each class occurred, was predicted, and was predicted where it occurred; three (K,) int64."""

    samples: np.ndarray
    predicted: np.ndarray
    correct: np.ndarray


class Outputs(ABC):
    """Logits and labels of one batch. What several metrics need is computed once, at first use.

    Args:
        logits: (N, K) float32.
        labels: (N,) int64, or label sets (N, K), above 0 for the classes of an image.
        loss: mean loss of the batch.
    """

    def __init__(self, logits: np.ndarray, labels: np.ndarray, loss: float = 0.0) -> None:
        self.logits, self.labels, self.loss = logits, labels, loss

    def __len__(self) -> int:
        return len(self.logits)

    @property
    @abstractmethod
    def class_counts(self) -> ClassCounts:
        """Counts of each class in this batch."""


class SingleLabelOutputs(Outputs):
    """Outputs for images of one class each: the prediction is the class of the highest logit."""

    @cached_property
    def ranks(self) -> np.ndarray:
        """Rank of the true class of each sample, (N,) int64, see `ranks`."""
        return ranks(self.logits, self.labels)

    @cached_property
    def predicted(self) -> np.ndarray:
        """Class index of the highest logit, (N,) int64."""
        return self.logits.argmax(axis=1)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Softmax, (N, K) float64."""
        shifted = np.exp((self.logits - self.logits.max(axis=1, keepdims=True)).astype(np.float64))
        result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
        return result

    @cached_property
    def class_counts(self) -> ClassCounts:
        """Counts of each class in this batch."""
        classes, labels, predicted = self.logits.shape[1], self.labels, self.predicted
        return ClassCounts(np.bincount(labels, minlength=classes), np.bincount(predicted, minlength=classes),
                           np.bincount(labels[predicted == labels], minlength=classes))


class LabelSetOutputs(Outputs):
    """Outputs for images with any number of classes: each class whose score reaches the threshold is predicted.

    Args:
        threshold: sigmoid score, 0..1.
    """

    def __init__(self, logits: np.ndarray, labels: np.ndarray, loss: float = 0.0, *, threshold: float = 0.5) -> None:
        super().__init__(logits, labels, loss)
        self.threshold = threshold

    @cached_property
    def shown(self) -> np.ndarray:
        """Which classes each image has, (N, K) bool."""
        return self.labels > 0

    @cached_property
    def found(self) -> np.ndarray:
        """Which classes are predicted, (N, K) bool."""
        result: np.ndarray = sigmoid(self.logits) >= self.threshold
        return result

    @cached_property
    def class_counts(self) -> ClassCounts:
        """Counts of each class in this batch."""
        return ClassCounts(*(each.sum(axis=0) for each in (self.shown, self.found, self.shown & self.found)))


def ranks(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the rank of the true class of each sample by descending logit, 0 for the highest.

    Of equal logits the lower class index comes first; a NaN logit of the true class gives the last rank.

    Args:
        logits: (N, K) float; labels: (N,) int.

    Returns:
        (N,) int64.
    """
    true = logits[np.arange(len(labels)), labels][:, None]
    before = np.arange(logits.shape[1])[None, :] < np.asarray(labels)[:, None]
    rank = ((logits > true) | ((logits == true) & before)).sum(axis=1)
    return np.where(np.isnan(true[:, 0]), logits.shape[1], rank).astype(np.int64)


def dominant_labels(labels: Any, mixed: Optional[Tuple[Any, Any, Any]]) -> np.ndarray:
    """Return the labels that outputs are compared with: of a mixed batch, those with the larger weight.

    Args:
        labels: (N,), or label sets (N, K).
        mixed: None, or (y_a, y_b, lambda) of a mixing op.
    """
    if mixed is None:
        return np.asarray(labels)
    y_a, y_b, lam = (np.asarray(part) for part in mixed)
    first = lam >= 0.5
    return np.where(first[:, None] if first.ndim < y_a.ndim and first.ndim else first, y_a, y_b)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-logits)), float64 of the same shape, without overflow."""
    part = np.exp(-np.abs(logits.astype(np.float64)))
    scores: np.ndarray = np.where(logits >= 0, 1.0, part) / (1.0 + part)
    return scores
