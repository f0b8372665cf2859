# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Measurement of what the import of a plugin costs: time, output and heavy modules, in a fresh process."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Dict, List, NamedTuple, Sequence, Tuple

from ppclas_core.hookspecs import HOOKS

HEAVY = ("paddle", "cv2", "numpy", "PIL", "pydantic", "rich", "torch", "scipy", "pandas", "matplotlib")
"""Modules that the module of an entry point must not import: every command would wait for them."""
SLOWEST = 0.1
"""Seconds that the import of a plugin may take."""


class ImportReport(NamedTuple):
    """What the import of a plugin's module and the calls of its hooks did.

    Args:
        module: imported module.
        seconds: wall time.
        output: first 200 characters on standard output.
        heavy: names of `HEAVY` that were imported.
    """

    module: str
    seconds: float
    output: str
    heavy: Tuple[str, ...]

    @property
    def light(self) -> bool:
        """Whether a further plugin can be measured in the same process."""
        return not self.heavy and self.seconds <= SLOWEST


def measure_imports(modules: Sequence[str]) -> List[ImportReport]:
    """Return a report per module, each measured in a process that has imported core and light plugins only.

    A slow import is measured again; the shorter time counts, as the first import may have compiled the sources.
    """
    reports: Dict[str, ImportReport] = {}
    rest = list(modules)
    while rest:
        found = _measure(rest)
        reports.update((report.module, report) for report in found)
        if found and found[-1].seconds > SLOWEST:
            again = _measure([found[-1].module])
            reports.update((report.module, report) for report in again if report.seconds < found[-1].seconds)
        rest = rest[max(len(found), 1):]  # without a report the first module has ended the process
    return [reports[module] for module in modules if module in reports]


def _measure(modules: Sequence[str]) -> List[ImportReport]:
    """Start a process that measures the modules up to the first one that is not light."""
    code = (f"import sys; sys.path[:] = {sys.path!r}\n"
            "from ppclas_core.plugins.import_probe import report_imports; report_imports(sys.argv[1:])")
    output = subprocess.run([sys.executable, "-c", code, *modules], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            check=False).stdout
    rows = [json.loads(line) for line in output.decode("utf-8", "replace").splitlines()]
    return [ImportReport(row[0], row[1], row[2], tuple(row[3])) for row in rows]


def report_imports(modules: Sequence[str]) -> None:
    """Write a report per line as JSON to standard output, up to the first module that is not light.

    This is the program of the process.
    """
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for module in modules:
        report = _probe(module)
        results.write(json.dumps(report) + "\n")
        results.flush()
        if not report.light:
            return


def _probe(name: str) -> ImportReport:
    with tempfile.TemporaryFile() as sink:
        os.dup2(sink.fileno(), 1)
        begin = time.perf_counter()
        with contextlib.suppress(BaseException):  # the loader has reported it
            module = importlib.import_module(name)
            for hook, _ in HOOKS.values():
                list(getattr(module, hook, list)())
        seconds = time.perf_counter() - begin
        sys.stdout.flush()
        sink.seek(0)
        output = sink.read(200).decode("utf-8", "replace")
    return ImportReport(name, seconds, output, tuple(each for each in HEAVY if each in sys.modules))
