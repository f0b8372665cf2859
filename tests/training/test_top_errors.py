# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Wrong predictions are shown with their images, in notebooks and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError
from ppclas_core.tasks import Multiclass
from ppclas_core.tasks.task import Example
from ppclas_core.training.top_errors import TopErrors


class Folder:
    """Data set of two files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, index: int) -> str:
        return str(self.folder / f"{index}.png")

    def name(self, index: int) -> str:
        return f"{index}.png"

    def read(self, index: int) -> bytes:
        return Path(self.path(index)).read_bytes()


@pytest.fixture
def errors(tmp_path: Path) -> TopErrors:
    for index in range(2):
        cv2.imwrite(str(tmp_path / f"{index}.png"), np.full((20, 30, 3), 90 * index, np.uint8))
    source: Any = Folder(tmp_path)
    examples = [Example(index, ((0, 0.1),), ((1, 0.9),), 1, False, 0.9) for index in range(2)]
    return TopErrors.of(examples, Multiclass(), ["<cat>", "dog"], source)


def test_an_error_has_its_path_classes_and_scores(errors: TopErrors) -> None:
    assert len(errors) == 2
    assert errors[0].labels == ["<cat>"]
    assert errors[0].predicted == [("dog", 0.9)]
    assert errors[1].path.endswith("1.png")
    assert [one.sample for one in errors[1:]] == [1]
    assert repr(errors.first(1)) == "<cat> as dog 90 % (<cat> 10 %), 0.png"


def test_a_notebook_shows_the_images_with_escaped_names(errors: TopErrors, tmp_path: Path) -> None:
    page = errors._repr_html_()
    assert page.count("data:image/jpeg;base64,") == 2
    assert "&lt;cat&gt; as dog 90 %" in page
    (tmp_path / "0.png").unlink()
    assert errors._repr_html_().count("image not readable") == 1
    assert errors.first(0)._repr_html_() == "<p>no errors</p>"


def test_the_page_is_saved_as_html_and_as_nothing_else(errors: TopErrors, tmp_path: Path) -> None:
    assert errors._repr_html_() in errors.save(tmp_path / "deep" / "errors.html").read_text(encoding="utf-8")
    with pytest.raises(UserError, match="HTML page"):
        errors.save(tmp_path / "errors.png")
