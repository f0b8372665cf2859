# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is said of one image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np


class ClassScore(NamedTuple):
    """One class: index of its logit, name (the index as text where the checkpoint has no names), probability."""

    id: int
    name: str
    score: float


@dataclass(frozen=True)
class Prediction:
    """The answer for one image.

    Args:
        path: the file; None for an image from memory.
        classes: the best classes, best first; empty for an image that could not be used.
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
    order = np.argsort(-scores, kind="stable")[:topk]
    return [ClassScore(int(index), labels[index] if index < len(labels) else str(index), float(scores[index]))
            for index in order]
