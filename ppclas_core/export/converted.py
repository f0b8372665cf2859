# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files made from the files of a bundle, kept in the cache folder so that they are made once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Callable, Mapping, Sequence

from ppclas_core.export.bundle import file_digest


def bundle_cache() -> Path:
    """`$PPCLAS_HOME/bundles`, or `~/.cache/ppclas/bundles`; safe to remove at any time."""
    home = os.environ.get("PPCLAS_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".cache" / "ppclas") / "bundles"


def converted_file(sources: Sequence[Path], name: str, tools: Mapping[str, str],
                   make: Callable[[Path], None]) -> Path:
    """The cached file made from `sources` by these tools; `make(path)` writes it where there is none.

    Two processes may make it at once: each writes its own, the last one stays.
    """
    text = "".join(file_digest(source) for source in sources) + repr(sorted(tools.items())) + name
    folder = bundle_cache() / hashlib.sha256(text.encode()).hexdigest()[:24]
    if not (folder / name).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as partial:
            make(Path(partial) / name)
            os.replace(Path(partial) / name, folder / name)
    return folder / name
