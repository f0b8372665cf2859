# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Throughput of training, compared with a bare Paddle loop and with torch.

    python benchmarks/training.py [--long] [--case MODEL] [--device gpu]

Each case compares a bare Paddle loop (forward, cross-entropy, backward, step on one batch in memory) without and with
the accelerator, our trainer with data, metrics and logging without the accelerator and by default, and a torch
channels-last loop. Libraries that are not installed (ppclas-accel-onednn, torchvision) are named and skipped.
Each loop runs in its own process; they alternate, so that other load affects all equally. The values are medians over
the steps of all rounds. With `--device gpu`, bare Paddle, our trainer and torch train ResNet50 with batches of 64 in
float16 (automatic mixed precision), and no goal is set. The goals on the CPU: our trainer without accelerator at 0.97
of the bare loop; by default 3 times the bare loop up to 64 pixels, twice at 224. Duration: about 5 minutes on two
cores, ten times as long with `--long`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, TypedDict

from command_line import benchmark_parser, start
from results import Row, record


class Case(NamedTuple):
    """One table: our name, torchvision's ("" if it has none), pixels, batch size, steps, goal against the bare loop."""

    model: str
    torch_name: str
    side: int
    batch: int
    steps: int
    goal: float


CASES = (Case("MobileNetV3_small_x0_5", "", 32, 32, 10, 3.0),
         Case("MobileNetV3_small_x1_0", "mobilenet_v3_small", 64, 32, 10, 3.0),
         Case("ResNet18", "resnet18", 64, 8, 10, 3.0),
         Case("ResNet50", "resnet50", 224, 8, 3, 2.0))
GPU_CASES = (Case("ResNet50", "resnet50", 224, 64, 60, 0.0),)
LOOP_GOAL = 0.97
CLASSES = 10
WARM_UP = 2
BARE = "bare Paddle"
BARE_FAST = "bare, accelerated"
TORCH = "torch channels-last"
TRAINER = "trainer, no accelerator"
DEFAULT = "trainer, default"


class Measurement(TypedDict):
    """Time of each step in s, and peak memory in MB."""

    seconds: List[float]
    megabytes: float



