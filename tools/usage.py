# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--help` of the tools whose docstring is their manual."""

from __future__ import annotations

import sys
from typing import Optional


def help_asked(manual: Optional[str]) -> None:
    """Print the manual and exit with 0 if the arguments contain `-h` or `--help`."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print((manual or "").strip())
        raise SystemExit(0)
