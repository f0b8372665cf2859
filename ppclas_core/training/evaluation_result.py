# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`EvaluationResult`: result of an evaluation that shows its confusion matrix and its errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Sequence

from ppclas_core.errors import UserError
from ppclas_core.metrics.confusion import LIMIT
from ppclas_core.metrics.confusion_figure import ConfusionFigure
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.training.top_errors import KEPT, TopErrors


@dataclass(frozen=True)
class EvaluationResult(Evaluation):
    """Result of `evaluate`: metrics, tables, and figures for notebooks.

    Args:
        class_names: class names in the order of the logits.
        errors: the most confident wrong predictions of this process; None if the evaluation keeps none.
    """

    class_names: Sequence[str] = ()
    errors: Optional[TopErrors] = field(default=None, repr=False, compare=False)

    def plot_confusion(self) -> ConfusionFigure:
        """Return the confusion matrix as a picture, which notebooks show; `.save("confusion.svg")` writes it.

        Raises:
            UserError: the task is multi-label, or there are too many classes for a matrix.
        """
        matrix = self.tables.get("confusion")
        if matrix is None:
            reason = (f"{len(self.class_names)} classes are more than {LIMIT}" if "confusion" in self.tables else
                      "images of a multi-label task have several classes")
            raise UserError(f"there is no confusion matrix: {reason}", do="result.per_class has a row per class")
        return ConfusionFigure(matrix, self.class_names)

    def top_errors(self, count: int = 16) -> TopErrors:
        """Return the most confident wrong predictions, which notebooks show; `.save("errors.html")` writes them.

        Args:
            count: largest number of errors; an evaluation keeps at most `KEPT`.

        Raises:
            UserError: the count is outside 1..`KEPT`, or the evaluation keeps no errors.
        """
        if not 1 <= count <= KEPT:
            raise UserError(f"top_errors({count}): an evaluation keeps {KEPT} errors", do=f"ask for 1 to {KEPT}")
        if self.errors is None:
            raise UserError("this evaluation kept no errors", do="evaluate with ppc.evaluate(...)")
        return self.errors.first(count)
