# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Type checkers and editors know the names of `import ppclas` and `import ppclas_core`, and find misspelled ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["ppclas", "ppclas_core"])
def test_mypy_follows_the_lazy_names(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import {name} as ppc\nreveal_type(ppc.Predictor('run').labels)\nppc.list_model()\n",
                       encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), str(program)],
                          cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "MYPYPATH": str(ROOT / "packaging" / "ppclas" / "src")})
    assert 'Revealed type is "list[str]"' in done.stdout.replace("builtins.", ""), done.stdout + done.stderr
    assert 'Module has no attribute "list_model"' in done.stdout
    assert "Found 1 error" in done.stdout
