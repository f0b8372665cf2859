# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of legacy inference models: a program, and its values in one file or in one file per variable.

`tools/export_model.py` writes them with softmax output, and with `preprocess.yaml` and class names beside the program.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Dict, List, Literal, NamedTuple, Optional, Tuple, Union

import numpy as np
import yaml

from ppclas_core.api import IMAGENET_MEAN, IMAGENET_STD
from ppclas_core.bundles.bundle import BUNDLE_FILE, LABELS_FILE, PREPROCESS_FILE
from ppclas_core.bundles.source import evaluation_transforms
from ppclas_core.errors import UserError
from ppclas_core.runtimes.paddle_inference import DEFAULT_TUNING, PaddleRuntime, Tuning
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.formats.program import PARAMS_FILES, params_of, program_of, write_combined

SIZE = 224
"""Input size in pixels of a model without `preprocess.yaml`."""
SHORT = 256
"""Short side in pixels, before the center crop, of a model without `preprocess.yaml`."""


class LegacyProgram(NamedTuple):
    """Opened legacy inference model.

    Args:
        runtime: float32 (N, C, H, W) -> logits (N, num_classes) float32.
        labels: class names in the order of the logits; empty if unknown.
        num_classes: number of logits.
        input_shape: (C, H, W).
        preprocessing: transforms from encoded bytes to the input.
    """

    runtime: PaddleRuntime
    labels: List[str]
    num_classes: int
    input_shape: Tuple[int, ...]
    preprocessing: List[Dict[str, Any]]


def read_program(model_file: Union[str, Path], params_file: Union[str, Path, None], device: str = "cpu", *,
                 precision: Literal["fp32", "fp16"] = "fp32", tuning: Tuning = DEFAULT_TUNING) -> LegacyProgram:
    """Open an inference model whose output is softmax, as `export_model_and_params` writes it.

    Args:
        model_file: the program.
        params_file: combined values; None: `params` or `__params__` beside the program, else its variable files.
        device: `cpu`, `gpu` or `gpu:N`.
        precision: precision of the runtime, see `PaddleRuntime`.
        tuning: settings of the runtime, see `PaddleRuntime`.

    Raises:
        UserError: files are missing or not an inference model, belong to a bundle, or have another input size.
    """
    model = Path(expand_path(str(model_file)))
    params = params_of(model.parent) if params_file is None else Path(expand_path(str(params_file)))
    if (model.parent / BUNDLE_FILE).is_file():
        raise UserError("this file belongs to a bundle, which has its own preprocessing", where=str(model),
                        do=f"ppclas predict {model.parent} IMAGE")
    shape, transforms = legacy_preprocessing(model.parent / PREPROCESS_FILE)
    with tempfile.TemporaryDirectory(prefix="ppclas-") as folder:
        if params is None and model.is_file():
            params = Path(folder) / PARAMS_FILES[0]
            write_combined(model, params)
        runtime = PaddleRuntime(model, params or model.parent / PARAMS_FILES[0], device=device, log_of_output=True,
                                precision=precision, tuning=tuning)
    try:
        outputs = runtime(np.zeros((1, *shape), np.float32))
    except (RuntimeError, ValueError) as error:
        raise UserError(f"the model does not accept float32 (N, {', '.join(map(str, shape))}), the output of its "
                        "preprocessing", where=str(model), do="export it again, which writes preprocess.yaml beside it"
                        ) from error
    labels = model.parent / LABELS_FILE
    names = labels.read_text(encoding="utf-8").split("\n")[:-1] if labels.is_file() else []
    return LegacyProgram(runtime, names, int(outputs.shape[1]), shape, transforms)


def exported_program(source: object) -> Optional[Path]:
    """Return the program of a folder from `tools/export_model.py`, which has `preprocess.yaml`; None for others.

    Args:
        source: source of a `Predictor`.
    """
    if not isinstance(source, (str, Path)):
        return None
    program = program_of(Path(expand_path(str(source))))
    known = (program.parent / PREPROCESS_FILE).is_file() and not (program.parent / BUNDLE_FILE).is_file()
    return program if known and program.is_file() else None


def legacy_preprocessing(file: Path) -> Tuple[Tuple[int, ...], List[Dict[str, Any]]]:
    """Return (C, H, W) and the transforms of a `preprocess.yaml`; without the file, those of ImageNet at 224 pixels."""
    if not file.is_file():
        return (3, SIZE, SIZE), evaluation_transforms(SIZE, SHORT, "bilinear", list(IMAGENET_MEAN), list(IMAGENET_STD))
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(settings["image_shape"]), list(settings["transforms"])
