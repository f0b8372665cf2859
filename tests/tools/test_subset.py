# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The subset for other interpreters names files that exist; pytest would run nothing for the sake of one."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import subset

ROOT = Path(__file__).resolve().parents[2]


def test_every_path_of_the_subset_exists() -> None:
    assert [name for name in subset.SUBSET if not (ROOT / "tests" / name).exists()] == []
    assert [name for name in subset.PLUGINS if not (ROOT / name / "tests").is_dir()] == []
