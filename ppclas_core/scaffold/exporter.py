# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of an exporter plugin: a saved Paddle program, run by `paddle.jit.load`."""

from __future__ import annotations

from ppclas_core.scaffold.layout import component_files, kit_tests, plugin_module

WHAT = "An exporter"
COMMANDS = (
    "ppclas data digits",
    "ppclas run quick_start/digits_MobileNetV3_small.yaml -o epochs=1 -o model_save_dir=output/digits",
    "ppclas export output/digits/* @component@ output/@dist@",
)

RECORDS = '''
        Exporter(
            name="@component@",
            target="@package@.@module@:export",
            load="@package@.@module@:load",
            requires=("paddle:paddlepaddle",),
            doc="a saved Paddle program",
        ),
    '''

MODULE = '''\
"""@component@: name the program that runs these files."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import numpy as np
import paddle

from ppclas_core.export import ExportRequest


def export(request: ExportRequest, *, file_name: str = "program") -> None:
    """Write the files of the format into `request.out`; core adds labels, preprocessing and the parity check.

    Args:
        file_name: name of the files without extension.
    """
    shape = [None, *request.example.shape[1:]]
    spec = paddle.static.InputSpec(shape, "float32", "image")
    paddle.jit.save(request.model, str(request.out / file_name), input_spec=[spec])


def load(folder: Path) -> Callable[[np.ndarray], np.ndarray]:
    """Return the runtime: float32 (N, C, H, W) -> logits (N, num_classes) float32."""
    program = paddle.jit.load(str(next(Path(folder).glob("*.pdiparams")).with_suffix("")))
    program.eval()
    return lambda images: program(paddle.to_tensor(images)).numpy()
'''

FILES = component_files(
    plugin_module("Exporter", "ppclas_exporters", "format", RECORDS),
    MODULE,
    kit_tests("ExporterConformance", "Exporters",
              ", which runs each artifact and compares its outputs with those of the model."),
)
