# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Throughput of whole data loaders with two workers: ours, and Paddle's with the op chain of 2020."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, Tuple

import numpy as np
from pipelines import TRANSFORMS, chain_of_2020
from results import Row, record

if TYPE_CHECKING:
    from ppclas_core.data import Loader

Epoch = Callable[[], Iterator[np.ndarray]]
"""One epoch of a loader: yields batches of images, float32 (N, 3, 224, 224)."""

BATCH = 64
WORKERS = 2
ROUNDS = 3
MIN_IMAGES = 512
GOALS = {"ours": 2.3, "ours, turbo": 3.0}
"""Smallest ratio to Paddle's loader, by loader."""


def compare_loaders(files: List[Path], repacked: Path, missing: List[str]) -> None:
    """Print images per second of each loader, and the growth of our loader's memory over ten epochs."""
    files = (files * (MIN_IMAGES // len(files) + 1))[:MIN_IMAGES]
    loaders = _ours(files, repacked, missing)
    try:
        loaders["Paddle over the chain of 2020"] = _paddle(files)
    except ImportError as error:
        missing.append(f"Paddle's DataLoader: {error}")
    rates: Dict[str, List[float]] = {name: [] for name in loaders}
    for _ in range(ROUNDS):
        for name, epoch in loaders.items():
            started, count = time.perf_counter(), 0
            for images in epoch():
                count += len(images)
            rates[name].append(count / (time.perf_counter() - started))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    peer = medians.get("Paddle over the chain of 2020")
    print(f"\n{WORKERS} workers, batches of {BATCH}, float32, files in the page cache")
    for name, rate in medians.items():
        low = GOALS.get(name) if peer else None
        below = f"   below the goal of {low}" if low and peer and rate < low * peer else ""
        beside = ("Paddle over the chain of 2020", rate / peer) if peer else ("", None)
        record(Row(f"loaders, {WORKERS} workers", name, rate, "images/s", *beside, low))
        print(f"{name:<32}{rate:>8.0f} img/s{f'{rate / peer:>8.2f} x Paddle' if peer else ''}{below}")
    _memory(loaders["ours"])


def _memory(epoch: Epoch) -> None:
    """Print the resident memory after epochs 1, 2 and 10."""
    sizes = []
    for _ in range(10):
        for _images in epoch():
            pass
        sizes.append(_resident())
    if sizes[0]:
        print(f"memory after epoch 1: {sizes[0]:.0f} MB, 2: {sizes[1]:.0f} MB, 10: {sizes[-1]:.0f} MB")


def _resident() -> float:
    """Return the resident memory of this process in MB; 0 if it is unknown."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


def _ours(files: List[Path], repacked: Path, missing: List[str]) -> Dict[str, Epoch]:
    from ppclas_core.data import Loader, build_pipeline
    from ppclas_core.data.readers.repacked import is_repacked, open_shards
    from ppclas_core.data.readers.source import Source
    from ppclas_core.errors import UserError

    listed = Source.from_paths("/", [str(file.resolve()) for file in files], [0] * len(files))
    found: Dict[str, Epoch] = {}
    candidates = {"ours": (listed, "opencv", "threads"), "ours, processes": (listed, "opencv", "processes"),
                  "ours, turbo": (listed, "turbo", "threads"), "ours, turbo, processes": (listed, "turbo", "processes")}
    if is_repacked(repacked):
        shards = open_shards(repacked)
        candidates["ours, repacked, turbo"] = (shards.select(np.arange(len(files)) % len(shards)), "turbo", "threads")

    def epochs(loader: Loader) -> Epoch:
        return lambda: (batch.images for batch in loader.epoch(0))

    for name, (source, decoder, kind) in candidates.items():
        try:
            found[name] = epochs(Loader(source, build_pipeline(TRANSFORMS), BATCH, shuffle=True, drop_last=True,
                                        num_workers=WORKERS, decoder=decoder, worker_type=kind))
        except UserError as error:
            missing.append(f"{name}: {str(error).splitlines()[0]}")
    return found


def _paddle(files: List[Path]) -> Epoch:
    from paddle.io import DataLoader, Dataset

    class Files(Dataset):
        def __len__(self) -> int:
            return len(files)

        def __getitem__(self, index: int) -> Tuple[np.ndarray, np.int64]:
            return chain_of_2020(files[index].read_bytes()), np.int64(0)

    loader = DataLoader(Files(), batch_size=BATCH, shuffle=True, drop_last=True, num_workers=WORKERS,
                        return_list=True)
    return lambda: (images for images, _ in loader)
