# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What an exporter is given, and what it tells of the files that it wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Optional, Tuple

from ppclas_core.api import Backbone
from ppclas_core.runs.meta import Meta

if TYPE_CHECKING:
    import numpy as np
    from paddle import nn

INPUT_NAME = "image"
"""Name of the input tensor in every format that names its tensors."""


@dataclass(frozen=True)
class ExportRequest:
    """What to export.

    Args:
        model: the layer on the CPU in evaluation mode: float32 (N, C, H, W) -> logits (N, num_classes) float32.
        record: of its architecture.
        meta: labels, preprocessing and config of the checkpoint.
        example: golden batch, float32 (N, C, H, W), N >= 2, preprocessed as the model wants it.
        out: existing empty folder that takes the files; any path may hold spaces and letters beyond ASCII.
        input_shape: (C, H, W) of the network input.
        pixels: the golden batch before normalisation, uint8 (N, H, W, C); None where the preprocessing does not end
            with one normalisation of uint8 pixels.
    """

    model: nn.Layer
    record: Backbone
    meta: Meta
    example: np.ndarray
    out: Path
    input_shape: Tuple[int, int, int]
    pixels: Optional[np.ndarray] = None


@dataclass(frozen=True)
class Artefact:
    """What an exporter returns about its files; None in its place means these defaults.

    Args:
        takes_pixels: the input is uint8 (N, H, W, C) before normalisation, which the artefact does itself;
            the bundle's `preprocess.yaml` then ends before it.
        probabilities: the output is softmax(logits); the runtime then gives its logarithm in place of logits.
        tools: name -> version of the tools that made it.
        facts: further entries of `bundle.json`, below the key `details`.
        limit: largest allowed difference of logits, in standard deviations over the classes; only a format that
            rounds on purpose (bfloat16, int8) may say another. Beyond the common limit the first class may be another
            where the model's own logits of the two differ by less than this.
    """

    takes_pixels: bool = False
    probabilities: bool = False
    tools: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    limit: float = 1e-3
