# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Prediction for one image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ppclas_core.tasks.task import Scores


class ClassScore(NamedTuple):
    """Class with its score.

    Args:
        id: class index.
        name: class name; the index as text if the checkpoint has no names.
        score: softmax probability, or sigmoid score of a multi-label model.
    """

    id: int
    name: str
    score: float


@dataclass(frozen=True)
class Prediction:
    """Prediction for one image.

    Args:
        path: path of the file; None for an image in memory.
        classes: the top classes by decreasing score; for a multi-label model those above the threshold, possibly none.
            Empty for an unusable image.
        error: why the image is unusable, else "".
    """

    path: Optional[str]
    classes: List[ClassScore] = field(default_factory=list)
    error: str = ""

    def to_dict(self) -> Dict[str, Any]:
        """Return a JSON-compatible dict of `path` with `classes` or with `error`."""
        if self.error:
            return {"path": self.path, "error": self.error}
        return {"path": self.path, "classes": [each._asdict() for each in self.classes]}


def named_classes(scores: Scores, labels: Sequence[str]) -> List[ClassScore]:
    """Return decoded classes with their names; a class without a label is named by its index."""
    return [ClassScore(index, labels[index] if index < len(labels) else str(index), score) for index, score in scores]
