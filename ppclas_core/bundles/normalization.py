# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Split preprocessing into what stays outside a model (decode, resize, crop) and the normalisation that can move in."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ppclas_core.plugins.catalogue import catalogue


class Split(NamedTuple):
    """Transforms that give uint8 (H, W, C), and the normalisation `(pixel * scale - mean) / std` that follows."""

    outside: List[Dict[str, Any]]
    scale: float
    mean: Tuple[float, ...]
    std: Tuple[float, ...]


def split_normalization(preprocessing: Sequence[Mapping[str, Any]]) -> Optional[Split]:
    """Split before `NormalizeImage`; None unless it and `ToCHWImage`, in either order, are the end of the list."""
    steps = [next(iter(step.items())) for step in preprocessing]
    if sorted(name for name, _ in steps[-2:]) != ["NormalizeImage", "ToCHWImage"]:
        return None
    op = catalogue().create("op", "NormalizeImage", dict(steps[-2:])["NormalizeImage"] or {})
    return Split([dict(step) for step in preprocessing[:-2]], float(op.scale), tuple(op.mean), tuple(op.std))
