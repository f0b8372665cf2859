# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas convert`: rewrite a checkpoint in another form, under the names of another generation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Callable, Dict, Tuple

from ppclas_core.system import console

_EPILOG = """\
forms:
  pdparams       our names; what training writes and everything here reads
  pdparams-2.0   names of the dygraph release 2.0
  pdparams-2.1   names of the dygraph releases from 2.1 on
  2020           a folder with one variable file per tensor
  safetensors    our names

SRC is a run, a checkpoint folder, a prefix, a file, a folder of variables, an inference model, or a published name.
With --from torch it is a .pth or .safetensors file of torchvision or timm.
"""


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.epilog = _EPILOG + "\n" + (parser.epilog or "")
    parser.add_argument("src", metavar="SRC", help="weights to read")
    parser.add_argument("out", metavar="OUT", help="file to write, its suffix may be left out (a folder for --to 2020)")
    parser.add_argument("--model", metavar="NAME", help="architecture; needed where SRC has no meta.yaml")
    parser.add_argument("--to", required=True, metavar="FORM",
                        choices=("pdparams", "pdparams-2.0", "pdparams-2.1", "2020", "safetensors"),
                        help="form to write: %(choices)s")
    parser.add_argument("--from", dest="origin", choices=("torch",), help="SRC is a checkpoint of another framework")
    return run


def run(args: argparse.Namespace) -> int:
    """Read, rename, write."""
    console.output_is_optional()
    from ppclas_core.errors import UserError
    from ppclas_core.models.pretrained import PretrainedSource
    from ppclas_core.plugins.models import find_model
    from ppclas_core.weights import write
    from ppclas_core.weights.formats.quantized import dequantize
    from ppclas_core.weights.read import read_weights
    from ppclas_core.weights.width import skeleton

    out = _with_suffix(Path(args.out), args.to)
    if out.exists():
        raise UserError("it exists already", where=str(out), do="give another path or remove it")
    given = PretrainedSource(args.src)
    name = args.model or given.published
    params: Dict[str, Any] = {}
    source = Path(args.src) if args.origin == "torch" and not given.is_downloaded else given.resolve()[0]
    if args.origin is None:
        stored, params = _meta(source)
        name = name or stored
    if not name:
        raise UserError("SRC does not say of which architecture it is", where=str(source), do="add --model NAME")
    record = find_model(name)[0].record
    model = skeleton(record, params)
    if args.origin == "torch":
        from ppclas_core.weights.torch_import import read_torch

        arrays = read_torch(source, model, record)
    else:
        arrays = dequantize(read_weights(source).arrays)
    try:
        arrays = write.renamed(arrays, model, record, args.to)
    except UserError as error:
        raise error.at(str(source)) from None
    if args.to == "2020":
        write.save_variables(out, arrays)
    elif args.to == "safetensors":
        write.save_safetensors(out, arrays, {"architecture": record.name})
    else:
        write.save_pdparams(out, arrays)
    print(f"{len(arrays)} tensors of {record.name} -> {out} ({args.to})")
    return 0


def _with_suffix(out: Path, form: str) -> Path:
    suffix = {"2020": "", "safetensors": ".safetensors"}.get(form, ".pdparams")
    return out if out.name.endswith(suffix) else out.with_name(out.name + suffix)


def _meta(source: Path) -> Tuple[str, Dict[str, Any]]:
    """Return architecture and parameters from the `meta.yaml` of a checkpoint; empty without one."""
    from ppclas_core.runs.meta import read_meta

    meta = read_meta(source.parent)
    if meta is None:
        return "", {}
    return meta.architecture, {**meta.params, "num_classes": meta.num_classes, "in_channels": meta.image_shape[0]}
