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


def partial_folder(target: Path) -> Path:
    """Return a path beside `target` with machine and process id: `.<name>.<machine>-<pid>-<digits>.partial`."""
    return target.with_name(f".{target.name}.{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:6]}.partial")


def remove_stale_folders(target: Path) -> None:
    """Remove all temporary folders beside `target` whose process ran on this machine and has ended.

    An old bundle gets its name back if the process was killed after the old bundle was renamed and before the new one
    was.

    Folders of other machines, which may use the same disk, are kept. On Windows all are kept, as the state of a process
    is unknown without a handle.
    """
    pattern = re.compile(rf"\.(.+)\.{_machine()}-(\d+)-[0-9a-f]{{6}}\.(partial|old)")
    for folder in target.parent.glob(".*-*-*.*"):
        match = pattern.fullmatch(folder.name)
        if not match or _is_running(int(match.group(2))):
            continue
        final = folder.with_name(match.group(1))
        if match.group(3) == "old" and not final.exists():
            os.replace(folder, final)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # signal 0 is Ctrl-C on Windows
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # a process of another user
        return True
    return True
