# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""PaddleSlim's quantized checkpoints as floating-point weights.

Quantization-aware training keeps `<weight>.scale` (later `<weight>@scale`) beside each weight. After its conversion
the weight itself holds integers -127..127 (`<weight>`, or `<weight>.int8`); the float value is
`integer * scale / 127`. The suffix alone is ambiguous: the legacy DarkNet53 calls its batch norms `<layer>.scale`,
`<layer>.offset`. A file is treated as PaddleSlim's only if it also holds the tensor that a scale belongs to.
"""

from __future__ import annotations

import re
from typing import Dict, Mapping

import numpy as np

_SCALE = re.compile(r"(.*)[.@]scale")
_BOOKKEEPING = re.compile(
    r".*[.@]scale|.*\.(quantized|dequantized|quant_dequant)|(.*\.)?(scale_)?(state|accum|scales)@?_\d+")


def dequantize(arrays: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """Return the arrays with quantized weights as float32 and without quantizer state; others are unchanged."""
    matches = {name: _SCALE.fullmatch(name) for name in arrays}
    scales = {found.group(1): arrays[name] for name, found in matches.items()
              if found and (found.group(1) in arrays or f"{found.group(1)}.int8" in arrays)}
    if not scales:
        return dict(arrays)
    result = {}
    for name, value in arrays.items():
        base = name[: -len(".int8")] if name.endswith(".int8") else name
        if _BOOKKEEPING.fullmatch(name) and not _is_batch_norm_scale(name, arrays):
            continue
        result[base] = _rescaled(value, scales[base]) if base in scales and _has_integers(value) else value
    return result


def _is_batch_norm_scale(name: str, arrays: Mapping[str, np.ndarray]) -> bool:
    """Return whether a name is the scale of a batch norm: its offset is in the same file."""
    layer, dot, last = name.rpartition(".")
    return last == "scale" and f"{layer}{dot}offset" in arrays


def _rescaled(value: np.ndarray, scale: np.ndarray) -> np.ndarray:
    scale = scale.astype(np.float32).reshape(-1)
    if scale.size > 1:  # one per output channel: the first axis of a convolution, the last of a fully connected layer
        axis = 0 if value.ndim == 4 else value.ndim - 1
        scale = scale.reshape([-1 if k == axis else 1 for k in range(value.ndim)])
    return value.astype(np.float32) * scale / np.float32(127.0)


def _has_integers(value: np.ndarray) -> bool:
    if value.dtype == np.int8:
        return True
    return bool(value.any()) and float(np.abs(value).max()) <= 127 and bool((value == np.rint(value)).all())
