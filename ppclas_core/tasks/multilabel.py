# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Multi-label classification: each image has any number of classes, and the scores are sigmoids of the logits."""

from __future__ import annotations

from typing import List, Mapping, Optional, Sequence, cast

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.metrics.average_precision import MeanAveragePrecision
from ppclas_core.metrics.metric import AnyMetric, AnyTable
from ppclas_core.metrics.multilabel import LabelSetClassTable
from ppclas_core.metrics.outputs import LabelSetOutputs, MixedLabels, dominant_labels, sigmoid
from ppclas_core.tasks.task import Example, Scores, Task

DEFAULT_THRESHOLD = 0.5
"""Default sigmoid score from which a class counts as found."""


class Multilabel(Task):
    """Task with images that have label sets."""

    name = "multilabel"
    activation = "sigmoid"
    step_names = ("f1",)
    logged_names = ("mAP", "f1", "macro_f1")
    reported_names = ("mAP", "f1", "precision", "recall", "macro_f1", "macro_precision", "macro_recall", "hamming_loss",
                      "exact_match")
    summary_names = ("mAP", "f1", "macro_f1", "precision", "recall", "hamming_loss", "exact_match")

    threshold: float

    def __init__(self, *, topk: int = 5, threshold: Optional[float] = None, metrics: Sequence[str] = (),
                 monitor: Optional[str] = None) -> None:
        super().__init__(topk=topk, threshold=DEFAULT_THRESHOLD if threshold is None else threshold, metrics=metrics,
                         monitor=monitor)

    @classmethod
    def from_config(cls, config: Config) -> Multilabel:
        """Return the task with the parameters of a config."""
        return cls(threshold=float(config.score_threshold), metrics=config.metrics or (), monitor=config.monitor)

    def tables(self, num_classes: int, metrics: Mapping[str, AnyMetric]) -> List[AnyTable]:
        """Return a table of classes."""
        return [LabelSetClassTable(num_classes, cast(MeanAveragePrecision, metrics["mAP"]))]

    def outputs(self, logits: np.ndarray, labels: np.ndarray, mixed: Optional[MixedLabels] = None,
                loss: float = 0.0) -> LabelSetOutputs:
        """Return outputs with the label set of each image; a mixed image has the set with the larger weight."""
        return LabelSetOutputs(logits, dominant_labels(labels, mixed), loss, threshold=self.threshold)

    def scores(self, logits: np.ndarray) -> np.ndarray:
        """Return the sigmoid of each logit."""
        return sigmoid(logits)

    def decode(self, logits: np.ndarray, topk: Optional[int] = None, threshold: Optional[float] = None) -> Scores:
        """Return the classes whose score reaches the threshold, possibly none; `topk` limits their number."""
        scores = self.scores(logits)
        order = np.argsort(-scores, kind="stable")
        found = order[scores[order] >= (self.threshold if threshold is None else threshold)][:topk]
        return tuple((int(index), float(scores[index])) for index in found)

    def examples(self, samples: Sequence[int], logits: np.ndarray, labels: np.ndarray) -> List[Example]:
        """Return examples; the most interesting ones are the most confident predictions.

        They are the wrong predictions with the highest cross-entropy and the right ones with the lowest.
        """
        outputs = self.outputs(logits, labels)
        shown, z = outputs.shown, logits.astype(np.float64)
        entropies = (np.maximum(z, 0) - z * shown + np.log1p(np.exp(-np.abs(z)))).mean(axis=1)
        correct = (outputs.found == shown).all(axis=1)
        scores = self.scores(logits)
        return [Example(int(sample), tuple((int(index), float(row[index])) for index in np.flatnonzero(label_set)),
                        self.decode(own_logits), int(np.argmax(row)), bool(right),
                        float(-entropy if right else entropy))
                for sample, label_set, own_logits, row, right, entropy in zip(
                    samples, shown, logits, scores, correct, entropies)]

    def caption(self, example: Example, names: Sequence[str], path: str) -> str:
        """Return `hat 97 %, tie 61 %; missed: shirt; wrong: tie; val/7.jpg`."""
        labels, found = {index for index, _ in example.labels}, {index for index, _ in example.found}
        missed = [names[index] for index, _ in example.labels if index not in found]
        wrong = [names[index] for index, _ in example.found if index not in labels]
        parts = [", ".join(f"{names[index]} {100 * score:.0f} %" for index, score in example.found) or "nothing found"]
        parts += [f"{word}: {', '.join(which)}" for word, which in (("missed", missed), ("wrong", wrong)) if which]
        return "; ".join([*parts, path])
