# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the ops that erase parts of an image."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Op, Recommendation, hookimpl


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """Return the ops of this distribution."""
    package = "ppclas_augment_erase"
    both = ("HWC", "CHW")
    return [
        Op("Cutout", f"{package}.cutout:Cutout", layouts=both, doc="square holes at random positions"),
        Op("RandomErasing", f"{package}.random_erasing:RandomErasing", layouts=both,
           doc="one rectangle of random area and aspect",
           recommended=Recommendation(below_images=10_000, normalized=True, params={"EPSILON": 0.25},
                                      why="reduces overfitting on small datasets")),
        Op("HideAndSeek", f"{package}.hide_and_seek:HideAndSeek", layouts=both,
           doc="cells of a grid, each hidden with a probability"),
        Op("GridMask", f"{package}.grid_mask:GridMask", layouts=both,
           doc="a grid of bands, with a probability that grows over the epochs"),
    ]
