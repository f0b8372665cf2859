# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Multi-class classification: each image has one class, and the scores are the softmax of the logits."""

from __future__ import annotations

from typing import List, Mapping, Optional, Sequence

import numpy as np

from ppclas_core.metrics.confusion import ConfusionMatrix
from ppclas_core.metrics.metric import AnyMetric, AnyTable
from ppclas_core.metrics.outputs import MixedLabels, SingleLabelOutputs, dominant_labels
from ppclas_core.metrics.per_class import ClassTable
from ppclas_core.tasks.task import Example, Scores, Task

DEFAULT_TOPK = 5
"""Default number of classes of a prediction."""


class Multiclass(Task):
    """Task with images of one class each."""

    name = "multiclass"
    activation = "softmax"
    step_names = ("top1", "topk")
    logged_names = ("top1", "topk")
    reported_names = ("top1", "topk", "ece", "balanced_accuracy", "macro_f1")
    summary_names = ("top1", "topk")
    setting_names = ("k",)

    def tables(self, num_classes: int, metrics: Mapping[str, AnyMetric]) -> List[AnyTable]:
        """Return a table of classes and a confusion matrix."""
        return [ClassTable(num_classes), ConfusionMatrix(num_classes)]

    def outputs(self, logits: np.ndarray, labels: np.ndarray, mixed: Optional[MixedLabels] = None,
                loss: float = 0.0) -> SingleLabelOutputs:
        """Return outputs with the class of each image; a mixed image has the class with the larger weight."""
        return SingleLabelOutputs(logits, dominant_labels(labels, mixed), loss)

    def scores(self, logits: np.ndarray) -> np.ndarray:
        """Return the softmax of the logits."""
        exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
        result: np.ndarray = exponentials / exponentials.sum(axis=-1, keepdims=True)
        return result

    def decode(self, logits: np.ndarray, topk: Optional[int] = None, threshold: Optional[float] = None) -> Scores:
        """Return the `topk` classes with the highest scores, 5 by default."""
        scores = self.scores(logits)
        order = np.argsort(-scores, kind="stable")[: topk or DEFAULT_TOPK]
        return tuple((int(index), float(scores[index])) for index in order)

    def examples(self, samples: Sequence[int], logits: np.ndarray, labels: np.ndarray) -> List[Example]:
        """Return examples; the most interesting ones are the most confident predictions."""
        outputs = self.outputs(logits, labels)
        return [Example(int(sample), ((int(label), float(row[label])),), ((int(guess), float(row[guess])),), int(guess),
                        bool(guess == label), float(row[guess]))
                for sample, label, guess, row in zip(samples, outputs.labels, outputs.predicted, outputs.probabilities)]

    def caption(self, example: Example, names: Sequence[str], path: str) -> str:
        """Return `tie as shirt 97 % (tie 1 %), val/7.jpg`, or `shirt 99 %, val/8.jpg` if the prediction is right."""
        ((label, label_score),), ((predicted, score),) = example.labels, example.found
        guess = f"{names[predicted]} {100 * score:.0f} %"
        if example.correct:
            return f"{guess}, {path}"
        return f"{names[label]} as {guess} ({names[label]} {100 * label_score:.0f} %), {path}"
