# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every pixel operation beside Pillow's, at many magnitudes and sizes."""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Tuple

import numpy as np
import pytest

from ppclas_augment_transform.operations import NAMES, apply_operation, value_at
from ppclas_core.data.opencv import cv2

image_ops = pytest.importorskip("PIL.ImageOps", reason="pip install pillow")
from PIL import Image, ImageEnhance  # noqa: E402

FILL = (10, 128, 200)
SIZES = [(224, 224), (97, 141), (1, 60), (60, 1), (2, 2), (3, 3), (32, 32), (61, 43)]


def affine(a: float, b: float, c: float, d: float, e: float, f: float, how: int) -> Callable:
    return lambda image: image.transform(image.size, Image.AFFINE, (a, b, c, d, e, f), how, fillcolor=FILL)


def pillow(name: str, value: float, width: int, height: int) -> Callable:
    """The same operation in Pillow's words."""
    if name in ("color", "contrast", "brightness", "sharpness"):
        return lambda image: getattr(ImageEnhance, name.capitalize())(image).enhance(1 + value)
    table: Dict[str, Callable] = {
        "shearX": affine(1, value, 0, 0, 1, 0, Image.BICUBIC),
        "shearY": affine(1, 0, 0, value, 1, 0, Image.BICUBIC),
        "translateX": affine(1, 0, value * width, 0, 1, 0, Image.NEAREST),
        "translateY": affine(1, 0, 0, 0, 1, value * height, Image.NEAREST),
        "rotate": lambda image: image.rotate(value, fillcolor=FILL),
        "posterize": lambda image: image_ops.posterize(image, int(value)),
        "solarize": lambda image: image_ops.solarize(image, value),
        "autocontrast": image_ops.autocontrast,
        "equalize": image_ops.equalize,
        "invert": image_ops.invert,
    }
    return table[name]


def pictures() -> Iterator[np.ndarray]:
    """Noise, and smooth images with black and white parts, of every size."""
    rng = np.random.default_rng(0)
    for height, width in SIZES:
        noise = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        yield noise
        smooth = cv2.GaussianBlur(noise, (0, 0), 3).reshape(noise.shape).astype(np.int64)
        yield np.clip((smooth - 128) * 8 + 128, 0, 255).astype(np.uint8)
        yield np.full_like(noise, 77)


def values(name: str) -> Iterator[float]:
    """Those of the ten levels of AutoAugment, of RandAugment, and some between, in both directions."""
    rng = np.random.default_rng(1)
    for strength in [*(level / 9 for level in range(0, 10, 3)), 0.5, 1.0, *rng.random(2)]:
        value = value_at(name, strength)
        yield value
        if name in NAMES[:9]:
            yield -value


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_equals_that_of_pillow(name: str) -> None:
    """Within one level; where geometry is rounded, one pixel in a thousand may be another."""
    differing, pixels = 0, 0
    for image in pictures():
        for value in set(values(name)):
            theirs = np.asarray(pillow(name, value, image.shape[1], image.shape[0])(Image.fromarray(image)))
            ours = apply_operation(image, (name, value), FILL, FILL)
            distance = np.abs(ours.astype(np.int64) - theirs)
            if name in ("rotate", "translateX", "translateY"):
                assert (distance.max(axis=2) > 0).mean() <= 0.001, (image.shape, value)
            else:
                assert distance.max() <= 1, (image.shape, value)
            differing, pixels = differing + int((distance.max(axis=2) > 0).sum()), pixels + distance[:, :, 0].size
    assert differing / pixels < 1e-4


def test_the_weakest_value_changes_nothing_and_the_strongest_much() -> None:
    image = next(pictures())
    for name in NAMES[:11]:
        assert np.array_equal(apply_operation(image, (name, value_at(name, 0)), FILL, FILL), image), name
        assert (apply_operation(image, (name, value_at(name, 1)), FILL, FILL) != image).mean() > 0.5, name


def test_no_operation_gives_the_memory_of_its_input() -> None:
    image = next(pictures())
    for name in NAMES:
        for strength in (0.0, 0.7):
            result = apply_operation(image, (name, value_at(name, strength)), FILL, FILL)
            assert not np.shares_memory(result, image), name


def test_a_rotation_by_legacy_pillow_is_that_of_compat_2020() -> None:
    """It went through RGBA and laid the turned image on grey."""
    from ppclas_augment_transform.auto_augment import AutoAugment

    image = next(pictures())
    turned = Image.fromarray(image).convert("RGBA").rotate(20)
    old = Image.composite(turned, Image.new("RGBA", turned.size, (128, 128, 128, 128)), turned).convert("RGB")
    draw: Tuple[Tuple[str, float], ...] = (("rotate", 20.0),)
    assert np.array_equal(AutoAugment(fillcolor=FILL, compat=2020).apply(image, draw), np.asarray(old))
    assert not np.array_equal(AutoAugment(fillcolor=FILL).apply(image, draw), np.asarray(old))
