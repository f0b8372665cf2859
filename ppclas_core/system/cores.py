# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""CPU cores that this process may use, and the number of threads of Paddle's CPU mathematics."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Return the number of CPU cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores_per_process() -> int:
    """Return the number of usable cores divided by the number of processes that a launcher started on this machine."""
    return max(1, usable_cores() // max(1, int(os.environ.get("PADDLE_LOCAL_SIZE") or 1)))


def set_math_threads(count: int) -> None:
    """Set the number of threads of Paddle's CPU mathematics for this process; rounding depends on the number."""
    import paddle

    paddle.base.core.set_num_threads(count)


def restore_math_threads() -> None:
    """Reset the number of threads to the value that Paddle had when it was imported: `OMP_NUM_THREADS`, else one.

    A predictor of Paddle Inference changes the number when it is created, and sets it to one after each call. Training
    in the same process would then round differently, and a resumed run would differ from an uninterrupted one.
    """
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    set_math_threads(int(first) if first.isdigit() and int(first) else 1)
