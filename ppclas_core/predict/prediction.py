# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is said of one image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ppclas_core.tasks.task import Scores


class ClassScore(NamedTuple):
    """One class: index of its logit, name (the index as text where the checkpoint has no names), and its score: of the
    softmax, or the sigmoid of a multi-label model."""

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


def named_classes(scores: Scores, labels: Sequence[str]) -> List[ClassScore]:
    """Return decoded classes with their names; the index is the name where there are no labels."""
    return [ClassScore(index, labels[index] if index < len(labels) else str(index), score) for index, score in scores]
