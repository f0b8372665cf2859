# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Writer of the inference model of 2020: files `model` and `params`, input `image`, output softmax."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Union

from ppclas_core.bundles.bundle import LABELS_FILE, PREPROCESS_FILE, is_bundle
from ppclas_core.errors import UserError
from ppclas_core.export.write import export
from ppclas_core.models.checkpoint import Checkpoint

FILES = {"inference.pdmodel": "model", "inference.pdiparams": "params"}
"""File name of the format `inference` -> file name of 2020."""


def export_model_and_params(source: Union[str, Path, Checkpoint], out: Union[str, Path]) -> Path:
    """Write `model` and `params`, with labels and preprocessing, into a folder; existing files are replaced.

    As for any export, the graph is run and compared with the model before the files are moved into the folder.

    Args:
        source: as for `export`.
        out: the folder.

    Raises:
        UserError: there is no such source, or the folder is a file or a bundle.
        ExportFailed: the outputs of the graph differ from those of the model; nothing is written.
    """
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise UserError("this is a file, not a folder", where=str(out))
    if is_bundle(folder):
        raise UserError("this folder is a bundle of 'ppclas export'", where=str(out), do="give another one")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as partial:
        bundle = Path(partial) / "bundle"
        export(source, "inference", bundle, real_images=False, legacy=True, softmax=True)
        for name in (*FILES, LABELS_FILE, PREPROCESS_FILE):
            os.replace(bundle / name, folder / FILES.get(name, name))
    return folder
