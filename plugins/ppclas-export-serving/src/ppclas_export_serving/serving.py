# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `serving`: the model folder and the client folder of Paddle Serving."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Dict, Optional, Union

from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import INPUT_NAME, ExportRequest, ExportResult, export_inference, model_files
from ppclas_core.runtimes import ChildRuntime
from ppclas_core.system import interpreter, usable_cores
from ppclas_core.weights import published_names
from ppclas_export_serving import prototxt
from ppclas_export_serving.plugin import PADDLE_SERVING
from ppclas_export_serving.program import Program

SERVER = "ppcls_model"
CLIENT = "ppcls_client_conf"
OUTPUT_2020 = "softmax_0.tmp_0"
FETCH = "prediction"
LAYOUTS = ("2020", "2020-combined", "0.9")


def export(request: ExportRequest, *, layout: Union[str, int, float] = "2020") -> ExportResult:
    """Write `ppcls_model/` for servers and `ppcls_client_conf/` for clients.

    The feed is `image`, the fetch is `prediction`, the softmax output.

    Args:
        request: model and metadata to export.
        layout: `2020`: `__model__` and one file per parameter; `2020-combined`: `__model__` and `__params__`;
            `0.9`: `model.pdmodel` and `params.pdiparams`.

    Raises:
        UserError: unknown layout.
    """
    if str(layout) not in LAYOUTS:
        raise UserError(f"layout is {layout}; it is unknown", do=f"one of: {', '.join(LAYOUTS)}")
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as scratch:
        inner = dataclasses.replace(request, out=Path(scratch))
        artefact = export_inference(inner, legacy=True, softmax=True)
        program = Program(*model_files(inner.out))
    program.rename(_names_2020(request))
    program.rename({program.output: OUTPUT_2020})
    _write_program(program, request.out / SERVER, str(layout))
    feed = prototxt.Variable(INPUT_NAME, INPUT_NAME, request.input_shape)
    fetch = prototxt.Variable(program.output, FETCH, (request.meta.num_classes,))
    for folder, side in ((SERVER, "server"), (CLIENT, "client")):
        (request.out / folder).mkdir(exist_ok=True)
        stem = request.out / folder / f"serving_{side}_conf"
        stem.with_suffix(".prototxt").write_bytes(prototxt.text(feed, fetch).encode())
        stem.with_suffix(".stream.prototxt").write_bytes(prototxt.stream(feed, fetch))
    tools = dict(requirement.split("==") for requirement in PADDLE_SERVING.alone)
    return dataclasses.replace(artefact, tools=tools, facts={**artefact.facts, "layout": str(layout)})


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> ChildRuntime:
    """Load the local predictor of Paddle Serving in its own process and environment.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: the environment cannot be created.
        ExportFailed: Paddle Serving cannot load the model.
    """
    gpu = int(device.partition(":")[2] or 0) if device.startswith("gpu") else -1
    arguments = [str(folder.absolute() / SERVER), str(threads or usable_cores()), str(gpu)]
    return ChildRuntime(interpreter(PADDLE_SERVING), Path(__file__).with_name("child.py"), arguments,
                       log_of_output=read_bundle(folder).gives_probabilities)


def _write_program(program: Program, folder: Path, layout: str) -> None:
    folder.mkdir()
    if layout == "0.9":
        program.write_model(folder / "model.pdmodel")
        program.write_combined(folder / "params.pdiparams")
        return
    program.write_model(folder / "__model__")
    if layout == "2020":
        program.write_separate(folder)
    else:
        program.write_combined(folder / "__params__")


def _names_2020(request: ExportRequest) -> Dict[str, str]:
    """Return the legacy names of the program's variables; {} if the family does not define all of them."""
    names = {row.ours: row.v2020 for row in published_names(request.record, request.model) or () if row.v2020}
    state = request.model.state_dict()
    return {value.name: names[key] for key, value in state.items()} if set(state) <= set(names) else {}
