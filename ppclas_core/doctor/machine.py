# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Resources of this machine or container: cores, memory, shared memory, disk, GPUs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import List, NamedTuple, Optional

from ppclas_core.system.cores import usable_cores

_CGROUP = Path("/sys/fs/cgroup")


class Memory(NamedTuple):
    """Total and free bytes available to this process."""

    total: int
    free: int


def cores() -> float:
    """Return the number of usable CPU cores, limited by the CPU quota of the container."""
    count = float(usable_cores())
    quota = _words(_CGROUP / "cpu.max")
    if len(quota) == 2 and quota[0].isdigit():
        count = min(count, round(int(quota[0]) / int(quota[1]), 2))
    return count


def memory() -> Optional[Memory]:
    """Return the memory, limited by the container; None on systems without /proc/meminfo."""
    fields = {}
    for line in _lines(Path("/proc/meminfo")):
        name, _, rest = line.partition(":")
        fields[name] = int(rest.split()[0]) * 1024
    if "MemTotal" not in fields:
        return None
    total, free = fields["MemTotal"], fields.get("MemAvailable", fields.get("MemFree", 0))
    limit, used = _words(_CGROUP / "memory.max"), _words(_CGROUP / "memory.current")
    if limit and limit[0].isdigit() and used:
        total = min(total, int(limit[0]))
        free = min(free, max(int(limit[0]) - int(used[0]), 0))
    return Memory(total, free)


def space(path: Path) -> Memory:
    """Return size and free bytes of the disk of a path, or of its nearest existing parent."""
    while not path.exists() and path != path.parent:
        path = path.parent
    usage = shutil.disk_usage(path)
    return Memory(usage.total, usage.free)


def shared_memory() -> Optional[Memory]:
    """Return size and free bytes of `/dev/shm`; None if it does not exist."""
    path = Path("/dev/shm")
    return space(path) if path.is_dir() else None


def nvidia_gpus() -> List[str]:
    """Return the names of the GPUs that the NVIDIA driver reports, independent of Paddle."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        done = subprocess.run([program, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True,
                              timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()] if done.returncode == 0 else []


def _lines(path: Path) -> List[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # not Linux
        return []


def _words(path: Path) -> List[str]:
    lines = _lines(path)
    return lines[0].split() if lines else []
