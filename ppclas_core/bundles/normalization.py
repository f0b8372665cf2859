# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Split of preprocessing into transforms outside of the model and a normalization that can move into its graph."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ppclas_core.plugins.catalogue import catalogue


class Split(NamedTuple):
    """Transforms up to uint8 (H, W, C), and the following normalization `(pixel * scale - mean) / std`."""

    outside: List[Dict[str, Any]]
    scale: float
    mean: Tuple[float, ...]
    std: Tuple[float, ...]


def split_normalization(preprocessing: Sequence[Mapping[str, Any]]) -> Optional[Split]:
    """Split before `NormalizeImage`; return None unless the list ends with it and `ToCHWImage`, in either order."""
    steps = [next(iter(step.items())) for step in preprocessing]
    if sorted(name for name, _ in steps[-2:]) != ["NormalizeImage", "ToCHWImage"]:
        return None
    op = catalogue().create("op", "NormalizeImage", dict(steps[-2:])["NormalizeImage"] or {})
    return Split([dict(step) for step in preprocessing[:-2]], float(op.scale), tuple(op.mean), tuple(op.std))
