# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The confusion matrix is a picture for notebooks and files."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.metrics.confusion_figure import SHOWN, ConfusionFigure

MATRIX = [[5, 0, 5], [1, 8, 0], [0, 0, 3]]
NAMES = ["<a>", "b", "c"]


def test_every_count_but_zero_is_in_its_cell_with_the_fraction_of_its_row() -> None:
    svg = ConfusionFigure(MATRIX, NAMES)._repr_svg_()
    ElementTree.fromstring(svg)
    assert svg.count("<rect") == 9
    assert re.findall(r'fill="#\w+">(\d+)</text>', svg) == ["5", "5", "1", "8", "3"]
    assert re.findall(r'fill="(#\w+)" fill-opacity="(?!0.00)([\d.]+)"', svg) == [
        ("#1f6feb", "0.50"), ("#d1242f", "0.50"), ("#d1242f", "0.11"), ("#1f6feb", "0.89"), ("#1f6feb", "1.00")]
    assert "&lt;a&gt;" in svg


def test_of_many_classes_those_with_the_most_errors_are_shown() -> None:
    matrix = np.eye(SHOWN + 20, dtype=int)
    matrix[3, 50] = 9
    svg = ConfusionFigure(matrix.tolist(), [f"class {index}" for index in range(SHOWN + 20)])._repr_svg_()
    assert svg.count("<rect") == SHOWN ** 2
    assert f"{SHOWN} of {SHOWN + 20} classes" in svg
    assert ">9</text>" in svg
    assert ">class 3<" in svg
    assert ">class 50<" in svg


def test_it_is_saved_as_svg_and_as_nothing_else(tmp_path: Path) -> None:
    figure = ConfusionFigure(MATRIX, NAMES)
    path = figure.save(tmp_path / "deep" / "confusion.svg")
    assert path.read_text(encoding="utf-8") == figure._repr_svg_()
    with pytest.raises(UserError, match="confusion.png.*SVG") as caught:
        figure.save(tmp_path / "confusion.png")
    assert "save('confusion.svg')" in str(caught.value)
    assert repr(figure) == "ConfusionFigure(3 classes, 6 errors)"
