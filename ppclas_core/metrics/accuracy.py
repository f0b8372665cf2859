# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Top-1 and top-k accuracy of images of one class each."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ppclas_core.metrics.metric import CountMetric, State
from ppclas_core.metrics.outputs import SingleLabelOutputs


class Top1(CountMetric[SingleLabelOutputs]):
    """Top-1 accuracy: fraction of samples whose class has the highest logit."""

    name = "top1"
    is_accuracy = True
    keys = ("samples", "top1")

    samples: int
    top1: int

    def update(self, outputs: SingleLabelOutputs) -> None:
        """Count the samples of one batch."""
        self.samples += len(outputs)
        self.top1 += int((outputs.ranks == 0).sum())

    def compute(self) -> float:
        """Return the fraction."""
        return self.top1 / max(self.samples, 1)


class TopK(CountMetric[SingleLabelOutputs]):
    """Top-k accuracy: fraction of samples whose class is among the `topk` highest logits.

    Args:
        topk: k; the task limits it to the number of classes.
    """

    name = "topk"
    is_accuracy = True
    keys = ("samples", "within_k")

    samples: int
    within_k: int

    def __init__(self, topk: int = 5) -> None:
        super().__init__()
        self.topk = topk

    @property
    def label(self) -> str:
        """`top5` if k is 5."""
        return f"top{self.topk}"

    @property
    def settings(self) -> Dict[str, float]:
        """Setting `k`."""
        return {"k": self.topk}

    def update(self, outputs: SingleLabelOutputs) -> None:
        """Count the samples of one batch."""
        self.samples += len(outputs)
        self.within_k += int((outputs.ranks < self.topk).sum())

    def state(self) -> State:
        """Return the counts and their k."""
        return {"topk": self.topk, **super().state()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the counts and their k."""
        self.topk = state["topk"]
        super().load(state)

    def compute(self) -> float:
        """Return the fraction."""
        return self.within_k / max(self.samples, 1)
