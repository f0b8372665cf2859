# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export of the two folders of Paddle Serving without a bundle, for the legacy tool."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Union

from ppclas_core.bundles import LABELS_FILE, PREPROCESS_FILE
from ppclas_core.errors import UserError
from ppclas_core.export import export
from ppclas_core.models import Checkpoint
from ppclas_export_serving.serving import CLIENT, SERVER


def export_folders(source: Union[str, Path, Checkpoint], out: Union[str, Path]) -> Path:
    """Write `ppcls_model/` and `ppcls_client_conf/` into a folder, and replace those of an earlier call.

    The outputs of Paddle Serving are first compared with those of the checkpoint. `ppcls_model/` also gets class names
    and preprocessing.

    Args:
        source: as in `ppclas_core.export.export`.
        out: parent folder.

    Returns:
        Path of `ppcls_model/`.

    Raises:
        UserError: source or folder cannot be used.
        ExportFailed: the outputs of Paddle Serving differ from those of the model; nothing is written.
    """
    folder = Path(out)
    for name, kind in ((SERVER, "server"), (CLIENT, "client")):
        target = folder / name
        if target.exists() and not (target / f"serving_{kind}_conf.prototxt").is_file():
            raise UserError("not a folder of Paddle Serving; it is not overwritten", where=str(target),
                            do="choose another output_path, or remove the folder")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as partial:
        bundle = Path(partial) / "bundle"
        export(source, "serving", bundle, real_images=False)
        for name in (LABELS_FILE, PREPROCESS_FILE):
            os.replace(bundle / name, bundle / SERVER / name)
        for name in (SERVER, CLIENT):
            shutil.rmtree(folder / name, ignore_errors=True)
            os.replace(bundle / name, folder / name)
    return folder / SERVER
