# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check of images: a sample is decoded and must get the size of `image_shape`; the other files must be whole images."""

from __future__ import annotations

import random
from typing import Dict, List, Mapping, Optional, Set, Tuple

import numpy as np

from ppclas_core.checks.file_ends import unreadable_files
from ppclas_core.checks.finding import Finding
from ppclas_core.config.config import Config
from ppclas_core.config.sections import DataSection
from ppclas_core.data.decoding.encoded_file import pixel_size
from ppclas_core.data.decoding.notes import count_notes, decoding_notes
from ppclas_core.data.errors import BadImage, TransformError
from ppclas_core.data.image_shape import shape_advice
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, build_pipeline
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import PluginError, UserError, UserErrors
from ppclas_core.system.text import one_line

FIRST = 64
RANDOM = 64
"""Images that are transformed: the first `FIRST`, and `RANDOM` random others."""
MEASURED = 10_000
"""Limit on the images whose size is read when the transforms do not fix it."""

Shapes = Dict[Tuple[int, ...], str]


def try_images(config: Config, section: str, source: Source, absent: Set[int]) -> List[Finding]:
    """Transform a sample of the images, note what decoding discards, and compare the shapes.

    Of the other files the first and last bytes are read, see `unreadable_files`.

    Raises:
        UserErrors: the ratio of unusable images exceeds `bad_image_budget`.
        UserError: the shapes differ from each other or from `image_shape`.
    """
    pipeline = _pipeline(config.require_data(section))
    if pipeline is None:
        return [Finding("note", f"{section}: its transforms are not complete here, no image was tried")]

    chosen = sample(len(source))
    bad: List[UserError] = []
    shapes: Shapes = {}
    notes: List[Tuple[str, Tuple[str, ...]]] = []
    first = pipeline.steps[0].op if pipeline.steps else None
    for index in chosen:
        if index in absent:
            continue
        try:
            data, path = source.read(index), source.path(index)
            made = pipeline(data, np.random.default_rng([config.seed, index]), path)
            shapes.setdefault(made.shape, path)
            notes.append((source.name(index), decoding_notes(data, first)))
        except BadImage as error:
            bad.append(error)
        except PluginError as error:
            raise error.at(config.location(f"{section}.transforms")) from None
        except TransformError as error:
            bad.append(UserError(str(error), where=config.location(f"{section}.transforms")))
    others = unreadable_files(source, pipeline, absent.union(chosen), config.seed)
    ratio = bad_ratio(config.require_data(section))
    if len(bad) > ratio * len(chosen) or len(others) > ratio * len(source):
        raise UserErrors([*bad, *others])
    findings = [Finding("note", f"will be skipped: {error}") for error in (*bad, *others)]
    findings += [Finding("note", f"{section}: {noted.kind}: {one_line(noted.text())}") for noted in count_notes(notes)]
    if len(shapes) == 1 and _size_depends_on_input(pipeline):
        measured = _measure(pipeline, source, absent.union(chosen), shapes)
        findings.append(Finding("note", f"{section}.transforms do not fix the size, so all images must have the same; "
                                f"{len(chosen) + measured} of {len(source)} were checked",
                                config.location(f"{section}.transforms")))
    findings += check_shapes(config, section, shapes)
    return [*findings, Finding("ok", f"{section}: {len(chosen)} images tried, {len(chosen) - len(bad)} are fine")]


def check_shapes(config: Config, section: str, shapes: Mapping[Tuple[int, ...], str]) -> List[Finding]:
    """Compare the shapes of transformed images with each other and with `image_shape`.

    Args:
        config: the config.
        section: TRAIN or VALID.
        shapes: shape -> path of an image with it; empty if no image is usable.

    Raises:
        UserError: there are several shapes, or VALID differs from `image_shape`, or TRAIN in the number of channels.
    """
    where, found = config.location(f"{section}.transforms"), [list(shape) for shape in shapes]
    if len(found) > 1:
        examples = " and ".join(f"{list(shape)} ({path})" for shape, path in list(shapes.items())[:2])
        raise UserError(f"{section}.transforms give images of different sizes, {examples}: they cannot form a batch",
                        where=where, do="end the resizing with CropImage, or with ResizeImage: {size: ...}")
    wanted = list(config.image_shape)
    if not found or found[0] == wanted:
        return []
    text = f"{section}.transforms give images of {found[0]}, but image_shape is {wanted}"
    if section == "TRAIN" and found[0][0] == wanted[0]:  # training on smaller images is a known method
        return [Finding("note", text, where)]
    raise UserError(text, where=config.location("image_shape"), do=shape_advice(found[0], wanted))


def sample(count: int) -> List[int]:
    """Return the indices of the first 64 and of 64 random other images; they depend on `count` only."""
    first = range(min(FIRST, count))
    rest = range(len(first), count)
    return [*first, *sorted(random.Random(0).sample(rest, min(RANDOM, len(rest))))]


def bad_ratio(section: DataSection) -> float:
    """Return the accepted ratio of bad images, 0 to 1."""
    return section.bad_image_budget if section.on_bad_image == "skip" else 0.0


def _pipeline(section: DataSection) -> Optional[Pipeline]:
    """Return the transforms of a section; None if they are invalid, which `check_components` reports."""
    try:
        return build_pipeline(section.transforms)
    except UserError:
        return None


def _size_depends_on_input(pipeline: Pipeline) -> bool:
    """Return whether the output size depends on the input size; also True if the transforms fail on a test image."""
    shapes = set()
    for size in ((300, 400, 3), (400, 300, 3)):
        data = cv2.imencode(".png", np.full(size, 127, np.uint8))[1].tobytes()
        shapes.add(_shape(pipeline, data, ""))
    return len(shapes) > 1 or None in shapes  # None: an op needs the image sizes of this data


def _measure(pipeline: Pipeline, source: Source, known: Set[int], shapes: Shapes) -> int:
    """Add the output shapes of further images, one per size in their headers; return the number of images read.

    Unreadable images are skipped; training reports them.
    """
    sizes: Set[Tuple[int, int]] = set()
    measured = 0
    for index in range(len(source)):
        if index in known or measured == MEASURED or len(shapes) > 1:
            continue
        try:
            data = source.read(index)
        except BadImage:
            continue
        measured += 1
        size = pixel_size(data)
        if size is None or size not in sizes:
            shape = _shape(pipeline, data, source.path(index))
            if shape is not None:
                shapes.setdefault(shape, source.path(index))
                sizes.update(() if size is None else (size,))
    return measured


def _shape(pipeline: Pipeline, data: bytes, path: str) -> Optional[Tuple[int, ...]]:
    """Return the shape of a transformed image; None if the transforms fail."""
    try:
        shape: Tuple[int, ...] = pipeline(data, np.random.default_rng(0), path).shape
    except (UserError, TransformError):
        return None
    return shape
