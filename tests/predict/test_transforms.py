# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A loop of one's own prepares images exactly as the run, the bundle or the published network does."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.predict.transforms import ImageTransform
from ppclas_core.runs.meta import read_meta, write_meta
from ppclas_core.testing.publisher import LARGER
from ppclas_core.testing.toy import toy_checkpoint

MEAN = (0.485, 0.456, 0.406)


def image(side: int = 50) -> np.ndarray:
    """Return uint8 (side, side + 10, 3) RGB noise."""
    return np.random.default_rng(7).integers(0, 256, (side, side + 10, 3), dtype=np.uint8)


def test_a_published_name_has_its_preprocessing_without_a_download(published_toy: str) -> None:
    prepare = ppc.transforms(published_toy)
    assert (prepare.size, prepare.interpolation, prepare.mean) == (32, "bicubic", MEAN)
    assert ppc.transforms(published_toy.lower()).steps == prepare.steps
    assert ppc.transforms(LARGER).size == 48
    array = prepare(image())
    assert array.shape == (3, 32, 32)
    assert array.dtype == np.float32
    assert repr(prepare) == "ImageTransform(DecodeImage, ResizeImage, CropImage, NormalizeImage, ToCHWImage)"


def test_a_model_has_the_preprocessing_of_what_it_was_built_from(published_toy: str, tmp_path: Path) -> None:
    assert ppc.transforms(ppc.create_model(LARGER, num_classes=3)).size == 48
    folder = toy_checkpoint(tmp_path / "run" / "best_model", side=24)
    tuned = ppc.create_model(published_toy, num_classes=4, pretrained=str(folder))
    assert ppc.transforms(tuned).size == 24
    with pytest.raises(UserError, match="not built by create_model"):
        ppc.transforms(object())  # type: ignore[arg-type]  # the mistake of this test


def test_the_preprocessing_of_a_predictor_gives_its_batch(tmp_path: Path) -> None:
    folder = toy_checkpoint(tmp_path / "run" / "best_model")
    predictor = ppc.Predictor(folder)
    prepare = ppc.transforms(folder)
    one, other = image(), image(40)
    batch = predictor.preprocess([one, other])
    np.testing.assert_array_equal(batch, np.stack([prepare(one), prepare(other)]))
    logits = predictor.logits(batch)
    assert logits.shape == (2, predictor.num_classes)
    top = [prediction.classes[0].id for prediction in predictor.predict([one, other])]
    assert top == logits.argmax(axis=1).tolist()


def test_training_transforms_come_from_the_run_or_are_those_of_all_recipes(published_toy: str, tmp_path: Path) -> None:
    random = ppc.transforms(published_toy, train=True)
    assert [*random.steps[1]] == ["RandCropImage"]
    first, again = (random(image(), np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, random(image(), np.random.default_rng(6)))
    folder = toy_checkpoint(tmp_path / "run" / "best_model")
    with pytest.raises(UserError, match="no training transforms"):
        ppc.transforms(folder, train=True)
    meta = read_meta(folder)
    assert meta is not None
    meta.config["TRAIN"] = {"transforms": random.steps[:1]}
    write_meta(folder, meta)
    assert ppc.transforms(folder, train=True).steps == random.steps[:1]


def test_a_pil_image_is_an_array_of_its_pixels(published_toy: str) -> None:
    pil: Any = pytest.importorskip("PIL.Image", reason="Pillow is optional")
    prepare = ppc.transforms(published_toy)
    np.testing.assert_array_equal(prepare(pil.fromarray(image())), prepare(image()))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1"])
@pytest.mark.parametrize("alpha", ["drop", "white"])
def test_a_pil_image_of_any_mode_is_its_png_file(mode: str, alpha: str) -> None:
    pil: Any = pytest.importorskip("PIL.Image", reason="Pillow is optional")
    noise = np.random.default_rng(3).integers(0, 256, (20, 30, 4), dtype=np.uint8)
    picture = pil.fromarray(noise).convert(mode)
    file = io.BytesIO()
    picture.save(file, "PNG")
    prepare = ImageTransform([{"DecodeImage": {"alpha": alpha}}])
    np.testing.assert_array_equal(prepare(picture), prepare(file.getvalue()))


def test_arrays_with_alpha_and_with_one_channel_are_prepared_like_rgb(published_toy: str) -> None:
    prepare = ppc.transforms(published_toy)
    opaque = np.dstack([image(), np.full(image().shape[:2], 255, np.uint8)])
    np.testing.assert_array_equal(prepare(opaque), prepare(image()))
    gray = image()[:, :, :1]
    np.testing.assert_array_equal(prepare(gray), prepare(np.repeat(gray, 3, axis=2)))


def test_an_unknown_source_is_an_error_that_names_it() -> None:
    with pytest.raises(UserError, match="NoSuchNet"):
        ppc.transforms("NoSuchNet")
