# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Gradient clipping: the key `OPTIMIZER.grad_clip`, applied before weight decay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Optional, Tuple

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.signature import coerce

if TYPE_CHECKING:
    from ppclas_core.optim.protocol import GradClip

CLIPS = {"norm": "ClipGradByNorm", "value": "ClipGradByValue", "global_norm": "ClipGradByGlobalNorm"}
"""Key -> class of `paddle.nn`. They limit the L2 norm of a gradient, its elements, or the L2 norm of all gradients."""

_KEY = "OPTIMIZER.grad_clip"


def bind_clip(section: Optional[Mapping[str, object]]) -> Optional[Tuple[str, float]]:
    """Return the kind and the limit of `{norm | value | global_norm: limit}`; None for no clipping; import no Paddle.

    Raises:
        UserError: an unknown kind, several kinds, or a limit that is not a positive number.
    """
    if not section:
        return None
    for key in section:
        if key not in CLIPS:
            raise UserError(f"grad_clip has no key '{key}'.{did_you_mean(str(key), CLIPS)}", where=f"{_KEY}.{key}",
                            do=f"one of: {', '.join(CLIPS)}")
    if len(section) > 1:
        raise UserError(f"grad_clip has {len(section)} limits: {', '.join(section)}", where=_KEY, do="keep one")
    ((kind, value),) = section.items()
    limit = coerce(value, float, what=f"{_KEY}.{kind}")
    if not limit > 0:
        raise UserError(f"{_KEY}.{kind} is {limit:g}; it must be more than 0", where=f"{_KEY}.{kind}")
    return str(kind), limit


def build_clip(section: Optional[Mapping[str, object]]) -> GradClip:
    """Build the Paddle object for the argument `grad_clip` of an optimizer; None for no clipping."""
    bound = bind_clip(section)
    if bound is None:
        return None
    from paddle import nn

    kind, limit = bound
    clip: GradClip = getattr(nn, CLIPS[kind])(limit)
    return clip
