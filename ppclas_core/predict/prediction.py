# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is said of one image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from ppclas_core.metrics.average_precision import sigmoid


class ClassScore(NamedTuple):
    """One class: index of its logit, name (the index as text where the checkpoint has no names), and its score: the
    share of a softmax, or the sigmoid score of a model for several labels per image."""

    id: int
    name: str
    score: float


@dataclass(frozen=True)
class Prediction:
    """The answer for one image.

    Args:
        path: the file; None for an image from memory.
        classes: the best classes, best first; of a model for several labels those that were found, which may be none.
            Empty for an image that could not be used.
        error: why it could not be used, else "".
    """

    path: Optional[str]
    classes: List[ClassScore] = field(default_factory=list)
    error: str = ""

    def to_dict(self) -> Dict[str, Any]:
        """For JSON: `path` with `classes`, or with `error`."""
        if self.error:
            return {"path": self.path, "error": self.error}
        return {"path": self.path, "classes": [each._asdict() for each in self.classes]}


def best_classes(logits: np.ndarray, labels: Sequence[str], topk: int) -> List[ClassScore]:
    """The `topk` best of one row of logits (num_classes,), with softmax as score; `topk` is cut to the classes."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max())
    scores = exponentials / exponentials.sum()
    return _named(scores, np.argsort(-scores, kind="stable")[:topk], labels)


def found_classes(logits: np.ndarray, labels: Sequence[str], threshold: float,
                  topk: Optional[int] = None) -> List[ClassScore]:
    """The classes of one row of logits (num_classes,) whose sigmoid score is at least `threshold`, best first; no more
    than `topk`, where it is given."""
    scores = sigmoid(logits)
    order = np.argsort(-scores, kind="stable")
    return _named(scores, order[scores[order] >= threshold][:topk], labels)


def _named(scores: np.ndarray, order: np.ndarray, labels: Sequence[str]) -> List[ClassScore]:
    return [ClassScore(int(index), labels[index] if index < len(labels) else str(index), float(scores[index]))
            for index in order]
