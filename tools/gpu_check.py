# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check training, export and inference on the NVIDIA GPUs of this machine, in at most ten minutes.

    python tools/gpu_check.py [--device gpu|cpu] [--minutes M]

Needs ppclas-core, ppclas-models-mobile, ppclas-models-resnet and a Paddle for GPUs. Each step trains
the digits, or uses what an earlier step trained: float32, float16, bfloat16, a static program, all GPUs with
synchronized batch norm, Paddle Inference, TensorRT, and images/s of ResNet50 against torch with automatic mixed
precision. A step that cannot run on this machine is skipped with the reason. `--device cpu` runs the same steps without
a GPU, except float16 and TensorRT. On a machine without a GPU, the program says so and returns 0. The exit code is 1 if
a step fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "configs" / "quick_start" / "digits_MobileNetV3_small.yaml"
MODEL = "MobileNetV3_small_x0_5"
EPOCHS = 6
LEAST_TOP1 = 0.9
"""Smallest top-1 of a run in any precision; six epochs in float32 reach 0.95 on the CPU."""


class StepError(Exception):
    """A step failed."""


class StepSkippedError(Exception):
    """A step cannot run on this machine."""


class Check:
    """The steps, each a method.

    Args:
        device: `gpu` or `cpu`.
        gpus: number of GPUs; 0 on the CPU.
        work: folder for data and runs.
        end: value of `time.monotonic()` at which the check has to be finished.
    """

    def __init__(self, device: str, gpus: int, work: Path, end: float) -> None:
        self._device = device
        self._gpus = gpus
        self._work = work
        self._end = end

    def steps(self) -> Dict[str, Callable[[], str]]:
        """Return name -> step; a step returns what it measured."""
        return {
            "float32": lambda: self._train("float32"),
            "float16": lambda: self._train("float16", "use_fp16=True", "amp_dtype=float16"),
            "bfloat16": lambda: self._train("bfloat16", "use_fp16=True", "amp_dtype=bfloat16"),
            "static program": lambda: self._train("static", "to_static=True"),
            "all devices": self._all_devices,
            "Paddle Inference": self._inference,
            "TensorRT": self._tensorrt,
            "ResNet50 against torch": self._speed,
        }

    def prepare(self) -> None:
        """Write the digits."""
        self._ppclas("data", "digits", "dataset/digits")

    def _train(self, name: str, *overrides: str, flags: Sequence[str] = ()) -> str:
        if name == "float16" and self._device == "cpu":
            raise StepSkippedError("Paddle has no float16 training on the CPU")
        words = [f"epochs={EPOCHS}", f"model_save_dir={self._work / name}", f"device={self._device}", *overrides]
        started = time.monotonic()
        self._ppclas("run", str(CONFIG), *flags, *(text for word in words for text in ("-o", word)))
        report = json.loads((self._work / name / MODEL / "report.json").read_text(encoding="utf-8"))
        if report["top1"] < LEAST_TOP1:
            raise StepError(f"top-1 is {report['top1']:.4f}; it must be at least {LEAST_TOP1}")
        return f"top-1 {report['top1']:.4f} in {time.monotonic() - started:.0f} s"

    def _all_devices(self) -> str:
        if self._device == "cpu":
            return self._train("all", "sync_bn=True", flags=["--nproc", "2"])
        if self._gpus < 2:
            raise StepSkippedError("there is one GPU")
        return self._train("all", "sync_bn=True", flags=["--devices", ",".join(map(str, range(self._gpus)))])

    def _inference(self) -> str:
        """Compare classes and scores of Paddle Inference with those of the model, on validation images."""
        self._ppclas("export", str(self._run()), "inference", "bundle")
        images = sorted((self._work / "dataset" / "digits").rglob("*.png"))[:64]
        given = [str(path) for path in images]
        ours = self._predict(str(self._run()), given, "dygraph")
        theirs = self._predict("bundle", given, "paddle")
        worst = max(abs(one["score"] - other["score"]) for a, b in zip(ours, theirs)
                    for one, other in zip(a["classes"][:1], b["classes"][:1]))
        if [row["classes"][0]["id"] for row in ours] != [row["classes"][0]["id"] for row in theirs] or worst > 0.01:
            raise StepError(f"the classes differ from those of the model, or a score by {worst:.4f}")
        return f"{len(images)} images, equal classes, largest difference of a score {worst:.5f}"

    def _tensorrt(self) -> str:
        if self._device == "cpu":
            raise StepSkippedError("it needs an NVIDIA GPU")
        from ppclas_core.errors import UserError
        from ppclas_core.runtimes.gpu import check_tensorrt

        try:
            check_tensorrt("gpu")
        except UserError as error:
            raise StepSkippedError(str(error).splitlines()[0]) from None
        for precision in ("fp32", "fp16"):
            self._ppclas("export", str(self._run()), "tensorrt", f"trt_{precision}", "-o",
                         f"precision={precision}")
        return "exports in fp32 and fp16 give the logits of the model"

    def _speed(self) -> str:
        script = str(ROOT / "benchmarks" / "training.py")
        lines = self._call([sys.executable, script, "--device", self._device, "--case", "ResNet50"]).splitlines()
        return "; ".join(" ".join(line.split()) for line in lines if "images/s" in line or "skipped" in line)

    def _run(self) -> Path:
        folder = self._work / "float32" / MODEL
        if not folder.is_dir():
            raise StepSkippedError("the training in float32 failed")
        return folder

    def _predict(self, source: str, images: Sequence[str], runtime: str) -> List[Dict[str, List[Dict[str, float]]]]:
        found: List[Dict[str, List[Dict[str, float]]]] = json.loads(
            self._ppclas("predict", source, *images, "--runtime", runtime, "--device", self._device, "--json"))
        return found

    def _ppclas(self, *arguments: str) -> str:
        return self._call([sys.executable, "-m", "ppclas_core", *arguments])

    def _call(self, command: Sequence[str]) -> str:
        """Run a command in the work folder until the end of the check; return its standard output."""
        try:
            done = subprocess.run(command, cwd=self._work, capture_output=True, text=True,
                                  timeout=max(self._end - time.monotonic(), 1),
                                  env={**os.environ, "PYTHONPATH": str(ROOT)})
        except subprocess.TimeoutExpired:
            raise StepError(f"time is over: {' '.join(command[1:4])} ...") from None
        if done.returncode:
            raise StepError(f"{' '.join(command[1:4])} ... returned {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout


class Machine(NamedTuple):
    """What Paddle sees: number of GPUs, and its version."""

    gpus: int
    paddle: str


def machine() -> Machine:
    """Return the GPUs that Paddle sees."""
    import paddle

    gpus = paddle.device.cuda.device_count() if paddle.device.is_compiled_with_cuda() else 0
    return Machine(int(gpus), str(paddle.__version__))


def main() -> int:
    """Run all steps and print a line for each; return 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu", help="where to run the steps (default: gpu)")
    parser.add_argument("--minutes", type=float, default=10.0, metavar="M", help="budget (default: 10)")
    args = parser.parse_args()
    here = machine()
    if args.device == "gpu" and not here.gpus:
        print(f"Paddle {here.paddle} sees no NVIDIA GPU on this machine: nothing is checked "
              "(--device cpu runs the same steps on the CPU)")
        return 0
    print(f"Paddle {here.paddle}, {here.gpus if args.device == 'gpu' else 0} GPUs", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ppclas-gpu-") as folder:
        check = Check(args.device, here.gpus, Path(folder), time.monotonic() + 60 * args.minutes)
        check.prepare()
        for name, step in check.steps().items():
            try:
                text = step()
            except StepSkippedError as reason:
                text = f"skipped: {reason}"
            except StepError as error:
                failed += 1
                text = f"FAILED: {error}"
            print(f"{name:<24}{text}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
