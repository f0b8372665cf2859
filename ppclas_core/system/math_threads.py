# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How many threads the mathematics of Paddle uses on a CPU: one number for the process, on which rounding depends."""

from __future__ import annotations

import os


def cores() -> int:
    """CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores_of_one() -> int:
    """Of them the share of one process, where a launcher started several here."""
    return max(1, cores() // max(1, int(os.environ.get("PADDLE_LOCAL_SIZE") or 1)))


def set_math_threads(count: int) -> None:
    """From now on, in this process."""
    import paddle

    paddle.base.core.set_num_threads(count)


def restore_math_threads() -> None:
    """What Paddle took when it was imported: `OMP_NUM_THREADS`, else one.

    A predictor of Paddle Inference changes the number when it is made, and sets it to one after each call: training in
    the same process would go on with another rounding, and a resumed one would no longer be the straight one.
    """
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    set_math_threads(int(first) if first.isdigit() and int(first) else 1)
