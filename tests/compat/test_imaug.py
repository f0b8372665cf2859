# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The augmentation snippets of the 2020 manual run after one import line is changed."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_core.compat import imaug
from ppclas_core.compat.imaug import (  # type: ignore[attr-defined]  # ops are found at run time
    CutmixOperator,
    Cutout,
    DecodeImage,
    GridMask,
    HideAndSeek,
    ImageNetPolicy,
    MixupOperator,
    RandAugment,
    RandomErasing,
    ResizeImage,
    ToCHWImage,
    transform,
)
from ppclas_core.data import cv2

SIZE = 224


@pytest.fixture(scope="module")
def photo() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    return bytes(cv2.imencode(".png", cv2.resize(pixels, (320, 240)))[1])


@pytest.mark.parametrize("op", [
    pytest.param(lambda: ImageNetPolicy(), id="ImageNetPolicy"),
    pytest.param(lambda: RandAugment(), id="RandAugment"),
])
def test_an_op_for_decoded_images_stands_after_decoding_and_resizing(op: type, photo: bytes) -> None:
    image = transform(photo, [DecodeImage(), ResizeImage(size=(SIZE, SIZE)), op()])
    assert image.shape == (SIZE, SIZE, 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize("op", [
    pytest.param(lambda: Cutout(n_holes=1, length=112), id="Cutout"),
    pytest.param(lambda: RandomErasing(), id="RandomErasing"),
    pytest.param(lambda: HideAndSeek(), id="HideAndSeek"),
    pytest.param(lambda: GridMask(d1=96, d2=224, rotate=1, ratio=0.6, mode=1, prob=0.8), id="GridMask"),
])
def test_an_op_that_hides_a_part_stands_after_the_change_of_layout(op: type, photo: bytes) -> None:
    decoded = transform(photo, [DecodeImage(), ResizeImage(size=(SIZE, SIZE)), ToCHWImage()])
    draws = [transform(photo, [DecodeImage(), ResizeImage(size=(SIZE, SIZE)), ToCHWImage(), op()],
                       np.random.default_rng(seed)) for seed in range(20)]
    assert {draw.shape for draw in draws} == {(3, SIZE, SIZE)}
    assert any(not np.array_equal(draw, decoded) for draw in draws)


@pytest.mark.parametrize("operator", [MixupOperator, CutmixOperator])
def test_a_batch_of_pairs_of_image_and_label_is_mixed(operator: type, photo: bytes) -> None:
    ops = [DecodeImage(), ResizeImage(size=(SIZE, SIZE)), ToCHWImage()]
    batch = [(transform(photo, ops), label) for label in range(4)]
    mixed = operator()(batch)
    assert len(mixed) in (2, 4)


def test_an_unknown_name_is_an_import_error_that_suggests_one() -> None:
    with pytest.raises(ImportError):
        from ppclas_core.compat.imaug import RandAugmentt  # type: ignore[attr-defined]  # noqa: F401  the mistake
    with pytest.raises(AttributeError, match="RandAugment"):
        imaug.RandAugmentt  # noqa: B018  the access is what is tested


def test_dir_lists_transform_and_the_ops_with_their_aliases() -> None:
    assert {"transform", "DecodeImage", "opencv"} <= set(dir(imaug))  # a name, and an alias
