# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Macro averages, which weight all classes equally, and the table of classes of images of one class each."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Dict, List, Optional, Sequence

import numpy as np

from ppclas_core.metrics.metric import ArrayCounts, Metric, Table
from ppclas_core.metrics.outputs import Outputs


class ClassCounter(ArrayCounts):
    """Sums of `ClassCounts` over batches.

    Args:
        num_classes: K; the arrays are (K,) int64.
    """

    keys = ("class_samples", "class_predicted", "class_correct")

    def __init__(self, num_classes: int) -> None:
        self.class_samples, self.class_predicted, self.class_correct = (
            np.zeros(num_classes, np.int64) for _ in range(3))

    def update(self, outputs: Outputs) -> None:
        """Add the counts of one batch."""
        counts = outputs.class_counts
        self.class_samples += counts.samples
        self.class_predicted += counts.predicted
        self.class_correct += counts.correct


class _MacroMetric(ClassCounter, Metric[Outputs]):
    """Mean of a value over the classes that occurred; rare classes weigh as much as frequent ones.

    Args:
        num_classes: K.
        threshold: set for label sets only; it selects the order of summation in `compute`.
    """

    def __init__(self, num_classes: int, threshold: Optional[float] = None) -> None:
        super().__init__(num_classes)
        self._one_by_one = threshold is not None

    @abstractmethod
    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the value of each class that occurred, float64 of the shape of the arguments, see `ClassCounts`."""

    def compute(self) -> float:
        """Return the mean over the classes that occurred."""
        seen = self.class_samples > 0
        values = self.values(self.class_samples[seen], self.class_predicted[seen], self.class_correct[seen])
        # The two orders of summation differ in the last bit; results of earlier versions stay reproducible.
        total = sum(values.tolist()) if self._one_by_one else float(values.sum())
        return total / max(len(values), 1)


class BalancedAccuracy(_MacroMetric):
    """Mean recall over the classes that occurred."""

    name: ClassVar[str] = "balanced_accuracy"

    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the recall of each class."""
        result: np.ndarray = correct / samples
        return result


class MacroRecall(BalancedAccuracy):
    """Mean recall over the classes that occurred; this is its usual name for label sets."""

    name = "macro_recall"


class MacroPrecision(_MacroMetric):
    """Mean precision over the classes that occurred; the precision of a class that was never predicted is 0."""

    name = "macro_precision"

    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the precision of each class."""
        result: np.ndarray = correct / np.maximum(predicted, 1)
        return result


class MacroF1(_MacroMetric):
    """Mean F1 score over the classes that occurred."""

    name = "macro_f1"

    def values(self, samples: np.ndarray, predicted: np.ndarray, correct: np.ndarray) -> np.ndarray:
        """Return the F1 score of each class."""
        result: np.ndarray = 2 * correct / (samples + predicted)
        return result


class ClassTable(ClassCounter, Table[Outputs]):
    """Table with one row per class that occurred or was predicted."""

    name = "per_class"

    def compute(self, class_names: Sequence[str]) -> List[Any]:
        """Return rows with the keys class, samples, correct, recall, precision, f1; an undefined ratio is None."""
        rows: List[Dict[str, Any]] = []
        for index in np.flatnonzero(self.class_samples + self.class_predicted):
            samples, predicted, correct = (int(counts[index]) for counts in (
                self.class_samples, self.class_predicted, self.class_correct))
            rows.append({"class": class_names[index], "samples": samples, "correct": correct,
                         "recall": correct / samples if samples else None,
                         "precision": correct / predicted if predicted else None,
                         "f1": 2 * correct / (samples + predicted)})
        return rows
