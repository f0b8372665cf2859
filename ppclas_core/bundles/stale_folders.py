# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Hidden folders of exports that were killed: each names its process, and goes when that is gone."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import uuid
from pathlib import Path


def hidden_folder(place: Path) -> Path:
    """Return a name beside `place` that tells machine and process: `.<name>.<machine>-<pid>-<digits>.partial`."""
    return place.with_name(f".{place.name}.{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:6]}.partial")


def remove_leftovers(place: Path) -> None:
    """Remove the hidden folders beside `place`, of any name, whose process ran on this machine and has ended.

    A bundle that was renamed away by a process that was killed before it put the new one there gets its name back.

    Those of other machines, which may share the disk, stay, and on Windows all do, as it tells nothing of a process
    without a handle on it.
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
    if os.name == "nt":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True
