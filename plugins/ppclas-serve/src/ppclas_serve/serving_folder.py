# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The folder `ppcls_model` that the Paddle Serving of 2020 loads: a program, its parameters, and a prototxt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_core.predict.runnable import Runnable

PROTOTXT = "serving_server_conf.prototxt"
INNER = "ppcls_model"
_FILES = (("__model__", "__params__"), ("model", "params"), ("inference.pdmodel", "inference.pdiparams"))


def find_serving_folder(place: Path) -> Optional[Path]:
    """The folder with the prototxt: this one, or `ppcls_model` in it; None where there is none."""
    return next((folder for folder in (place, place / INNER) if (folder / PROTOTXT).is_file()), None)


def open_serving_folder(folder: Path, device: str = "cpu") -> Runnable:
    """Its model, whose output is softmax; labels and preprocessing are those of files beside it, else of 2020.

    Raises:
        UserError: no program with one file of parameters, or a prototxt of another kind.
    """
    from ppclas_core.predict.program import open_program

    shape = fed_shape((folder / PROTOTXT).read_text(encoding="utf-8"), folder / PROTOTXT)
    opened = open_program(*_program(folder), device)
    if opened.input_shape != shape:
        raise UserError(f"the prototxt feeds {list(shape)}, the preprocessing gives {list(opened.input_shape)}",
                        where=str(folder / PROTOTXT), do="export it again by tools/export_serving_model.py")
    return opened


def fed_shape(prototxt: str, where: Path) -> Tuple[int, ...]:
    """The shape in the `feed_var` of a prototxt.

    Raises:
        UserError: it has not just one.
    """
    blocks = re.findall(r"feed_var\s*\{([^}]*)\}", prototxt)
    if len(blocks) != 1:
        raise UserError(f"{len(blocks)} feed_var; an image classifier has one", where=str(where))
    return tuple(int(size) for size in re.findall(r"shape:\s*(\d+)", blocks[0]))


def _program(folder: Path) -> Tuple[Path, Path]:
    named = [(folder / model, folder / params) for model, params in _FILES]
    named += [(path, path.with_suffix(".pdiparams")) for path in sorted(folder.glob("*.pdmodel"))]
    for model, params in named:
        if model.is_file() and params.is_file():
            return model, params
    if (folder / "__model__").is_file():
        raise UserError("the parameters are one file each, which Paddle 3 does not load by name", where=str(folder),
                        do="export it again by tools/export_serving_model.py")
    raise UserError("no program and parameters (such as __model__ and __params__) beside the prototxt",
                    where=str(folder), do="copy the whole folder")
