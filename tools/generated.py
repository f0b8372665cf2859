# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write a generated file, or with `--check` compare it with what would be written."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(path: Path, text: str, tool: str) -> int:
    """Write a file, or compare it under `--check`; print one line and return the exit code.

    Args:
        path: the file.
        text: its whole content.
        tool: command that writes the file, named where it is stale.
    """
    if "--check" in sys.argv[1:]:
        fresh = path.is_file() and path.read_text(encoding="utf-8") == text
        print(f"{path.name} is current" if fresh else f"{path.name} is stale: {tool}")
        return 0 if fresh else 1
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {path}")
    return 0
