# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check that the training transforms are deterministic, so that teacher outputs can be cached."""

from __future__ import annotations

from typing import Any, NoReturn

from ppclas_core.config import Config
from ppclas_core.errors import UserError

_TRIED = 20
"""Number of images at the start of the data that are tried until one is readable."""


def refuse_changing_input(config: Config, loader: Any) -> None:
    """Raise if an op of the training pipeline is random.

    An op is random if it can draw (`sample`), if it changes with the epoch (`at_epoch`), or if it uses its random
    number generator on the first readable image.

    Raises:
        UserError: names the random op.
    """
    where = config.place("DISTILLATION.cache")
    if config.use_mix:
        raise UserError("the outputs of the teacher cannot be kept: use_mix blends other images each time", where=where,
                        do="leave out cache, or use_mix")
    for step in loader.pipeline.steps:
        if hasattr(step.op, "sample") or hasattr(step.op, "at_epoch"):
            _refuse(step.name, where)
    _draw_nothing(loader, where)


class _Drew(Exception):
    """Raised when an op uses its random number generator."""


class _NoDraws:
    """Random number generator whose use raises `_Drew`."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _Drew(name)


def _draw_nothing(loader: Any, where: str) -> None:
    """Run one image through the pipeline with a generator that raises at any draw."""
    from ppclas_core.data import BadImage, TransformError, run_step

    rng: Any = _NoDraws()
    for index in range(min(len(loader.source), _TRIED)):
        try:
            image = loader.source.read(index)
            for step in loader.pipeline.steps:
                try:
                    image = run_step(step, image, rng, loader.source.path(index))
                except TransformError as error:
                    if isinstance(error.__cause__, _Drew):
                        _refuse(step.name, where)
                    raise
            return
        except BadImage:
            continue


def _refuse(name: str, where: str) -> NoReturn:
    raise UserError(f"the outputs of the teacher cannot be kept: {name} makes another image each time", where=where,
                    do=f"leave out cache, or {name}: the transforms of VALID show the teacher the same image always")
