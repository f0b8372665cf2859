# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loader for folders of Paddle Serving (`ppcls_model`: program, parameters and prototxt), run by Paddle Inference."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from ppclas_core.bundles import LABELS_FILE, PREPROCESS_FILE
from ppclas_core.errors import UserError
from ppclas_core.predict import Runnable, legacy_preprocessing
from ppclas_core.runtimes import PaddleRuntime
from ppclas_core.tasks import Multiclass

PROTOTXT = "serving_server_conf.prototxt"
INNER = "ppcls_model"
_FILES = (("__model__", "__params__"), ("model.pdmodel", "params.pdiparams"), ("inference.pdmodel",
          "inference.pdiparams"), ("model", "params"))
_NO_PARAMETERS = ("__model__", "fluid_time_file", LABELS_FILE, PREPROCESS_FILE)


def find_serving_folder(path: Path) -> Optional[Path]:
    """Return the folder that has the prototxt: `path` or its subfolder `ppcls_model`; None if neither has it."""
    return next((folder for folder in (path, path / INNER) if (folder / PROTOTXT).is_file()), None)


def open_serving_folder(folder: Path, *, device: str = "cpu", threads: Optional[int] = None) -> Runnable:
    """Open the model of a folder; its outputs are probabilities (softmax).

    Class names and preprocessing come from files in the folder or its parent; otherwise the legacy defaults apply.

    Args:
        folder: folder with the prototxt, the program, and the parameters (one file in all, or one file each).
        device: as in `PaddleRuntime`.
        threads: as in `PaddleRuntime`.

    Raises:
        UserError: a file is missing, or the input shapes of prototxt and preprocessing differ.
    """
    prototxt = folder / PROTOTXT
    shape = fed_shape(prototxt.read_text(encoding="utf-8"), prototxt)
    homes = [home for home in (folder, folder.parent) if (home / PREPROCESS_FILE).is_file()]
    given, transforms = legacy_preprocessing((homes or [folder])[0] / PREPROCESS_FILE)
    if given != shape:
        raise UserError(f"the prototxt feeds {list(shape)}, but the preprocessing outputs {list(given)}",
                        where=str(prototxt),
                        do="export the model again; the export writes a preprocess.yaml that fits")
    with tempfile.TemporaryDirectory(prefix="ppclas-serve-") as temporary:
        runtime = PaddleRuntime(*_program(folder, Path(temporary)), threads=threads, device=device, log_of_output=True)
    classes = runtime(np.zeros((1, *shape), np.float32)).shape[1]
    labels = homes[0] / LABELS_FILE if homes else folder / LABELS_FILE
    names = labels.read_text(encoding="utf-8").split("\n")[:-1] if labels.is_file() else []
    return Runnable(runtime, names, int(classes), shape, "float32", transforms, Multiclass())


def fed_shape(prototxt: str, where: Path) -> Tuple[int, ...]:
    """Return the input shape in the `feed_var` of a prototxt, without the batch.

    Raises:
        UserError: the prototxt does not have exactly one `feed_var`.
    """
    blocks = re.findall(r"feed_var\s*\{([^}]*)\}", prototxt)
    if len(blocks) != 1:
        raise UserError(f"the prototxt has {len(blocks)} feed_var; that of an image classifier has one",
                        where=str(where))
    return tuple(int(size) for size in re.findall(r"shape:\s*(\d+)", blocks[0]))


def _program(folder: Path, temporary: Path) -> Tuple[Path, Path]:
    """Return the files of program and parameters; parameters in separate files are joined into one in `temporary`."""
    for model, params in _FILES:
        if (folder / model).is_file() and (folder / params).is_file():
            return folder / model, folder / params
    files = [file for file in sorted(folder.iterdir(), key=lambda file: file.name)
             if file.is_file() and file.suffix != ".prototxt" and file.name not in _NO_PARAMETERS]
    if not (folder / "__model__").is_file() or not files:
        raise UserError("no program and parameters (such as __model__ and __params__) in the folder of the prototxt",
                        where=str(folder), do="copy the whole folder")
    with open(temporary / "__params__", "wb") as joined:  # in the order of the names, as Paddle's save_combine does
        for file in files:
            joined.write(file.read_bytes())
    return folder / "__model__", temporary / "__params__"
