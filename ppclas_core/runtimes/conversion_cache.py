# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cache of files converted from the files of a bundle."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

from ppclas_core.errors import UserError
from ppclas_core.system.cache import cache_root, cached, writable_caches
from ppclas_core.system.hashing import file_sha256
from ppclas_core.system.machine_errors import machine_error

KIND = "bundles"
"""Folder below the cache folder."""


def converted_file(sources: Sequence[Path], name: str, tools: Mapping[str, str],
                   make: Callable[[Path], None]) -> Path:
    """Return the cached file converted from `sources` by these tools; `make(path)` writes it if it is missing.

    Two processes may convert at once: each writes its own file, and the last rename wins.

    Raises:
        UserError: no cache folder is writable, or their disks are full.
    """
    text = "".join(file_sha256(source) for source in sources) + repr(sorted(tools.items())) + name
    digest = hashlib.sha256(text.encode()).hexdigest()[:24]
    known = cached(KIND, f"{digest}/{name}")
    if known is not None:
        return known
    failure: Optional[OSError] = None
    for cache in writable_caches(KIND):
        try:
            return _convert(cache / digest, name, make)
        except OSError as error:  # e.g. a full disk: the next folder may be on another disk
            failure = failure or error
    assert failure is not None, "writable_caches yields a folder or raises"
    raise (machine_error(failure) or UserError(str(failure))).at(str(cache_root())) from failure


def _convert(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as partial:
        make(Path(partial) / name)
        os.replace(Path(partial) / name, folder / name)
    return folder / name
