# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cleanup of the temporary folders of killed exports; their names contain machine and process id."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import uuid
from pathlib import Path


def hidden_folder(place: Path) -> Path:
    """Return a path beside `place` with machine and process id: `.<name>.<machine>-<pid>-<digits>.partial`."""
    return place.with_name(f".{place.name}.{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:6]}.partial")


def remove_leftovers(place: Path) -> None:
    """Remove all temporary folders beside `place` whose process ran on this machine and has ended.

    If the process was killed between renaming the old bundle and the new one, the old bundle gets its name back.

    Folders of other machines, which may use the same disk, are kept. On Windows all are kept, as the state of a process
    is unknown without a handle.
    """
    pattern = re.compile(rf"\.(.+)\.{_machine()}-(\d+)-[0-9a-f]{{6}}\.(partial|old)")
    for folder in place.parent.glob(".*-*-*.*"):
        match = pattern.fullmatch(folder.name)
        if not match or _runs(int(match.group(2))):
            continue
        final = folder.with_name(match.group(1))
        if match.group(3) == "old" and not final.exists():
            os.replace(folder, final)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _runs(pid: int) -> bool:
    if os.name == "nt":  # signal 0 is Ctrl-C on Windows
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # a process of another user
        return True
    return True
