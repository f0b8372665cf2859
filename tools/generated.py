# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write a generated file, or with `--check` compare it with its current content."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(path: Path, text: str, tool: str) -> int:
    """Write a file, or with `--check` compare it; print one line and return the exit code.

    Args:
        path: path of the file.
        text: current content.
        tool: command that writes the file, printed if the file is stale.
    """
    if "--check" in sys.argv[1:]:
        current = path.is_file() and path.read_text(encoding="utf-8") == text
        print(f"{path.name} is current" if current else f"{path.name} is stale; run {tool}")
        return 0 if current else 1
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {path}")
    return 0
