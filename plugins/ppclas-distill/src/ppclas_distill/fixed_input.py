# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a teacher sees the same picture of a sample in every epoch, so that its outputs can be kept."""

from __future__ import annotations

from typing import Any, NoReturn

from ppclas_core.errors import UserError

_TRIED = 20
"""Images at the start of the data that are tried for a usable one."""


def refuse_changing_input(config: Any, loader: Any) -> None:
    """Raise where an op of the training pipeline makes another picture each time.

    An op is random when it can draw (`sample`), when it changes from epoch to epoch (`at_epoch`), or when it takes
    anything from its generator on the first usable image.

    Raises:
        UserError: naming the op.
    """
    where = config.place("DISTILLATION.cache")
    if config.get("use_mix"):
        raise UserError("the outputs of the teacher cannot be kept: use_mix blends other images each time", where=where,
                        do="leave out cache, or use_mix")
    for step in loader.pipeline.steps:
        if hasattr(step.op, "sample") or hasattr(step.op, "at_epoch"):
            _refuse(step.name, where)
    _draw_nothing(loader, where)


class _Drew(Exception):
    """An op asked for a random number."""


class _NoDraws:
    """Stands for the generator of a sample."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _Drew(name)


def _draw_nothing(loader: Any, where: str) -> None:
    """Send one image through the pipeline with a generator that gives nothing."""
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
