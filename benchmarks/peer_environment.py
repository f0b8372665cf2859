# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A cached environment for a benchmark peer that shall not be mixed with ours: ours below, the peer on top."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Optional, Sequence


def with_packages(name: str, packages: Sequence[str]) -> Optional[Path]:
    """The Python of an environment that has `packages` besides everything that this one has; None: cannot be made.

    It is made at first use, in the folder that PPCLAS_CACHE names, or ~/.cache/ppclas.
    """
    cache = Path(os.environ.get("PPCLAS_CACHE") or Path.home() / ".cache" / "ppclas")
    folder = cache / f"bench-{name}-{sys.version_info[0]}.{sys.version_info[1]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / ".ready"
    if ready.exists():
        return python
    print(f"making an environment for {name} in {folder}", file=sys.stderr)
    commands = [[sys.executable, "-m", "venv", str(folder)],
                [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]]
    for command in commands:
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            return None
    query = [str(python), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
    site = Path(subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip())
    ours = sysconfig.get_paths()["purelib"]
    (site / "zz_ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n", encoding="utf-8")
    ready.touch()
    return python
