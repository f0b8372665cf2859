# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Input and result of an exporter: `ExportRequest` and `ExportResult`.

`write` makes the request, gives it to the exporter of the format, and reads the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Optional, Tuple

from ppclas_core.api import Backbone
from ppclas_core.export.standalone import Standalone
from ppclas_core.runs.meta import Meta

if TYPE_CHECKING:
    import numpy as np
    from paddle import nn

INPUT_NAME = "image"
"""Name of the input tensor in all formats with named tensors."""


@dataclass(frozen=True)
class ExportRequest:
    """Input of an exporter.

    Args:
        model: the layer on the CPU in evaluation mode: float32 (N, C, H, W) -> logits (N, num_classes) float32.
        record: record of the architecture.
        meta: labels, preprocessing and config of the checkpoint.
        example: golden batch, float32 (N, C, H, W), N >= 2, preprocessed for the model.
        out: existing empty folder for the files; its path may contain spaces and non-ASCII characters.
        input_shape: (C, H, W) of the network input.
        pixels: the golden batch before normalization, uint8 (N, H, W, C); None if the preprocessing does not end
            with a normalization of uint8 pixels.
    """

    model: nn.Layer
    record: Backbone
    meta: Meta
    example: np.ndarray
    out: Path
    input_shape: Tuple[int, int, int]
    pixels: Optional[np.ndarray] = None


@dataclass(frozen=True)
class ExportResult:
    """Result of an exporter; an exporter may return None for these defaults.

    Args:
        takes_pixels: the input is uint8 (N, H, W, C) and the artifact normalizes it;
            the bundle's `preprocess.yaml` then ends before the normalization.
        probabilities: the output is softmax(logits); the runtime then returns its logarithm in place of logits.
        tools: name -> version of the tools used.
        facts: further entries of `bundle.json`, under the key `details`.
        limit: tolerance for the difference of logits, in standard deviations over the classes; only formats with
            intended rounding (bfloat16, int8) may change it. With a larger limit the top-1 class may differ if the
            model's logits of the two classes differ by less than the limit.
        standalone: part of the bundle's `predict_standalone.py`; None: the bundle gets no such program.
    """

    takes_pixels: bool = False
    probabilities: bool = False
    tools: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    limit: float = 1e-3
    standalone: Optional[Standalone] = None
