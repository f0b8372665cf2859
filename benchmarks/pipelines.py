# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The pipelines that input_pipeline.py compares: JPEG bytes -> random crop to 224 -> flip -> normalized float32 CHW.

Each pipeline is a function `(index, out) -> None` that writes one image into a batch.
"""

from __future__ import annotations

import io
import math
import random
from typing import TYPE_CHECKING, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import cv2
import numpy as np

from ppclas_core.data import build_pipeline
from ppclas_core.data.decoding.decoders import choose_decoder
from ppclas_core.data.fused import FusedPipeline
from ppclas_core.data.sampler import sample_rng

if TYPE_CHECKING:
    from ppclas_core.data.decoding.jpeg_restart import DividedJpeg

SIDE = 224
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
TRANSFORMS: List[Mapping[str, Optional[Mapping[str, object]]]] = [
    {"DecodeImage": {}},
    {"RandCropImage": {"size": SIDE}},
    {"RandFlipImage": {}},
    {"NormalizeImage": {"scale": "1./255.", "mean": list(MEAN), "std": list(STD), "order": ""}},
    {"ToCHWImage": {}},
]
Pipeline = Callable[[int, np.ndarray], None]


def chain_of_2020(image: bytes) -> np.ndarray:
    """Run a reimplementation of the op chain of 2020: each op allocates a new array."""
    decoded = cv2.imdecode(np.frombuffer(image, np.uint8), 1)
    assert decoded is not None
    pixels = decoded[:, :, ::-1]
    height, width = pixels.shape[:2]
    aspect = math.sqrt(random.uniform(3.0 / 4.0, 4.0 / 3.0))
    wide, tall = 1.0 * aspect, 1.0 / aspect
    bound = min((float(width) / height) / wide**2, (float(height) / width) / tall**2)
    area = height * width * random.uniform(min(0.08, bound), min(1.0, bound))
    w, h = int(math.sqrt(area) * wide), int(math.sqrt(area) * tall)
    x, y = random.randint(0, width - w), random.randint(0, height - h)
    pixels = cv2.resize(pixels[y : y + h, x : x + w, :], (SIDE, SIDE))
    if random.randint(0, 1) == 1:
        pixels = cv2.flip(pixels, 1)
    mean, std = (np.array(value).reshape(1, 1, 3).astype("float32") for value in (MEAN, STD))
    normalized: np.ndarray = (pixels.astype("float32") * np.float32(1.0 / 255.0) - mean) / std
    return normalized.transpose((2, 0, 1))


def of_2020(images: List[bytes]) -> Pipeline:
    """Return a pipeline with the op chain of 2020."""

    def run(index: int, out: np.ndarray) -> None:
        out[...] = chain_of_2020(images[index])

    return run


def ours(images: Sequence[Union[bytes, DividedJpeg]], decoder: str) -> Pipeline:
    """Return our pipeline of a standard config, for encoded images or for images of a repacked source."""
    pipeline = build_pipeline(TRANSFORMS)
    plan = FusedPipeline(pipeline, choose_decoder(decoder, pipeline))

    def run(index: int, out: np.ndarray) -> None:
        plan.write(plan.image(images[index], sample_rng(0, 0, index)), out)

    return run


def pillow_style(images: List[bytes]) -> Pipeline:
    """Return a pipeline with Pillow: random crop as in torchvision, antialiased resize.

    Raises:
        ImportError: Pillow is not installed.
    """
    from PIL import Image

    mean, std = (np.array(value, np.float32).reshape(3, 1, 1) for value in (MEAN, STD))

    def box(width: int, height: int) -> Tuple[int, int, int, int]:
        for _ in range(10):
            area = width * height * random.uniform(0.08, 1.0)
            ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
            w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if 0 < w <= width and 0 < h <= height:
                x, y = random.randint(0, width - w), random.randint(0, height - h)
                return x, y, x + w, y + h
        return 0, 0, width, height

    def run(index: int, out: np.ndarray) -> None:
        image = Image.open(io.BytesIO(images[index])).convert("RGB")
        image = image.crop(box(*image.size)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        if random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        planes = np.asarray(image).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
        out[...] = (planes - mean) / std

    return run


def of_albumentations(images: List[bytes]) -> Pipeline:
    """Return a pipeline with albumentations and OpenCV's decoder, composed as in its documentation.

    Raises:
        ImportError: albumentations is not installed.
    """
    import albumentations as A

    compose = A.Compose([A.RandomResizedCrop(size=(SIDE, SIDE)), A.HorizontalFlip(), A.Normalize(MEAN, STD)])

    def run(index: int, out: np.ndarray) -> None:
        pixels = cv2.imdecode(np.frombuffer(images[index], np.uint8), cv2.IMREAD_COLOR_RGB)
        out[...] = compose(image=pixels)["image"].transpose(2, 0, 1)

    return run


def all_pipelines(images: List[bytes], repacked: Sequence[Union[bytes, DividedJpeg]],
                  missing: List[str]) -> Dict[str, Pipeline]:
    """Return the pipelines by name; append those that cannot run here to `missing`."""
    found: Dict[str, Pipeline] = {"chain of 2020": of_2020(images), "ours": ours(images, "opencv")}
    try:
        found["ours, turbo"] = ours(images, "turbo")
    except Exception as error:  # a missing or broken peer must not end the comparison
        missing.append(f"turbo: {str(error).splitlines()[0]}")
    if repacked:
        found["ours, repacked"] = ours(repacked, "opencv")
        if "ours, turbo" in found:
            found["ours, repacked, turbo"] = ours(repacked, "turbo")
    for name, make in (("Pillow style", pillow_style), ("albumentations", of_albumentations)):
        try:
            found[name] = make(images)
        except Exception as error:
            missing.append(f"{name}: {error}")
    return found
