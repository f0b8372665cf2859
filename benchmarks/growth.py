# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Growth of time and memory with the lines of a list, the images of an epoch and the number of classes.

    python benchmarks/growth.py [--long]

1. Lists: a list of 10,000, 100,000 and 1,000,000 lines is opened, and its loader is made; with `--long` also one of
   10,000,000 lines.
2. Epochs: 1,000, 10,000 and 100,000 images of 32 pixels are loaded by two threads.
3. Classes: 2,000 predictions for 100, 1,000 and 10,000 classes are evaluated.

Each size is measured in its own process. Memory is the peak beyond that of the process before the work. The line
log(value) = a + b log(size) is fitted; the goal: b is at most 1.1, which is linear growth or less.
Duration: about 3 minutes on two cores, 5 with `--long`.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Iterable, List, NamedTuple, Tuple

import numpy as np
from command_line import benchmark_parser, start
from results import Row, record
from training import peak_memory

if TYPE_CHECKING:
    from ppclas_core.config.config import Config

GOAL = 1.1
CLASSES = 100
PREDICTIONS = 2000
TRANSFORMS = [{"DecodeImage": None}, {"NormalizeImage": {"scale": "1./255.", "order": ""}}, {"ToCHWImage": None}]


class Part(NamedTuple):
    """Sizes of one part, the unit of the sizes, and the work of one size."""

    unit: str
    sizes: Tuple[int, ...]
    work: Callable[[Path, int], float]


def main() -> int:
    """Print a table; return 0 if all growth is linear or less."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--long", action="store_true", help="also a list of 10,000,000 lines")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(measure(args.child[0], int(args.child[1]))))
        return 0
    start(parser, "about 3 minutes on two cores, 5 with --long")
    missed: List[str] = []
    for name, part in PARTS.items():
        sizes = (*part.sizes, *((10_000_000,) if args.long and name == "lists" else ()))
        found = [child(name, size) for size in sizes]
        for size, values in zip(sizes, found):
            print(f"{name:<10}{size:>12,} {part.unit:<8}{values['seconds']:>9.3f} s{values['megabytes']:>9.1f} MB",
                  flush=True)
            record(Row(f"{name}: {size:,} {part.unit}", "time", values["seconds"], "s", less=True,
                       megabytes=values["megabytes"]))
        for value in ("seconds", "megabytes"):
            power = slope(sizes, [row[value] for row in found])
            print(f"{name:<10}{value} grow as {part.unit}^{power:.2f}")
            record(Row(f"{name}: growth of {value}", "exponent", power, f"power of {part.unit}", goal=GOAL, less=True))
            if power > GOAL:
                missed.append(f"{name}: {value} grow as {part.unit}^{power:.2f}")
    print("\n".join(f"goal missed: {text}" for text in missed) or "all goals are met")
    return 1 if missed else 0


def slope(sizes: Tuple[int, ...], values: List[float]) -> float:
    """Return b of the fitted line log(value) = a + b log(size); values below 0.001 count as 0.001."""
    logs = [math.log(max(value, 1e-3)) for value in values]
    return float(np.polyfit(np.log(sizes), logs, 1)[0])


def child(name: str, size: int) -> Dict[str, float]:
    """Measure one size in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--child", name, str(size)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} of {size} failed:\n{done.stderr[-3000:]}")
    found: Dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(name: str, size: int) -> Dict[str, float]:
    """Return the seconds of the work, and the peak memory in MB beyond that of the same work of the smallest size."""
    part = PARTS[name]
    with tempfile.TemporaryDirectory(prefix="ppclas-") as folder:
        (Path(folder) / "first").mkdir()
        part.work(Path(folder) / "first", part.sizes[0] // 10)  # imports, and the memory that any size needs
        before = peak_memory()
        seconds = part.work(Path(folder), size)
    return {"seconds": seconds, "megabytes": max(peak_memory() - before, 0.0)}


def open_list(folder: Path, lines: int) -> float:
    """Open a list and make its loader, which shuffles it; return the seconds."""
    from ppclas_core.data.from_config import open_checked, train_loader
    from ppclas_core.system.rank import ALONE

    write_list(folder, (f"{number % CLASSES:03d}/image_{number:08d}.jpg {number % CLASSES}" for number in range(lines)))
    started = time.perf_counter()
    config = list_config(folder)
    loader = train_loader(config, open_checked(config, "TRAIN"), ALONE)
    assert len(loader) == lines // 100
    return time.perf_counter() - started


def load_epoch(folder: Path, images: int) -> float:
    """Load one epoch of a list whose lines name one small image; return the seconds."""
    import cv2

    from ppclas_core.data.from_config import open_checked, train_loader
    from ppclas_core.system.rank import ALONE

    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    (folder / "image.jpg").write_bytes(cv2.imencode(".jpg", pixels)[1].tobytes())
    write_list(folder, (f"image.jpg {number % CLASSES}" for number in range(images)))
    config = list_config(folder)
    loader = train_loader(config, open_checked(config, "TRAIN"), ALONE)
    started = time.perf_counter()
    count = sum(len(batch.images) for batch in loader.epoch(0))
    assert count == images
    return time.perf_counter() - started


def evaluate(folder: Path, classes: int) -> float:
    """Compute all metrics of predictions for a number of classes; return the seconds."""
    from ppclas_core.tasks import task_of

    task = task_of(list_config(folder))
    rng = np.random.default_rng(0)
    batches = [(rng.standard_normal((100, classes), dtype=np.float32), rng.integers(0, classes, 100))
               for _ in range(2)]
    started = time.perf_counter()
    metrics = task.evaluation_metrics(classes)
    for number in range(PREDICTIONS // 100):
        metrics.update(task.outputs(*batches[number % 2]))
    metrics.compute()
    metrics.rows([str(index) for index in range(classes)])
    return time.perf_counter() - started


def write_list(folder: Path, lines: Iterable[str]) -> None:
    """Write train_list.txt."""
    with open(folder / "train_list.txt", "w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def list_config(folder: Path) -> Config:
    """Return a config whose TRAIN reads train_list.txt of a folder."""
    from ppclas_core.config.load import config_from_dict

    return config_from_dict({
        "ARCHITECTURE": {"name": "MobileNetV3_small_x0_5"}, "classes_num": CLASSES, "image_shape": [3, 32, 32],
        "epochs": 1, "validate": False, "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}},
        "TRAIN": {"batch_size": 100, "num_workers": 2, "data_dir": str(folder),
                  "file_list": str(folder / "train_list.txt"), "transforms": TRANSFORMS}})


PARTS = {"lists": Part("lines", (10_000, 100_000, 1_000_000), open_list),
         "epochs": Part("images", (1_000, 10_000, 100_000), load_epoch),
         "classes": Part("classes", (100, 1_000, 10_000), evaluate)}


if __name__ == "__main__":
    raise SystemExit(main())
