# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a command line that lists things may import: nothing heavy, ever."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list", "models"], ["list", "models", "--json"],
                                       ["plugins"], ["plugins", "--json"], ["list", "ops"]])
def test_listing_imports_neither_paddle_nor_cv2_nor_numpy(arguments: list[str]) -> None:
    code = (f"import sys, ppclas_core.cli as cli\ncode = cli.main({arguments!r})\n"
            "heavy = [name for name in ('paddle', 'cv2', 'numpy', 'PIL', 'rich', 'pydantic') if name in sys.modules]\n"
            "sys.exit(f'imported {heavy}' if heavy else code)")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_importing_the_public_api_imports_nothing_heavy() -> None:
    code = "import sys, ppclas_core as ppc; assert not {'paddle', 'cv2', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
