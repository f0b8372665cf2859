# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Each plugin's import is measured in a process without the plugins that were heavy before it."""

from __future__ import annotations

from typing import Any

from ppclas_core.plugins.import_probe import measure_imports

HEAD = "from ppclas_core.api import hookimpl\n"


def test_each_plugin_has_its_own_report(install: Any) -> None:
    install("acme-print", "print('first')\nprint('second')\n")
    install("acme-os", "import os\nos.write(1, b'raw')\n")
    install("acme-light", HEAD)
    install("acme-heavy", "import numpy\n")
    install("acme-late", HEAD + "@hookimpl\ndef ppclas_ops():\n    import numpy\n    return []\n")
    install("acme-failing", "raise SystemExit(3)\n")
    install("acme-gone", "import os\nos._exit(0)\n")
    install("acme-last", HEAD)
    names = ["print", "os", "light", "heavy", "late", "failing", "gone", "last"]
    reports = {report.module: report for report in measure_imports([f"acme_{name}_pkg.plugin" for name in names])}
    assert "acme_gone_pkg.plugin" not in reports  # the process ended; the others were measured in a new one
    assert {module: (report.output, report.heavy) for module, report in reports.items()} == {
        "acme_print_pkg.plugin": ("first\nsecond\n", ()), "acme_os_pkg.plugin": ("raw", ()),
        "acme_light_pkg.plugin": ("", ()), "acme_heavy_pkg.plugin": ("", ("numpy",)),
        "acme_late_pkg.plugin": ("", ("numpy",)), "acme_failing_pkg.plugin": ("", ()), "acme_last_pkg.plugin": ("", ())}


def test_the_time_of_a_slow_import_is_measured(install: Any) -> None:
    install("acme", "import time\nbegin = time.perf_counter()\nwhile time.perf_counter() - begin < 0.11: pass\n")
    (report,) = measure_imports(["acme_pkg.plugin"])
    assert report.seconds >= 0.11
