# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Prediction for one image."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Sequence, Union

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line
from ppclas_core.tasks.task import Scores

if TYPE_CHECKING:
    from ppclas_core.predict.figure import Figure
    from ppclas_core.predict.images import Image

HIGHEST = 5
"""Number of classes of `Prediction.top5`."""
NO_CLASS = "no class"
"""Text for an image in which a multi-label model finds no class."""


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
        top5: the five classes with the highest scores, for any number of `classes`; fewer if the model has or finds
            fewer. Default: from `classes`.
        probs: softmax probabilities, or sigmoid scores of a multi-label model, of all classes (K,) float32; None for an
            unusable image.
        image: the image, which `plot` shows.
    """

    path: Optional[str]
    classes: List[ClassScore] = field(default_factory=list)
    error: str = ""
    top5: List[ClassScore] = field(default_factory=list, repr=False, compare=False)
    probs: Optional[np.ndarray] = field(default=None, repr=False, compare=False)
    image: Optional[Image] = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.top5:
            object.__setattr__(self, "top5", self.classes[:HIGHEST])

    @property
    def top1(self) -> Optional[ClassScore]:
        """Class with the highest score; None if a multi-label model finds no class.

        Raises:
            UserError: the image is unusable.
        """
        self._require_usable()
        return self.top5[0] if self.top5 else None

    def plot(self) -> Figure:
        """Draw the image with its top classes as bars below it.

        Returns:
            A figure with `pixels` (H, W, 3) uint8 RGB, which notebooks show and `save` writes to a file.

        Raises:
            UserError: the image is unusable, or can no longer be read.
        """
        from ppclas_core.predict.figure import draw_bars

        self._require_usable()
        rows = [(each.name, each.score) for each in self.classes]
        return draw_bars(self._pixels(), rows or [(NO_CLASS, -1)])

    def save(self, path: Union[str, Path]) -> Path:
        """Write a copy of the image with its top classes, see `plot`, in the format of the ending; return its path.

        Raises:
            UserError: see `plot`; also if the path is the image itself, or its ending is not that of an image.
            OSError: the file cannot be written.
        """
        if self.path is not None and Path(path).exists() and Path(self.path).exists() and \
                Path(path).samefile(self.path):
            raise UserError("this is the image itself, which would be replaced", where=str(path),
                            do="give another path")
        return self.plot().save(path)

    def to_dict(self) -> Dict[str, Any]:
        """Return a JSON-compatible dict of `path` with `classes` or with `error`."""
        if self.error:
            return {"path": self.path, "error": self.error}
        return {"path": self.path, "classes": [each._asdict() for each in self.classes]}

    def _repr_html_(self) -> str:
        """Return the HTML that a notebook shows: the image and a bar for each class. It needs no other file."""
        title = html.escape(one_line(self.path)) if self.path else "image in memory"
        try:
            body = self._thumbnail() if not self.error else ""
        except UserError as error:
            body = f"<p>{html.escape(one_line(error.what))}</p>"
        bars = "".join(_bar(each) for each in self.classes)
        text = bars or f"<p>{html.escape(one_line(self.error)) or NO_CLASS}</p>"
        return ('<div style="font: 15px/1.5 system-ui, sans-serif; color: #1f2328; max-width: 30em">'
                f'{body}<div style="font-size: 11px; overflow-wrap: anywhere">{title}</div>{text}</div>')

    def _thumbnail(self) -> str:
        from ppclas_core.predict.figure import draw_bars

        data = base64.b64encode(draw_bars(self._pixels(), ()).encode(".jpg")).decode("ascii")
        return f'<img alt="" style="max-width: 256px; max-height: 256px" src="data:image/jpeg;base64,{data}">'

    def _pixels(self) -> np.ndarray:
        """Return the decoded image (H, W, 3) uint8 RGB."""
        from ppclas_core.predict.transforms import ImageTransform

        image = self.path if self.image is None else self.image
        if image is None:
            raise UserError("this prediction does not know its image", do="Predictor.predict returns those that do")
        return ImageTransform([{"DecodeImage": {"to_rgb": True}}])(image)

    def _require_usable(self) -> None:
        if self.error:
            raise UserError(f"there is no prediction: the image is unusable: {self.error}",
                            where=self.path or "image in memory", do="test prediction.error first")


def _bar(each: ClassScore) -> str:
    percent = f"{100 * each.score:.1f} %"
    return (f'<div style="background: linear-gradient(to right, #b6d7ff {100 * each.score:.1f}%, transparent 0); '
            'display: flex; justify-content: space-between; gap: 1em; padding: 0 .4em; margin: 1px 0">'
            f'<span style="overflow-wrap: anywhere">{html.escape(one_line(each.name))}</span>'
            f'<span style="white-space: nowrap">{percent}</span></div>')


def named_classes(scores: Scores, labels: Sequence[str]) -> List[ClassScore]:
    """Return decoded classes with their names; a class without a label is named by its index."""
    return [ClassScore(index, labels[index] if index < len(labels) else str(index), score) for index, score in scores]
