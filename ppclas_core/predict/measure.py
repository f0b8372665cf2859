# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Measurement of latency, throughput and memory of one runtime in this process.

`benchmark` runs this module in a child process per runtime and number of threads, to separate memory and threads.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from ppclas_core.bundles.bundle import is_bundle
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.predict.runnable import open_bundle, open_runnable


def measure(source: str, runtime: str, batches: List[int], threads: int, seconds: float,
            device: Optional[str] = None, calls: Optional[Tuple[int, int]] = None,
            model: Optional[str] = None) -> List[Dict[str, Any]]:
    """Return one row per batch size: latency in ms (median, 90th and 99th percentile, ...), images per second, memory.

    Args:
        source: a bundle, or a checkpoint for the runtime `dygraph`.
        runtime: name of the runtime.
        batches: batch sizes.
        threads: number of CPU threads.
        seconds: measuring time per batch size; the warm-up takes a fifth of it, and at least three calls.
        device: as in `Predictor`.
        calls: number of warm-up calls and of measured calls, in place of `seconds`.
        model: model of weights without `meta.yaml`, see `find_checkpoint`.

    Raises:
        UserError: the runtime cannot run the source.
    """
    started = time.perf_counter()
    path = Path(source)
    runnable = (open_bundle(path, runtime, device, threads) if is_bundle(path) else
                open_runnable(path, runtime, device, model=model))
    load = time.perf_counter() - started
    rows = []
    for batch in batches:
        images = random_images((batch, *runnable.input_shape), runnable.dtype)
        warm_up, timed = ((seconds / 5, 3), (seconds, 10)) if calls is None else ((0.0, calls[0]), (0.0, calls[1]))
        warm = len(time_calls(runnable.runtime, images, *warm_up))
        times = 1000 * np.array(time_calls(runnable.runtime, images, *timed))
        p50, p90, p99 = (float(percentile) for percentile in np.percentile(times, (50, 90, 99)))
        rows.append({"engine": runtime, "batch": batch, "threads": threads, "p50_ms": round(p50, 3),
                     "p90_ms": round(p90, 3), "p99_ms": round(p99, 3), "images_per_s": round(1000 * batch / p50, 2),
                     "memory_mb": _peak_memory(), "load_s": round(load, 2), "calls": len(times),
                     "warm_up": warm, "min_ms": round(float(times.min()), 5), "max_ms": round(float(times.max()), 5),
                     "mean_ms": round(float(times.mean()), 5)})
    return rows


def random_images(shape: Tuple[int, ...], dtype: str) -> np.ndarray:
    """Return constant-seed noise: normal with mean 0 and deviation 1, or uniform for uint8."""
    rng = np.random.default_rng(0)
    if dtype == "uint8":
        return rng.integers(0, 256, shape, np.uint8)
    return rng.standard_normal(shape).astype(np.float32)


def time_calls(runtime: Callable[[np.ndarray], object], images: np.ndarray, seconds: float, least: int) -> List[float]:
    """Return the seconds of each call, made for `seconds` and at least `least` times.

    Slow calls stop after five times `seconds`, if there were three or more.
    """
    times: List[float] = []
    started = time.perf_counter()
    while True:
        begun = time.perf_counter()
        runtime(images)
        times.append(time.perf_counter() - begun)
        spent = time.perf_counter() - started
        if spent >= seconds and (len(times) >= least or (len(times) >= 3 and 0 < 5 * seconds <= spent)):
            return times


def _peak_memory() -> Optional[float]:
    """Return the peak memory of this process and its children in MB; None if the system does not report it."""
    mine = Path("/proc/self")  # getrusage would include memory of the parent process
    if not (mine / "status").exists():
        return None
    children = [pid for task in mine.glob("task/*/children") for pid in task.read_text(encoding="utf-8").split()]
    found = 0
    for process in (mine, *(Path("/proc") / pid for pid in children)):
        lines = (process / "status").read_text(encoding="utf-8").splitlines()
        found += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return round(found * 1024 / 1e6, 1) if found else None


def main() -> int:
    """Run the child: read arguments as JSON; print rows or an error as JSON in the last line of the output."""
    request = json.loads(sys.argv[1])
    os.environ.setdefault("OMP_NUM_THREADS", str(request["threads"]))
    for file in request.pop("plugins"):
        catalogue().load_file(Path(file))
    try:
        response: Dict[str, Any] = {"rows": measure(**request)}
    except UserError as error:
        response = {"error": str(error)}
    sys.stdout.write("\n" + json.dumps(response) + "\n")  # earlier output may lack a final line break
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
