# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of a `Prediction`: its best classes, its scores, and how it is shown."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.data.opencv import cv2
from ppclas_core.predict import ClassScore, Prediction
from ppclas_core.runs.meta import read_meta, write_meta


def test_the_best_class_the_best_five_and_all_scores_do_not_depend_on_topk(checkpoint: Path, pictures: Path) -> None:
    predictor = ppc.Predictor(checkpoint)
    (short,) = predictor.predict(pictures / "c red.png", topk=1)
    (full,) = predictor.predict(pictures / "c red.png")
    assert len(short.classes) == 1
    assert short.top1 == full.top1 == full.classes[0]
    assert short.top5 == full.top5 == full.classes
    assert short.probs is not None
    assert short.probs.dtype == np.float32
    assert short.probs.sum() == pytest.approx(1)
    assert [each.name for each in short.top5] == [predictor.labels[index] for index in np.argsort(-short.probs)]
    assert set(short.to_dict()) == {"path", "classes"}  # the JSON output does not grow


def test_a_multi_label_model_may_find_no_class(checkpoint: Path, pictures: Path) -> None:
    meta = read_meta(checkpoint)
    assert meta is not None
    write_meta(checkpoint, dataclasses.replace(meta, task="multilabel", threshold=0.5))
    predictor = ppc.Predictor(checkpoint)
    (none,) = predictor.predict(pictures / "c red.png", threshold=1.0)
    (every,) = predictor.predict(pictures / "c red.png", threshold=0.0)
    assert (none.top1, none.top5) == (None, [])
    assert none.probs is not None
    assert every.top1 == every.classes[0]
    assert "no class" in none._repr_html_()
    assert none.plot().pixels.shape[2] == 3


def test_an_unusable_image_says_why_it_has_no_class(checkpoint: Path, pictures: Path, tmp_path: Path) -> None:
    (pictures / "b bad.jpg").write_bytes(b"this is no picture")
    (bad,) = ppc.Predictor(checkpoint).predict(pictures / "b bad.jpg", on_bad="report")
    assert (bad.top5, bad.probs) == ([], None)
    for act in (lambda: bad.top1, bad.plot, lambda: bad.save(tmp_path / "a.png")):
        with pytest.raises(ppc.UserError, match=r"b bad.jpg: there is no prediction: .*not an image"):
            act()
    assert "not an image" in bad._repr_html_()
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("shape", [(40, 60), (3000, 20), (28, 28), (900, 2400)])
def test_a_figure_shows_the_whole_image_above_its_bars(shape: tuple[int, int]) -> None:
    pixels = np.full((*shape, 3), 200, np.uint8)
    drawn = Prediction(None, [ClassScore(0, "grün", 0.75), ClassScore(1, "x" * 500, 0.25)], image=pixels).plot().pixels
    assert drawn.dtype == np.uint8
    assert drawn.shape[1] >= 256
    assert max(drawn.shape) <= 1024 + 2 * 44
    panel = drawn[-2 * max(drawn.shape[1] // 24, 20):]
    assert (panel < 100).any(), "the names are not drawn"
    bar = (panel == (182, 215, 255)).all(axis=-1)
    assert bar[: len(bar) // 2].sum() > 2 * bar[len(bar) // 2:].sum()


def test_names_of_any_script_are_drawn_or_replaced_and_never_an_error() -> None:
    pixels = np.zeros((30, 30, 3), np.uint8)
    for name in ("", "图片", "ネコ", "a\x1b[31mb\n", "\udcff.jpg", "é" * 300):
        assert Prediction(None, [ClassScore(0, name, 1.0)], image=pixels).plot()._repr_png_().startswith(b"\x89PNG")


def test_an_annotated_copy_is_written_and_the_image_is_not_replaced(checkpoint: Path, pictures: Path,
                                                                    tmp_path: Path) -> None:
    image = pictures / "c red.png"
    (found,) = ppc.Predictor(checkpoint).predict(image)
    before = image.read_bytes()
    for name in ("copy ü.png", "new/copy.JPG"):
        target = found.save(tmp_path / name)
        written = cv2.imdecode(np.fromfile(str(target), np.uint8), cv2.IMREAD_COLOR)
        assert written is not None
        assert written.shape[0] > written.shape[1] * 40 // 60  # the bars are below the image
        assert written[5, 100, 2] > 200  # red, above
    with pytest.raises(ppc.UserError, match="the image itself"):
        found.save(image)
    with pytest.raises(ppc.UserError, match=r"copy.gif: figures are not written as '.gif'"):
        found.save(tmp_path / "copy.gif")
    assert image.read_bytes() == before


def test_a_notebook_shows_the_image_and_escaped_names(tmp_path: Path) -> None:
    pixels = np.zeros((30, 30, 3), np.uint8)
    page = Prediction("<b>.png", [ClassScore(0, "<script>alert(1)</script>", 0.5)], image=pixels)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;.png" in page
    assert "data:image/jpeg;base64," in page
    assert "50.0 %" in page
    page.encode("utf-8")


def test_an_image_that_is_gone_is_reported_and_its_classes_are_still_shown(checkpoint: Path, pictures: Path) -> None:
    image = pictures / "c red.png"
    (found,) = ppc.Predictor(checkpoint).predict(image)
    image.unlink()
    with pytest.raises(ppc.UserError, match="no such file"):
        found.plot()
    assert "red" in found._repr_html_()


def test_images_in_memory_are_shown_too(checkpoint: Path, pictures: Path) -> None:
    data = (pictures / "c red.png").read_bytes()
    for found in ppc.Predictor(checkpoint).predict([data, np.full((20, 30, 3), 99, np.uint8)]):
        assert found.path is None
        assert "image in memory" in found._repr_html_()
        assert found.plot().pixels.ndim == 3
