# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`OPTIMIZER.grad_clip`: a limit on the gradients, applied before weight decay."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Tuple

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.signature import coerce

CLIPS = {"norm": "ClipGradByNorm", "value": "ClipGradByValue", "global_norm": "ClipGradByGlobalNorm"}
"""Key -> class of `paddle.nn`: the L2 norm of each gradient by itself, each number of it, the norm of all together."""

PLACE = "OPTIMIZER.grad_clip"


def bind_clip(section: Optional[Mapping[str, Any]]) -> Optional[Tuple[str, float]]:
    """Return the kind and the limit of `{norm | value | global_norm: limit}`; None for no clipping. Import no paddle.

    Raises:
        UserError: an unknown kind, several kinds, a limit that is no positive number.
    """
    if not section:
        return None
    for key in section:
        if key not in CLIPS:
            raise UserError(f"grad_clip has no key '{key}'.{did_you_mean(str(key), CLIPS)}", where=f"{PLACE}.{key}",
                            do=f"one of: {', '.join(CLIPS)}")
    if len(section) > 1:
        raise UserError(f"grad_clip has {len(section)} limits: {', '.join(section)}", where=PLACE, do="keep one")
    ((kind, value),) = section.items()
    limit = coerce(value, float, what=f"{PLACE}.{kind}")
    if not limit > 0:
        raise UserError(f"{PLACE}.{kind} is {limit:g}; it must be more than 0", where=f"{PLACE}.{kind}")
    return str(kind), limit


def build_clip(section: Optional[Mapping[str, Any]]) -> Any:
    """Build the Paddle object for the argument `grad_clip` of an optimizer, None for no clipping."""
    bound = bind_clip(section)
    if bound is None:
        return None
    from paddle import nn

    kind, limit = bound
    return getattr(nn, CLIPS[kind])(limit)
