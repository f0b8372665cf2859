# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""All that one evaluation counts where images have several labels; the same for any number of processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Sequence

import numpy as np

from ppclas_core.metrics.average_precision import average_precision, sigmoid
from ppclas_core.metrics.multilabel import f1_score
from ppclas_core.system.rank import Rank
from ppclas_core.training.distributed.collectives import gathered, summed


@dataclass(frozen=True)
class MultilabelResult:
    """Figures of one evaluation, all in 0..1 but the loss.

    Args:
        mAP: mean over the classes that occurred of their average precision.
        f1, precision, recall: over all decisions (micro); macro_*: means over the classes that occurred, where a class
            that was never found has precision 0.
        hamming_loss: share of wrong decisions; exact_match: share of images without any.
        threshold: sigmoid score from which a class counts as found; mAP does not depend on it.
        loss: mean loss, smoothed as in training.
        samples: how many were counted; seconds: wall-clock.
        per_class: one row per class that occurred or was found: class, samples that show it, found, AP, precision,
            recall, f1.
        profile: milliseconds per image by stage; empty unless the loader measures them.
    """

    mAP: float
    f1: float
    precision: float
    recall: float
    macro_f1: float
    macro_precision: float
    macro_recall: float
    hamming_loss: float
    exact_match: float
    threshold: float
    loss: float
    samples: int
    seconds: float
    per_class: List[Dict[str, Any]] = field(default_factory=list)
    profile: Dict[str, float] = field(default_factory=dict)


class MultilabelTally:
    """Counts of one evaluation. It holds 5 bytes per image and class, as average precision needs all scores.

    Args:
        threshold: sigmoid score from which a class counts as found.
        num_classes: K.
    """

    def __init__(self, threshold: float, num_classes: int) -> None:
        self._threshold = threshold
        self._scores: List[np.ndarray] = [np.zeros((0, num_classes), np.float32)]
        self._shown: List[np.ndarray] = [np.zeros((0, num_classes), bool)]
        self._loss = 0.0

    def add(self, scores: np.ndarray, labels: np.ndarray, loss: float, seconds: float) -> Dict[str, float]:
        """Count one batch; gives its `f1`.

        Args:
            scores: (N, K) float32 logits; labels: (N, K) multi-hot; loss: mean of the batch; seconds: it took.
        """
        self._scores.append(scores)
        self._shown.append(labels > 0)
        self._loss += loss * len(scores)
        found, shown = sigmoid(scores) >= self._threshold, labels > 0
        return {"f1": f1_score(int((found & shown).sum()), int(found.sum()), int(shown.sum()))}

    def add_up(self, rank: Rank) -> None:
        """Replace the samples of this process by those of all."""
        self._scores = [gathered(np.concatenate(self._scores), rank)]
        self._shown = [gathered(np.concatenate(self._shown), rank)]
        self._loss = float(summed(np.array([self._loss]), rank)[0])

    def result(self, names: Sequence[str], seconds: float) -> MultilabelResult:
        """The figures of what was added up; `names` one per class."""
        scores, shown = np.concatenate(self._scores), np.concatenate(self._shown)
        samples, classes = scores.shape
        wrong, off = 0, np.zeros(samples, bool)  # decisions, images with one
        right, found, there = (np.zeros(classes, np.int64) for _ in range(3))
        for index in range(classes):
            named, shows = sigmoid(scores[:, index]) >= self._threshold, shown[:, index]
            wrong, off = wrong + int((named != shows).sum()), off | (named != shows)
            right[index], found[index], there[index] = (each.sum() for each in (named & shows, named, shows))
        rows = [{"class": names[index], "samples": int(there[index]), "found": int(found[index]),
                 "AP": average_precision(scores[:, index], shown[:, index]),
                 "precision": float(right[index] / found[index]) if found[index] else None,
                 "recall": float(right[index] / there[index]) if there[index] else None,
                 "f1": f1_score(int(right[index]), int(found[index]), int(there[index]))}
                for index in np.flatnonzero(there + found).tolist()]
        seen = [row for row in rows if row["samples"]]

        def mean(key: str) -> float:
            return sum(float(row[key] or 0.0) for row in seen) / max(len(seen), 1)

        return MultilabelResult(
            mAP=mean("AP"), f1=f1_score(*(int(each.sum()) for each in (right, found, there))),
            precision=int(right.sum()) / max(int(found.sum()), 1), recall=int(right.sum()) / max(int(there.sum()), 1),
            macro_f1=mean("f1"), macro_precision=mean("precision"), macro_recall=mean("recall"),
            hamming_loss=wrong / max(samples * classes, 1), exact_match=int((~off).sum()) / max(samples, 1),
            threshold=self._threshold, loss=self._loss / max(samples, 1), samples=samples, seconds=seconds,
            per_class=rows)
