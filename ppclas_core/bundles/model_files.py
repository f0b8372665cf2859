# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of exported model files: a bundle is a folder around one, and a model file without a bundle cannot be used."""

from __future__ import annotations

from pathlib import Path

from ppclas_core.bundles.bundle import BUNDLE_FILE, LABELS_FILE, PREPROCESS_FILE, is_bundle
from ppclas_core.errors import UserError

EXPORTED = (".onnx", ".xml", ".bin", ".nb", ".tflite", ".engine", ".plan", ".trt", ".pb")
"""Suffixes of model files that cannot be read as weights."""
SUFFIXES = (*EXPORTED, ".json", ".pdmodel", ".pdiparams", ".pdparams", ".safetensors", ".pt", ".pth", ".h5", ".keras")
"""Suffixes of all model files."""


def refuse_file_name(out: Path) -> None:
    """Refuse the name of a model file as the folder of a bundle.

    Raises:
        UserError: the name has the suffix of a model file.
    """
    if out.suffix.lower() in SUFFIXES:
        raise UserError(f"'{out.suffix}' is the suffix of a model file, and a bundle is a folder with the model file, "
                        "class names and preprocessing", where=str(out), do=f"OUT is a folder: '{out.with_suffix('')}'")


def refuse_foreign_model(file: Path) -> None:
    """Refuse an exported model file that belongs to no bundle.

    Raises:
        UserError: the file is one, or it is in a folder of a bundle.
    """
    if file.suffix.lower() not in EXPORTED or not file.is_file() or is_bundle(file.parent):
        return
    bundle = next((folder for folder in file.parents if is_bundle(folder)), None)
    if bundle is not None:
        raise UserError("this file is a part of a bundle", where=str(file), do=f"give the bundle: {bundle}")
    raise UserError(
        "this model file belongs to no bundle, so its class names and preprocessing are unknown. A bundle is the "
        f"folder that 'ppclas export' writes: the model file with {BUNDLE_FILE}, {LABELS_FILE} and {PREPROCESS_FILE}",
        where=str(file),
        do="for a file of 'ppclas export': copy the whole folder\n  for a file of another program: "
           "ppc.Predictor(Runnable(...)) takes its session, labels and preprocessing in Python; docs/how-to/predict.md "
           "has the code ('A model file of another program')")
