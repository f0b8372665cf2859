# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Traps of importing: modules that have the name of a public function, and Paddle's own zlib."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_functions_stay_functions_when_modules_of_their_name_are_imported() -> None:
    run("import ppclas_core as ppc, types\n"
        "import ppclas_core.models.create, ppclas_core.bundles.bundle\n"
        "from ppclas_core.bundles import read_bundle\n"
        "assert isinstance(ppc.create, types.FunctionType)\n"
        "assert isinstance(ppc.export, types.FunctionType)\n")


def test_pythons_zlib_is_loaded_before_paddle_can_be() -> None:
    run("import sys, ppclas_core; assert 'zlib' in sys.modules and 'paddle' not in sys.modules")
