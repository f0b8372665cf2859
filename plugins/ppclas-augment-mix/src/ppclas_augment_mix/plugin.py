# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the ops that mix the images of a batch."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Op, hookimpl


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """Return the ops of this distribution."""
    package = "ppclas_augment_mix"
    both = ("HWC", "CHW")
    return [
        Op("MixupOperator", f"{package}.mixup:MixupOperator", "batch", both, aliases=("Mixup",),
           doc="blend each image with another of the batch"),
        Op("CutmixOperator", f"{package}.cutmix:CutmixOperator", "batch", both, aliases=("Cutmix",),
           doc="paste a box of another image"),
        Op("FmixOperator", f"{package}.fmix:FmixOperator", "batch", both, aliases=("Fmix",),
           doc="paste patches of another image, shaped by low frequencies"),
    ]
