# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images per second of training on the CPU: the engine's loop and a bare one, each with and without the accelerator.

    python benchmarks/training_cpu.py [--rounds 3] [--steps 12]

The bare loop repeats forward, cross-entropy, backward, optimizer on one batch in memory; the engine reads PNG files,
flips and normalises them, counts and logs. The four take turns, each in a process of its own, so that a busy machine
disturbs them alike: ratios are of medians over all rounds. Peak memory is that of the process. Without
ppclas-accel-onednn the accelerated rows are left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

CASES = (("MobileNetV3_small_x0_5", 32, 32), ("ResNet18", 64, 8))
"""(model, side in pixels, batch size)."""

CLASSES = 10
VARIANTS = ("bare dygraph", "engine, accelerator none", "bare accelerated", "engine, accelerator auto")
WARM_UP = 3


def main() -> int:
    """Run the cases that are installed; 0, or 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        variant, model, side, batch, folder = args.child
        print(json.dumps(measure(variant, model, int(side), int(batch), args.steps, Path(folder))))
        return 0
    import ppclas_core

    variants = VARIANTS if importlib.util.find_spec("ppclas_accel_onednn") else VARIANTS[:2]
    if variants != VARIANTS:
        print("ppclas-accel-onednn is not installed: only Paddle's own training is measured")
    for model, side, batch in CASES:
        if model not in ppclas_core.list_models(model):
            print(f"{model}: its plugin is not installed")
            continue
        print(f"\n{model}, {side} px, batch {batch}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            write_images(Path(folder), side, batch * (args.steps + WARM_UP))
            results: Dict[str, List[Dict[str, Any]]] = {variant: [] for variant in variants}
            for _ in range(args.rounds):
                for variant in variants:
                    results[variant].append(child(variant, model, side, batch, args.steps, folder))
        report(results, batch)
    return 0


def report(results: Dict[str, List[Dict[str, Any]]], batch: int) -> None:
    """A line for each variant: images per second, ratio to the bare dygraph loop and to the bare loop of its kind."""
    speed = {variant: batch / statistics.median(time for run in runs for time in run["seconds"])
             for variant, runs in results.items()}
    names = list(speed)
    for index, (variant, runs) in enumerate(results.items()):
        bare = names[index - index % 2]
        memory = max(run["megabytes"] for run in runs)
        print(f"  {variant:<26}{speed[variant]:8.1f} images/s   x{speed[variant] / speed[names[0]]:.2f} of bare dygraph"
              f"   x{speed[variant] / speed[bare]:.2f} of the bare loop   {memory:6.0f} MB", flush=True)


def child(variant: str, model: str, side: int, batch: int, steps: int, folder: str) -> Dict[str, Any]:
    """One measurement in a new process."""
    command = [sys.executable, __file__, "--steps", str(steps)]
    command += ["--child", variant, model, str(side), str(batch), folder]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{variant} failed:\n{result.stderr[-3000:]}")
    found: Dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def measure(variant: str, model: str, side: int, batch: int, steps: int, folder: Path) -> Dict[str, Any]:
    """Seconds of each step after the first ones, and the peak memory of this process."""
    if variant.startswith("bare"):
        seconds = bare_loop(model, side, batch, steps, accelerated="accelerated" in variant)
    else:
        seconds = engine_loop(model, side, batch, folder, accelerator=variant.rpartition(" ")[2])
    return {"seconds": seconds[WARM_UP:], "megabytes": peak_memory()}


def bare_loop(name: str, side: int, batch: int, steps: int, *, accelerated: bool) -> List[float]:
    """The shortest loop that trains; with `accelerated`, on what the accelerator puts in place of the model."""
    import time

    import numpy as np
    import paddle
    import paddle.nn.functional as F

    import ppclas_core

    paddle.set_device("cpu")
    paddle.seed(0)
    model = ppclas_core.create_model(name, num_classes=CLASSES)
    forward: Any = model
    if accelerated:
        from ppclas_accel_onednn.forward import Accelerated

        forward = Accelerated(model, [3, side, side])
    optimizer = paddle.optimizer.Momentum(0.01, parameters=model.parameters(), weight_decay=1e-4)
    rng = np.random.default_rng(0)
    images = paddle.to_tensor(rng.standard_normal((batch, 3, side, side)).astype("float32"))
    labels = paddle.to_tensor(rng.integers(0, CLASSES, batch))
    seconds = []
    for _ in range(steps + WARM_UP):
        start = time.perf_counter()
        F.cross_entropy(forward(images), labels).backward()
        optimizer.step()
        optimizer.clear_grad()
        seconds.append(time.perf_counter() - start)
    return seconds


def engine_loop(name: str, side: int, batch: int, folder: Path, *, accelerator: str) -> List[float]:
    """One epoch as `ppclas train` does it, with all that a step does besides computing."""
    from ppclas_core.config.load import config_from_dict
    from ppclas_core.engine.log import read_records
    from ppclas_core.engine.run import train

    with tempfile.TemporaryDirectory() as out:
        config = config_from_dict({
            "ARCHITECTURE": {"name": name}, "classes_num": CLASSES, "image_shape": [3, side, side], "epochs": 1,
            "model_save_dir": out, "validate": False, "print_interval": 1, "device": "cpu", "accelerator": accelerator,
            "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.01}},
            "OPTIMIZER": {"function": "Momentum", "params": {"momentum": 0.9},
                          "regularizer": {"function": "L2", "factor": 0.0001}},
            "TRAIN": {"batch_size": batch, "file_list": str(folder / "list.txt"), "data_dir": str(folder),
                      "transforms": [{"DecodeImage": {}}, {"RandFlipImage": {"flip_code": 1}},
                                     {"NormalizeImage": {"scale": "1./255.", "order": ""}}, {"ToCHWImage": None}]},
        })
        records = read_records(train(config).run_dir)
    return [record["seconds"] for record in records if record.get("kind") == "step"]


def write_images(folder: Path, side: int, count: int) -> None:
    """Smooth pictures as PNG files, and their list."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(0)
    lines = []
    for index in range(count):
        image = cv2.resize(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8), (side, side), interpolation=cv2.INTER_CUBIC)
        cv2.imencode(".png", image)[1].tofile(str(folder / f"{index}.png"))
        lines.append(f"{index}.png {index % CLASSES}\n")
    (folder / "list.txt").write_text("".join(lines), encoding="utf-8")


def peak_memory() -> float:
    """Megabytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


if __name__ == "__main__":
    raise SystemExit(main())
