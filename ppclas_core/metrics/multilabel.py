# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of label sets, in which each class of each image is one binary decision."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, List, Mapping, Sequence

import numpy as np

from ppclas_core.metrics.average_precision import MeanAveragePrecision
from ppclas_core.metrics.metric import CountMetric, State, Table
from ppclas_core.metrics.outputs import LabelSetOutputs
from ppclas_core.metrics.per_class import ClassCounter


def f1_score(correct: float, found: float, shown: float) -> float:
    """Return 2 correct / (found + shown), the harmonic mean of precision and recall; 0 if both counts are 0."""
    return 2 * correct / (found + shown) if found + shown else 0.0


class _DecisionMetric(CountMetric[LabelSetOutputs]):
    """Base of micro averages: counts of decisions over all images and classes.

    Args:
        threshold: sigmoid score, 0..1, from which a class counts as found.

    Attributes:
        right: decisions where the class is found and the image has it; found, shown: where one of the two holds.
    """

    keys: ClassVar[Sequence[str]] = ("right", "found", "shown")

    right: int
    found: int
    shown: int

    def __init__(self, threshold: float = 0.5) -> None:
        super().__init__()
        self.threshold = threshold

    @property
    def settings(self) -> Dict[str, float]:
        """Setting `threshold`."""
        return {"threshold": self.threshold}

    def update(self, outputs: LabelSetOutputs) -> None:
        """Count the decisions of one batch."""
        counts = outputs.class_counts
        self.right += int(counts.correct.sum())
        self.found += int(counts.predicted.sum())
        self.shown += int(counts.samples.sum())

    def state(self) -> State:
        """Return the counts and their threshold."""
        return {"threshold": self.threshold, **super().state()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the counts and their threshold."""
        self.threshold = state["threshold"]
        super().load(state)


class F1(_DecisionMetric):
    """Micro-averaged F1 score."""

    name = "f1"

    def compute(self) -> float:
        """Return the score."""
        return f1_score(self.right, self.found, self.shown)


class Precision(_DecisionMetric):
    """Micro-averaged precision: fraction of the classes found that the images have."""

    name = "precision"

    def compute(self) -> float:
        """Return the fraction."""
        return self.right / max(self.found, 1)


class Recall(_DecisionMetric):
    """Micro-averaged recall: fraction of the classes of the images that are found."""

    name = "recall"

    def compute(self) -> float:
        """Return the fraction."""
        return self.right / max(self.shown, 1)


class HammingLoss(_DecisionMetric):
    """Hamming loss: fraction of wrong decisions."""

    name = "hamming_loss"
    mode = "min"
    keys = ("wrong", "decisions")

    wrong: int
    decisions: int

    def update(self, outputs: LabelSetOutputs) -> None:
        """Count the decisions of one batch."""
        self.wrong += int((outputs.found != outputs.shown).sum())
        self.decisions += outputs.shown.size

    def compute(self) -> float:
        """Return the fraction."""
        return self.wrong / max(self.decisions, 1)


class ExactMatch(_DecisionMetric):
    """Exact-match ratio: fraction of images whose decisions are all right."""

    name = "exact_match"
    is_accuracy = True
    keys = ("samples", "exact")

    samples: int
    exact: int

    def update(self, outputs: LabelSetOutputs) -> None:
        """Count the decisions of one batch."""
        self.samples += len(outputs)
        self.exact += int((outputs.found == outputs.shown).all(axis=1).sum())

    def compute(self) -> float:
        """Return the fraction."""
        return self.exact / max(self.samples, 1)


class LabelSetClassTable(ClassCounter, Table[LabelSetOutputs]):
    """Table with one row per class that occurred or was found.

    Args:
        num_classes: K.
        average_precision: metric of the same evaluation, whose average precisions the table contains.
    """

    name = "per_class"

    def __init__(self, num_classes: int, average_precision: MeanAveragePrecision) -> None:
        super().__init__(num_classes)
        self._average_precision = average_precision

    def compute(self, class_names: Sequence[str]) -> List[Any]:
        """Return rows with the keys class, samples, found, AP, precision, recall, f1; an undefined ratio is None."""
        rows: List[Dict[str, Any]] = []
        precisions = self._average_precision.per_class()
        for index in np.flatnonzero(self.class_samples + self.class_predicted).tolist():
            shown, found, right = (int(counts[index]) for counts in (
                self.class_samples, self.class_predicted, self.class_correct))
            rows.append({"class": class_names[index], "samples": shown, "found": found, "AP": precisions[index],
                         "precision": right / found if found else None, "recall": right / shown if shown else None,
                         "f1": f1_score(right, found, shown)})
        return rows
