# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of a checkpoint to another published form, with the parameter names of that form."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional, Tuple, Union

from ppclas_core.errors import UserError
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.locate import checkpoint_folder
from ppclas_core.runs.meta import META_FILE, Meta, read_meta
from ppclas_core.weights import write
from ppclas_core.weights.formats.quantized import dequantize
from ppclas_core.weights.read import read_weights
from ppclas_core.weights.torch_import import read_torch
from ppclas_core.weights.width import skeleton

FORMS = ("pdparams", "pdparams-2.0", "pdparams-2.1", "2020", "safetensors")
"""Forms that `convert_checkpoint` writes."""


class Converted(NamedTuple):
    """Result of a conversion.

    Args:
        tensors: number of tensors.
        architecture: name of the architecture.
        path: written file or folder.
        left_out: what the source has beside its weights, which no form stores, and how to use it with the result; ""
            if there is nothing.
    """

    tensors: int
    architecture: str
    path: Path
    left_out: str = ""


def convert_checkpoint(source: str, out: Union[str, Path], form: str, *, model: Optional[str] = None,
                       torch: bool = False) -> Converted:
    """Write the weights of a source in another form.

    Args:
        source: run, checkpoint folder, prefix, file, folder of variables, inference model or published name; with
            `torch` a `.pth` or `.safetensors` file.
        out: new file, with or without the suffix of the form; for the form `2020` a new folder.
        form: one of `FORMS`.
        model: architecture; required if the source has no `meta.yaml` and is no published name.
        torch: the source has the parameter names of torchvision or timm.

    Raises:
        UserError: `out` exists, the architecture is unknown, or the weights do not fit it.
    """
    path = _with_suffix(Path(out), form)
    if path.exists():
        raise UserError("it exists already", where=str(path), do="give another path or remove it")
    given = PretrainedSource(source)
    name = model or given.published
    params: Dict[str, object] = {}
    file = Path(source) if torch and not given.is_downloaded else given.resolve()[0]
    if not torch:
        stored, params = _architecture_of(file)
        name = name or stored
    if not name:
        raise UserError("the architecture of these weights is unknown", where=str(file), do="add --model NAME")
    record = find_model(name)[0].record
    network = skeleton(record, params)
    arrays = read_torch(file, network, record) if torch else dequantize(read_weights(file).arrays)
    try:
        arrays = write.renamed(arrays, network, record, form)
    except UserError as error:
        raise error.at(str(file)) from None
    if form == "2020":
        write.save_variables(path, arrays)
    elif form == "safetensors":
        write.save_safetensors(path, arrays, {"architecture": record.name})
    else:
        write.save_pdparams(path, arrays)
    return Converted(len(arrays), record.name, path, "" if torch else _left_out(file, path, given.published))


def _with_suffix(out: Path, form: str) -> Path:
    suffix = {"2020": "", "safetensors": ".safetensors"}.get(form, ".pdparams")
    return out if out.name.endswith(suffix) else out.with_name(out.name + suffix)


def _left_out(file: Path, path: Path, published: str) -> str:
    """Return a text on the class names and the preprocessing of the source; "" if they are unknown or beside `path`."""
    if published:
        return f"weights only: class names and preprocessing are those of --model {published}"
    folder = checkpoint_folder(file)
    meta = _meta_if_readable(folder)
    if meta is None or _meta_if_readable(checkpoint_folder(path)) == meta:
        return ""
    names = f"{len(meta.labels)} class names and the preprocessing" if meta.labels else "the preprocessing"
    return (f"weights only: {names} are in {folder / META_FILE}; copy that file to {checkpoint_folder(path)} to keep "
            "them")


def _meta_if_readable(folder: Path) -> Optional[Meta]:
    """Return the metadata in a folder; None without a `meta.yaml`, and for one of another program."""
    try:
        return read_meta(folder)
    except UserError:
        return None


def _architecture_of(file: Path) -> Tuple[str, Dict[str, Any]]:
    """Return the architecture and its parameters from the `meta.yaml` beside a checkpoint; ("", {}) without one."""
    meta = read_meta(checkpoint_folder(file))
    if meta is None:
        return "", {}
    return meta.architecture, {**meta.params, "num_classes": meta.num_classes, "in_channels": meta.image_shape[0]}
