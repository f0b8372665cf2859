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
from ppclas_export_lite.tool import child_command, exit_status, failure_lines

TIMEOUT = 1800
"""Timeout in seconds; the largest published model takes less than a minute."""
_ALTERNATIVES = "try the format 'onnx' or 'inference'"
_UNSUPPORTED = re.compile(r"not supported on '(.+?)'\. These unsupported ops are: (.+?)\.?$", re.MULTILINE)


def optimize(model_file: Path, params_file: Path, out: Path, *, target: str, fp16: bool = False) -> None:
    """Write the `.nb` file `out`.

    Args:
        model_file: a ProgramDesc (`.pdmodel`).
        params_file: its parameters (`.pdiparams`).
        out: path of the `.nb` file.
        target: `arm`, `x86` or `opencl`; operators without OpenCL kernel run on the CPU of the phone.
        fp16: use half-precision kernels of arm.

    Raises:
        ExportFailed: the target lacks operators, which the message names, or opt fails; the message has its output.
    """
    # opt decodes paths by the locale; ASCII names relative to its working directory are always safe
    with tempfile.TemporaryDirectory(prefix="ppclas-lite-", dir=out.parent) as scratch:
        folder = Path(scratch)
        (folder / "model.pdmodel").write_bytes(rewrite(model_file.read_bytes()))
        shutil.copyfile(params_file, folder / "model.pdiparams")
        for step in ("check", "optimize"):
            _run(folder, step, target, fp16)
        shutil.move(str(folder / "model.nb"), str(out))


def _run(folder: Path, step: str, target: str, fp16: bool) -> None:
    try:
        done = subprocess.run(child_command("opt_child.py", step, target, str(int(fp16))), cwd=folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise ExportFailed(f"opt of Paddle-Lite did not finish within {TIMEOUT} s") from None
    unsupported = _UNSUPPORTED.search(done.stdout)
    if unsupported:
        raise ExportFailed(f"Paddle-Lite lacks operators of this model on {unsupported[1]}: {unsupported[2]}",
                           do=_ALTERNATIVES)
    # the exit code is meaningless: a successful check exits with 1
    succeeded = "supports this model" in done.stdout if step == "check" else (folder / "model.nb").is_file()
    if not succeeded or done.returncode < 0:
        raise ExportFailed(f"opt of Paddle-Lite cannot convert this model for {target} "
                           f"({exit_status(done.returncode)}): {failure_lines(done.stdout)}", do=_ALTERNATIVES)