def main() -> int:
    """Print the table; return 0 if all goals are met, else 1."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--long", action="store_true", help="three rounds with three times the steps")
    parser.add_argument("--case", metavar="MODEL", help="only the cases of this architecture")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu", help="(default: cpu)")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    args = start(parser, "about 5 minutes on two cores, ten times as long with --long")
    if args.child:
        variant, index, steps, folder = args.child
        loops = Loops(_cases(args.device)[int(index)], int(steps), Path(folder), args.device)
        print(json.dumps(loops.measure(variant)))
        return 0
    from ppclas_core.plugins.models import list_models

    missed: List[str] = []
    for index, case in enumerate(_cases(args.device)):
        if args.case and case.model != args.case:
            continue
        if case.model not in list_models(case.model):
            print(f"{case.model}: skipped, its plugin is not installed")
            continue
        steps = (case.steps * 3 if args.long else case.steps) + WARM_UP
        missed += compare(index, case, steps, args.device, rounds=3 if args.long else 1)
    print("all goals are met" if not missed else "missed: " + "; ".join(missed))
    return 1 if missed else 0


def _cases(device: str) -> Sequence[Case]:
    return CASES if device == "cpu" else GPU_CASES


def compare(index: int, case: Case, steps: int, device: str, rounds: int) -> List[str]:
    """Measure one case, print it, and return the goals that it misses."""
    print(f"\n{case.model}, {case.side} px, batch {case.batch}, {rounds} x {steps - WARM_UP} steps", flush=True)
    seconds: Dict[str, List[float]] = {}
    memory: Dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder), case, steps)
        for _ in range(rounds):
            for variant in _variants(case, device):
                found = child(variant, index, steps, folder, device)
                if found is not None:
                    seconds.setdefault(variant, []).extend(found["seconds"])
                    memory[variant] = max(memory.get(variant, 0.0), found["megabytes"])
    speed = {variant: case.batch / statistics.median(values) for variant, values in seconds.items()}
    for variant, value in speed.items():
        print(f"  {variant:<24}{value:9.1f} images/s   {value / speed[BARE]:5.2f} of bare   {memory[variant]:6.0f} MB")
    for variant, package in ((BARE_FAST, "ppclas-accel-onednn"), (TORCH, "torchvision")):
        if variant not in speed and variant in _variants(case, device):
            print(f"  {variant}: skipped, {package} is not installed")
    ratios = ((TRAINER, LOOP_GOAL), (DEFAULT, case.goal)) if device == "cpu" else ()
    for variant, value in speed.items():
        record(Row(f"{case.model}, {case.side} px, batch {case.batch}, {device}", variant, value, "images/s", BARE,
                   value / speed[BARE], dict(ratios).get(variant), megabytes=memory[variant]))
    return [f"{case.model}: {variant} is {speed[variant] / speed[BARE]:.2f} of bare Paddle, the goal is {goal}"
            for variant, goal in ratios if speed[variant] / speed[BARE] < goal]


def _variants(case: Case, device: str) -> List[str]:
    """Return the loops of a case; the accelerator is for the CPU."""
    ours = [BARE, BARE_FAST, TRAINER, DEFAULT] if device == "cpu" else [BARE, TRAINER]
    return [*ours, *([TORCH] if case.torch_name else [])]


def child(variant: str, index: int, steps: int, folder: str, device: str) -> Optional[Measurement]:
    """Measure one variant in a child process; return None if the library is missing."""
    done = subprocess.run([sys.executable, __file__, "--device", device, "--child", variant, str(index), str(steps),
                           folder], capture_output=True, text=True, check=False)
    if done.returncode:
        if variant in (BARE_FAST, TORCH) and "ModuleNotFoundError" in done.stderr:
            return None
        raise SystemExit(f"{variant} failed:\n{done.stderr[-3000:]}")
    found: Measurement = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_memory() -> float:
    """Return the peak memory of this process in MB; NaN if it is unknown."""
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


class Loops:
    """Training loops of one case: ours, a bare one in Paddle, and one in torch.

    Args:
        case: model, image size and batch size.
        steps: number of steps of each loop.
        folder: folder with the images and their list.
        device: `cpu`, or `gpu` for automatic mixed precision in float16.
    """

    def __init__(self, case: Case, steps: int, folder: Path, device: str) -> None:
        self._case = case
        self._steps = steps
        self._folder = folder
        self._device = device
        self._half = device == "gpu"

    def measure(self, variant: str) -> Measurement:
        """Return the time of each step after the warm-up in s, and the peak memory of this process."""
        loops: Dict[str, Callable[[], List[float]]] = {
            BARE: self._paddle, BARE_FAST: lambda: self._paddle(accelerated=True), TORCH: self._torch,
            TRAINER: lambda: self._trainer("none"), DEFAULT: lambda: self._trainer("auto")}
        seconds = loops[variant]()[WARM_UP:]
        return {"seconds": seconds, "megabytes": peak_memory()}

    def _trainer(self, accelerator: str) -> List[float]:
        """Train one epoch as `ppclas train` does; return the times of the steps in s, including data."""
        from ppclas_core.config.load import config_from_dict
        from ppclas_core.runs.log import read_records
        from ppclas_core.training.run_training import train

        side = self._case.side
        transforms = [{"DecodeImage": {}}, {"RandCropImage": {"size": side}}, {"RandFlipImage": {"flip_code": 1}},
                      {"NormalizeImage": {"scale": "1./255.", "order": ""}}, {"ToCHWImage": None}]
        output = self._folder / f"output-{accelerator}-{time.time_ns()}"
        config = config_from_dict({
            "ARCHITECTURE": {"name": self._case.model}, "classes_num": CLASSES, "image_shape": [3, side, side],
            "epochs": 1, "model_save_dir": str(output), "validate": False, "print_interval": 1,
            "device": self._device, "accelerator": accelerator, **({"use_fp16": True} if self._half else {}),
            "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.01}},
            "TRAIN": {"batch_size": self._case.batch, "data_dir": str(self._folder),
                      "file_list": str(self._folder / "list.txt"), "transforms": transforms}})
        return [record["seconds"] for record in read_records(train(config).run_dir) if record["kind"] == "step"]

    def _paddle(self, *, accelerated: bool = False) -> List[float]:
        """Run a minimal training loop of our model, or of its accelerated layer."""
        import numpy as np
        import paddle

        from ppclas_core.models.create import create_model

        paddle.set_device(self._device)
        side = self._case.side
        model = create_model(self._case.model, num_classes=CLASSES)
        forward = model
        if accelerated:
            from ppclas_accel_onednn.forward import Accelerated

            forward = Accelerated(model, [3, side, side])
        optimizer = paddle.optimizer.Momentum(0.01, parameters=model.parameters())
        scaler = paddle.amp.GradScaler(enable=self._half)
        rng = np.random.default_rng(0)
        images = paddle.to_tensor(rng.standard_normal((self._case.batch, 3, side, side)).astype("float32"))
        labels = paddle.to_tensor(rng.integers(0, CLASSES, self._case.batch))

        def step() -> None:
            with paddle.amp.auto_cast(enable=self._half):
                loss = paddle.nn.functional.cross_entropy(forward(images), labels)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            optimizer.clear_grad()
            if self._half:
                paddle.device.synchronize()

        return timed(step, self._steps)

    def _torch(self) -> List[float]:
        """Run a minimal training loop in torch, channels last, with its default number of threads."""
        import torch
        import torchvision

        device = "cuda" if self._half else "cpu"
        side = self._case.side
        model = getattr(torchvision.models, self._case.torch_name)(num_classes=CLASSES)
        model = model.to(device, memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
        scaler = torch.amp.GradScaler(device, enabled=self._half)
        images = torch.randn(self._case.batch, 3, side, side).to(device, memory_format=torch.channels_last)
        labels = torch.randint(0, CLASSES, (self._case.batch,)).to(device)

        def step() -> None:
            optimizer.zero_grad()
            with torch.autocast(device, dtype=torch.float16, enabled=self._half):
                loss = torch.nn.functional.cross_entropy(model(images), labels)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            if self._half:
                torch.cuda.synchronize()

        return timed(step, self._steps)


def timed(step: Callable[[], None], steps: int) -> List[float]:
    """Return the time of each call in s."""
    seconds = []
    for _ in range(steps):
        started = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - started)
    return seconds


def write_images(folder: Path, case: Case, steps: int) -> None:
    """Write a JPEG file per image and step, a quarter larger than the crop, and their list."""
    import cv2
    import numpy as np

    rng, side = np.random.default_rng(0), case.side * 5 // 4
    lines = []
    for index in range(case.batch * steps):
        coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        cv2.imencode(".jpg", cv2.resize(coarse, (side, side)))[1].tofile(str(folder / f"{index}.jpg"))
        lines.append(f"{index}.jpg {index % CLASSES}\n")
    (folder / "list.txt").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
