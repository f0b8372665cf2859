# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Program that runs many `ppclas` commands, each in a fork of a process that has imported core.

Reads a JSON list of jobs (site, folder, arguments, environment) on standard input; prints a JSON list of
[exit code, standard output, standard error].
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any, Dict, List


def child(job: Dict[str, Any]) -> int:
    """Run one command with the distributions of a folder; standard output and error go to files."""
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(os.path.join(job["folder"], name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    os.chdir(job["folder"])
    os.environ.update(job["environment"])
    sys.path.insert(0, job["site"])
    from ppclas_core.cli import main

    try:
        code = main(job["arguments"])
    except BaseException:  # what the interpreter would print
        traceback.print_exc()
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def run(job: Dict[str, Any]) -> List[Any]:
    """Fork, wait, and return exit code and both outputs."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = child(job)
        finally:
            os._exit(code)
    status = os.waitpid(pid, 0)[1]
    outputs = []
    for name in ("stdout", "stderr"):
        with open(os.path.join(job["folder"], name), encoding="utf-8") as stream:
            outputs.append(stream.read())
    return [os.WEXITSTATUS(status), *outputs]


if __name__ == "__main__":
    for module in ("cli.commands.plugins", "config.load", "data.pipeline", "report.facts"):
        importlib.import_module(f"ppclas_core.{module}")
    jobs = json.load(sys.stdin)
    print(json.dumps([run(job) for job in jobs]))
