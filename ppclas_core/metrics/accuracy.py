# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Counts of right answers: every average is over samples, so that batches of any size weigh rightly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

import numpy as np


def ranks(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Place of the true class of each sample, 0 for the best, by descending logit.

    Of equal logits the lower class index comes first; a NaN logit of the true class gives the last place.

    Args:
        logits: (N, K) float; labels: (N,) int.

    Returns:
        (N,) int64.
    """
    true = logits[np.arange(len(labels)), labels][:, None]
    before = np.arange(logits.shape[1])[None, :] < np.asarray(labels)[:, None]
    place = ((logits > true) | ((logits == true) & before)).sum(axis=1)
    return np.where(np.isnan(true[:, 0]), logits.shape[1], place).astype(np.int64)


def dominant_labels(labels: Any, mixed: Optional[Tuple[Any, Any, Any]]) -> np.ndarray:
    """(N,) labels, or (N, K) rows of them, that answers are counted against: of a blend, those of the larger share."""
    if mixed is None:
        return np.asarray(labels)
    y_a, y_b, lam = (np.asarray(part) for part in mixed)
    first = lam >= 0.5
    return np.where(first[:, None] if first.ndim < y_a.ndim and first.ndim else first, y_a, y_b)


@dataclass
class Counter:
    """Sums over samples of one epoch or one evaluation.

    Args:
        topk: the second accuracy; clipped to the number of classes by the caller.
    """

    topk: int
    samples: int = 0
    top1: int = 0
    within_k: int = 0
    loss: float = 0.0
    steps: int = 0
    seconds: float = 0.0

    def count(self, logits: np.ndarray, labels: np.ndarray, mixed: Optional[Tuple[Any, Any, Any]], loss: float,
              seconds: float) -> Dict[str, float]:
        """Count one batch; gives its `top1` and `topk`, against the label of the larger share of a blend.

        Args:
            logits: (N, K) float32; labels: (N,); mixed: see `Batch`; loss: its mean.
        """
        top1, topk = self.add(ranks(logits, dominant_labels(labels, mixed)), loss, seconds)
        return {"top1": top1, "topk": topk}

    def add(self, place: np.ndarray, loss: float, seconds: float = 0.0) -> Tuple[float, float]:
        """Count one batch by its `ranks` and its mean loss; gives top1 and topk of that batch in 0..1."""
        count, first, within = len(place), int((place == 0).sum()), int((place < self.topk).sum())
        self.samples += count
        self.top1 += first
        self.within_k += within
        self.loss += loss * count
        self.steps += 1
        self.seconds += seconds
        return first / max(count, 1), within / max(count, 1)

    def averages(self) -> Dict[str, float]:
        """`loss`, `top1`, `topk` per sample; 0 before the first sample."""
        count = max(self.samples, 1)
        return {"loss": self.loss / count, "top1": self.top1 / count, "topk": self.within_k / count}

    def totals(self) -> np.ndarray:
        """(4,) float64: what is added over processes."""
        return np.array([self.samples, self.top1, self.within_k, self.loss], np.float64)

    def set_totals(self, totals: np.ndarray) -> None:
        """Take over sums of `totals()`."""
        self.samples, self.top1, self.within_k = (int(value) for value in totals[:3])
        self.loss = float(totals[3])

    def to_dict(self) -> Dict[str, Any]:
        """Plain numbers for `state.json`."""
        return dict(vars(self))


@dataclass
class PerClass:
    """How often each class occurred and was recognised.

    Args:
        num_classes: K; the arrays are (K,) int64.
    """

    num_classes: int
    samples: np.ndarray = field(init=False)
    correct: np.ndarray = field(init=False)
    predicted: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.samples, self.correct, self.predicted = (np.zeros(self.num_classes, np.int64) for _ in range(3))

    def add(self, predictions: np.ndarray, labels: np.ndarray) -> None:
        """Count (N,) predicted and true classes."""
        self.samples += np.bincount(labels, minlength=self.num_classes)
        self.predicted += np.bincount(predictions, minlength=self.num_classes)
        self.correct += np.bincount(labels[predictions == labels], minlength=self.num_classes)

    def table(self, names: List[str]) -> List[Dict[str, Any]]:
        """One row per class that occurred or was predicted: name, samples, correct, recall, precision, f1."""
        rows = []
        for index in np.flatnonzero(self.samples + self.predicted):
            samples, correct, predicted = (int(a[index]) for a in (self.samples, self.correct, self.predicted))
            rows.append({"class": names[index], "samples": samples, "correct": correct,
                         "recall": correct / samples if samples else None,
                         "precision": correct / predicted if predicted else None,
                         "f1": 2 * correct / (samples + predicted)})
        return rows

    def macro(self) -> Dict[str, float]:
        """Averages over the classes that occurred, small ones counting as much as large ones: `balanced_accuracy`
        (of the recalls) and `macro_f1`; 0 before the first sample."""
        seen = self.samples > 0
        samples, correct, predicted = self.samples[seen], self.correct[seen], self.predicted[seen]
        count = max(int(seen.sum()), 1)
        return {"balanced_accuracy": float((correct / samples).sum() / count),
                "macro_f1": float((2 * correct / (samples + predicted)).sum() / count)}
