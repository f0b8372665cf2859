# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Average precision: quality of the ranking of images by the score of a class."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional

import numpy as np

from ppclas_core.metrics.metric import Metric, State
from ppclas_core.metrics.outputs import LabelSetOutputs


def average_precision(scores: np.ndarray, shown: np.ndarray) -> Optional[float]:
    """Return the area under the precision-recall curve, without interpolation.

    It is the sum, over the distinct scores in descending order, of the precision at the score times the increase in
    recall. Images of equal score form one step, so their order does not matter; a NaN score counts as the lowest.

    Args:
        scores: (N,) float.
        shown: (N,) bool, whether the image has the class.

    Returns:
        0..1, or None if no image has the class.
    """
    total = int(shown.sum())
    if not total:
        return None
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    order = np.argsort(-ranked)
    ranked, hits = ranked[order], np.cumsum(shown[order])
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)  # the last image of each score
    gained = np.diff(np.append(0, hits[ends]))
    return float((hits[ends] / (ends + 1) * gained).sum() / total)


class MeanAveragePrecision(Metric[LabelSetOutputs]):
    """Mean average precision over the classes that occurred; it does not depend on a threshold.

    The state is all logits, 5 bytes per image and class with the labels.

    Args:
        num_classes: K.
    """

    name = "mAP"

    def __init__(self, num_classes: int) -> None:
        self._num_classes = num_classes
        self.reset()

    def reset(self) -> None:
        """Set the state to that before the first batch."""
        self._scores: List[np.ndarray] = [np.zeros((0, self._num_classes), np.float32)]
        self._shown: List[np.ndarray] = [np.zeros((0, self._num_classes), bool)]
        self._per_class: Optional[List[Optional[float]]] = None

    def update(self, outputs: LabelSetOutputs) -> None:
        """Append the logits and labels of one batch."""
        self._keep(outputs.logits, outputs.shown)

    def state(self) -> State:
        """Return `scores`, the logits (N, K) float32, and `shown`, whether each image has each class, (N, K) bool."""
        self._scores, self._shown = [np.concatenate(self._scores)], [np.concatenate(self._shown)]
        return {"scores": self._scores[0], "shown": self._shown[0]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the state."""
        self.reset()
        self.merge(state)

    def merge(self, state: Mapping[str, Any]) -> None:
        """Append the state of another process."""
        self._keep(np.asarray(state["scores"], np.float32), np.asarray(state["shown"], bool))

    def per_class(self) -> List[Optional[float]]:
        """Return the average precision of each class; None for a class that did not occur."""
        if self._per_class is None:
            state = self.state()
            scores, shown = np.asarray(state["scores"]), np.asarray(state["shown"])
            self._per_class = [average_precision(scores[:, index], shown[:, index]) for index in range(scores.shape[1])]
        return self._per_class

    def compute(self) -> float:
        """Return the mean."""
        values = [value for value in self.per_class() if value is not None]
        return sum(values) / max(len(values), 1)

    def _keep(self, scores: np.ndarray, shown: np.ndarray) -> None:
        self._scores.append(scores)
        self._shown.append(shown)
        self._per_class = None
