# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `hub`: a folder that `hub.Module(directory=...)` loads."""

from __future__ import annotations

import dataclasses
import importlib.util
import keyword
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import List, Optional, Sequence

from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import ExportRequest, ExportResult, export_inference, model_files
from ppclas_core.runtimes import ChildRuntime
from ppclas_core.system import usable_cores
from ppclas_core.tasks import TASKS
from ppclas_export_hub.module import module_text, preprocessing_steps

LABELS = "label_list.txt"


def export(request: ExportRequest, *, name: str = "", version: str = "1.0.0", author: str = "",
           author_email: str = "", summary: str = "") -> ExportResult:
    """Write the folder NAME: `__init__.py`, `module.py`, `label_list.txt`, `model.pdmodel`, `model.pdiparams`.

    Args:
        request: model and metadata to export.
        name: name of the module, a Python identifier; "": the architecture in lower case.
        version: version such as `1.0.0`.
        author: name of the author.
        author_email: address of the author.
        summary: one sentence; "": the architecture and the number of classes.

    Raises:
        UserError: name or version is not valid in PaddleHub, or a module cannot do the preprocessing.
    """
    name = name or re.sub(r"\W", "_", request.record.name.lower())
    if not name.isidentifier() or keyword.iskeyword(name) or not name.isascii():
        raise UserError(f"name is {name!r}; PaddleHub imports the module by its name, so it must be a Python "
                        "identifier: letters, digits and '_', and no keyword")
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise UserError(f"version is {version!r}; it must have the form 1.0.0")
    meta = request.meta
    folder = request.out / name
    steps = preprocessing_steps(meta.preprocessing)
    summary = summary or f"{request.record.name} for {meta.num_classes} classes"
    info = {"name": name, "version": version, "author": author, "email": author_email, "summary": summary}
    folder.mkdir()
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as scratch:
        artefact = export_inference(dataclasses.replace(request, out=Path(scratch)), legacy=True)
        for file in model_files(Path(scratch)):
            os.replace(file, folder / f"model{file.suffix}")
    text = module_text(steps, info, multilabel=TASKS[meta.task].activation == "sigmoid")
    (folder / "module.py").write_text(text, encoding="utf-8")
    (folder / "__init__.py").write_text("", encoding="utf-8")
    with open(folder / LABELS, "w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{label}\n" for label in unique_labels(meta.labels, meta.num_classes))
    loader = "paddlehub" if importlib.util.find_spec("paddlehub") else "a stand-in for its decorators"
    return dataclasses.replace(artefact, facts={"module": name, "verified with": loader})


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> ChildRuntime:
    """Load the class of the module in its own process, with PaddleHub if it is installed.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        ExportFailed: the module cannot be imported, or Paddle cannot load its model.
    """
    name = read_bundle(folder).facts["details"]["module"]
    gpu = (device.partition(":")[2] or "0") if device.startswith("gpu") else ""
    arguments = [str(folder.absolute() / name), str(threads or usable_cores()), gpu]
    return ChildRuntime(sys.executable, Path(__file__).with_name("child.py"), arguments)


def unique_labels(labels: Sequence[str], num_classes: int) -> List[str]:
    """Return class names as unique keys of a response: indices without names; repeated names get their index."""
    names = list(labels) or [str(index) for index in range(num_classes)]
    return [f"{name} ({index})" if names.count(name) > 1 else name for index, name in enumerate(names)]
