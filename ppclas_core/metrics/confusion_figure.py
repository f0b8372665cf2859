# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Confusion matrix as an SVG picture, for notebooks and files."""

from __future__ import annotations

import html
from pathlib import Path
from typing import List, Sequence, Union

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import write_page

SHOWN = 40
"""Largest number of classes in the picture; of more classes those with the most errors are shown."""

_CELL = 28
_CHARACTER = 6.5
_LONGEST_NAME = 24
_TOP = 48
_STYLE = ("<style>svg { font: 11px sans-serif; background: #ffffff } .title { font-weight: 600; font-size: 13px } "
          "rect { stroke: #d1d9e0 }</style>")


class ConfusionFigure:
    """Picture of a confusion matrix: a row per true class, shaded by the fraction of its images.

    Args:
        matrix: number of images by true class (rows) and predicted class (columns).
        class_names: class names in the order of the rows.
    """

    def __init__(self, matrix: Sequence[Sequence[int]], class_names: Sequence[str]) -> None:
        self.matrix = np.asarray(matrix, np.int64)
        self.class_names = list(class_names)

    def __repr__(self) -> str:
        return f"ConfusionFigure({len(self.matrix)} classes, {int(self._errors().sum())} errors)"

    def save(self, path: Union[str, Path]) -> Path:
        """Write the picture as a standalone SVG file and return its path.

        Raises:
            UserError: the path does not end in `.svg`.
        """
        target = Path(expand_path(str(path)))
        if target.suffix.lower() != ".svg":
            raise UserError(f"a confusion matrix cannot be written to '{path}'; it is an SVG picture",
                            do=f"save('{target.with_suffix('.svg').name}')")
        target.parent.mkdir(parents=True, exist_ok=True)
        write_page(target, self._repr_svg_())
        return target

    def _repr_svg_(self) -> str:
        """Return the picture that a notebook shows."""
        shown = self._shown()
        names = [self.class_names[index] for index in shown]
        labels = [name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME - 1] + "…" for name in names]
        margin = round(max(map(len, labels)) * _CHARACTER) + 12
        side = _CELL * len(shown)
        width, height = margin + side + 12, _TOP + margin + side + 12
        title = "Confusion: rows are true classes, columns predicted ones"
        note = f"; {len(shown)} of {len(self.matrix)} classes, those with the most errors" if (
            len(shown) < len(self.matrix)) else ""
        parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(width, 420)}" height="{height}" role="img" '
                 f'aria-label="{title}">{_STYLE}', f'<text x="8" y="18" class="title">{title}{note}</text>']
        for number, label in enumerate(labels):
            text = html.escape(label)
            middle = number * _CELL + _CELL / 2
            parts.append(f'<text x="{margin - 6}" y="{_TOP + margin + middle + 4}" text-anchor="end">{text}</text>')
            parts.append(f'<text transform="translate({margin + middle + 4},{_TOP + margin - 6}) rotate(-90)">{text}'
                         "</text>")
        for row, true in enumerate(shown):
            parts += self._cells(row, true, shown, margin)
        return "\n".join([*parts, "</svg>", ""])

    def _cells(self, row: int, true: int, shown: Sequence[int], margin: int) -> List[str]:
        """Return the cells of a row with their counts."""
        parts = []
        total = max(int(self.matrix[true].sum()), 1)
        y = _TOP + margin + row * _CELL
        for column, guess in enumerate(shown):
            count = int(self.matrix[true, guess])
            x = margin + column * _CELL
            fraction = count / total
            color = "#1f6feb" if guess == true else "#d1242f"
            parts.append(f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" '
                         f'fill="{color}" fill-opacity="{fraction:.2f}"/>')
            if count:
                ink = "#ffffff" if fraction > 0.6 else "#1f2328"
                parts.append(f'<text x="{x + _CELL / 2}" y="{y + _CELL / 2 + 4}" text-anchor="middle" '
                             f'fill="{ink}">{count}</text>')
        return parts

    def _errors(self) -> np.ndarray:
        """Return the number of wrong predictions by true class."""
        result: np.ndarray = self.matrix.sum(axis=1) - self.matrix.diagonal()
        return result

    def _shown(self) -> List[int]:
        """Return the indices of the classes in the picture."""
        if len(self.matrix) <= SHOWN:
            return list(range(len(self.matrix)))
        wrong = self._errors() + self.matrix.sum(axis=0) - self.matrix.diagonal()
        return sorted(np.argsort(-wrong, kind="stable")[:SHOWN].tolist())
