# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas convert`: write a checkpoint in another form, with the parameter names of another release."""

from __future__ import annotations

import argparse
from typing import Callable

from ppclas_core.system import console

_FORMS = """\
forms:
  pdparams       names of ppclas: what training writes and every command reads
  pdparams-2.0   names of the dygraph release 2.0
  pdparams-2.1   names of the dygraph releases from 2.1 on
  2020           folder with one variable file per tensor
  safetensors    names of ppclas

All forms have weights only. The class names and the preprocessing of SRC are in its meta.yaml, which is not copied;
the output says where it is. Beside the converted weights every command reads it.

SRC is a run, checkpoint folder, prefix, file, folder of variables, inference model or published name. With
--from torch it is a .pth or .safetensors file of torchvision or timm.
"""


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.epilog = _FORMS + "\n" + (parser.epilog or "")
    parser.add_argument("src", metavar="SRC", help="weights to read")
    parser.add_argument("out", metavar="OUT", help="file to write, with or without its suffix; for --to 2020 a folder")
    parser.add_argument("--model", metavar="NAME", help="architecture; required if SRC has no meta.yaml")
    parser.add_argument("--to", required=True, metavar="FORM",
                        choices=("pdparams", "pdparams-2.0", "pdparams-2.1", "2020", "safetensors"),
                        help="form to write: %(choices)s")
    parser.add_argument("--from", dest="origin", choices=("torch",), help="SRC is a checkpoint of this framework")
    return run


def run(args: argparse.Namespace) -> int:
    """Convert the checkpoint."""
    console.output_is_optional()
    from ppclas_core.models.convert import convert_checkpoint

    done = convert_checkpoint(args.src, args.out, args.to, model=args.model, torch=args.origin == "torch")
    print(f"{done.tensors} tensors of {done.architecture} -> {done.path} ({args.to})")
    if done.left_out:
        print(done.left_out)
    return 0
