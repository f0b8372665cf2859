# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of a ProgramDesc to a `.nb` file by opt of Paddle-Lite."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from ppclas_core.export import ExportFailed
from ppclas_export_lite.program import rewrite
from ppclas_export_lite.tool import command, ending, told

TIME_OUT = 1800
"""Timeout in seconds; the largest published model takes less than a minute."""
_UNSUPPORTED = re.compile(r"not supported on '(.+?)'\. These unsupported ops are: (.+?)\.?$", re.MULTILINE)


def optimise(model_file: Path, params_file: Path, out: Path, *, target: str, fp16: bool = False) -> None:
    """Write the `.nb` file `out`.

    Args:
        model_file: a ProgramDesc (`.pdmodel`).
        params_file: its parameters (`.pdiparams`).
        target: `arm`, `x86` or `opencl`; operators without OpenCL kernel run on the CPU of the phone.
        fp16: use half-precision kernels of arm.

    Raises:
        ExportFailed: the target lacks operators, which the message names, or opt fails; the message has its output.
    """
    # opt decodes paths by the locale; ASCII names relative to its working directory are always safe
    with tempfile.TemporaryDirectory(prefix="ppclas-lite-", dir=out.parent) as place:
        folder = Path(place)
        (folder / "model.pdmodel").write_bytes(rewrite(model_file.read_bytes()))
        shutil.copyfile(params_file, folder / "model.pdiparams")
        for step in ("check", "optimise"):
            _run(folder, step, target, fp16)
        shutil.move(str(folder / "model.nb"), str(out))


def _run(folder: Path, step: str, target: str, fp16: bool) -> None:
    try:
        done = subprocess.run(command("opt_child.py", step, target, str(int(fp16))), cwd=folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", timeout=TIME_OUT)
    except subprocess.TimeoutExpired:
        raise ExportFailed(f"opt of Paddle-Lite did not end within {TIME_OUT} s") from None
    lacking = _UNSUPPORTED.search(done.stdout)
    if lacking:
        raise ExportFailed(f"Paddle-Lite lacks operators of this model on {lacking[1]}: {lacking[2]}",
                           do="the formats 'onnx' and 'inference' may do")
    # the exit code is meaningless: a successful check exits with 1
    well = "supports this model" in done.stdout if step == "check" else (folder / "model.nb").is_file()
    if not well or done.returncode < 0:
        raise ExportFailed(f"opt of Paddle-Lite cannot convert this model for {target} ({ending(done.returncode)}): "
                           f"{told(done.stdout)}", do="the formats 'onnx' and 'inference' may do")
