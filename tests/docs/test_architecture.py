# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The page about the architecture follows the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`((?:\w+/)+(?:\w+\.py)?)`", PAGE)))


def test_the_diagram_is_that_of_the_layers() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools/draw_architecture.py"), "--check"], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("place", PLACES)
def test_every_file_and_folder_that_it_names_exists(place: str) -> None:
    assert (ROOT / "ppclas_core" / place).exists() or (ROOT / place).exists()


def test_the_page_names_many_files() -> None:
    assert len(PLACES) > 30
