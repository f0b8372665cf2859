# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check that the training transforms are deterministic, so that teacher outputs can be cached."""

from __future__ import annotations

from typing import NoReturn, Union, cast

import numpy as np

from ppclas_core.config import Config
from ppclas_core.data import BadImage, Loader, TransformError, run_step
from ppclas_core.errors import UserError

_MAX_IMAGES = 20
"""Largest number of images that are read until one can be decoded."""


def check_deterministic_input(config: Config, loader: Loader) -> None:
    """Check that no op of the training pipeline is random.

    An op is random if it has `sample`, if it has `at_epoch`, or if it uses its random number generator for the first
    readable image.

    Raises:
        UserError: an op is random; the message names it.
    """
    where = config.location("DISTILLATION.cache")
    if config.use_mix:
        raise UserError("the outputs of the teacher cannot be cached: use_mix blends other images in each epoch",
                        where=where, do="remove cache, or use_mix")
    for step in loader.pipeline.steps:
        if hasattr(step.op, "sample") or hasattr(step.op, "at_epoch"):
            _refuse(step.name, where)
    _check_no_draw(loader, where)


class _RandomDrawError(Exception):
    """Raised when an op uses its random number generator."""


class _ForbiddenGenerator:
    """Random number generator whose use raises `_RandomDrawError`."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _RandomDrawError(name)


def _check_no_draw(loader: Loader, where: str) -> None:
    """Run one image through the pipeline with a generator that raises at any draw."""
    rng = cast(np.random.Generator, _ForbiddenGenerator())
    for index in range(min(len(loader.source), _MAX_IMAGES)):
        try:
            image: Union[bytes, np.ndarray] = loader.source.read(index)
            for step in loader.pipeline.steps:
                try:
                    image = run_step(step, image, rng, loader.source.path(index))
                except TransformError as error:
                    if isinstance(error.__cause__, _RandomDrawError):
                        _refuse(step.name, where)
                    raise
            return
        except BadImage:
            continue


def _refuse(name: str, where: str) -> NoReturn:
    raise UserError(f"the outputs of the teacher cannot be cached: {name} changes an image in each epoch", where=where,
                    do=f"remove cache, or {name}; the transforms of VALID are deterministic")
