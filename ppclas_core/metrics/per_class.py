# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics that weigh all classes alike, and the table of classes of single-label images."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Dict, List, Optional, Sequence

import numpy as np

from ppclas_core.metrics.metric import ArrayCounts, Metric, Table
from ppclas_core.metrics.outputs import Outputs


class ClassCounter(ArrayCounts):
    """Counts how often each class occurred, was predicted, and was predicted where it occurred.

    Args:
        num_classes: K; the arrays are (K,) int64.
    """

    keys = ("class_samples", "class_predicted", "class_correct")

    def __init__(self, num_classes: int) -> None:
        self.class_samples, self.class_predicted, self.class_correct = (
            np.zeros(num_classes, np.int64) for _ in range(3))

    def update(self, outputs: Outputs) -> None:
        """Count one batch."""
        counts = outputs.class_counts
        self.class_samples += counts.samples
        self.class_predicted += counts.predicted
        self.class_correct += counts.correct


class _MacroMetric(ClassCounter, Metric[Outputs]):
    """The mean of a value over the classes that occurred, so that rare classes count as much as frequent ones.

    Args:
        threshold: of label sets; it enters the counts, and this class knows by it in which order values are added.
    """

    def __init__(self, num_classes: int, threshold: Optional[float] = None) -> None:
        super().__init__(num_classes)
        self._one_by_one = threshold is not None

    @abstractmethod
    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the value of each class that occurred, float64."""

    def compute(self) -> float:
        """Return the mean over the classes that occurred."""
        seen = self.class_samples > 0
        values = self.values(self.class_samples[seen], self.class_predicted[seen], self.class_correct[seen])
        # Two orders of summation, which differ in the last bit: earlier results must be reproduced exactly.
        total = sum(values.tolist()) if self._one_by_one else float(values.sum())
        return total / max(len(values), 1)


class BalancedAccuracy(_MacroMetric):
    """Mean over the classes that occurred of their recall."""

    name: ClassVar[str] = "balanced_accuracy"

    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the recall of each class."""
        return correct / samples


class MacroRecall(BalancedAccuracy):
    """Mean over the classes that occurred of their recall, by its usual name for label sets."""

    name = "macro_recall"


class MacroPrecision(_MacroMetric):
    """Mean over the classes that occurred of their precision, which is 0 for a class that was never predicted."""

    name = "macro_precision"

    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the precision of each class."""
        return correct / np.maximum(predicted, 1)


class MacroF1(_MacroMetric):
    """Mean over the classes that occurred of their F1 score."""

    name = "macro_f1"

    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the F1 score of each class."""
        return 2 * correct / (samples + predicted)


class ClassTable(ClassCounter, Table[Outputs]):
    """One row per class that occurred or was predicted."""

    name = "per_class"

    def compute(self, class_names: Sequence[str]) -> List[Any]:
        """Return rows: class, samples, correct, recall, precision, f1."""
        rows: List[Dict[str, Any]] = []
        for index in np.flatnonzero(self.class_samples + self.class_predicted):
            samples, predicted, correct = (int(counts[index]) for counts in (
                self.class_samples, self.class_predicted, self.class_correct))
            rows.append({"class": class_names[index], "samples": samples, "correct": correct,
                         "recall": correct / samples if samples else None,
                         "precision": correct / predicted if predicted else None,
                         "f1": 2 * correct / (samples + predicted)})
        return rows
