# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Latency and throughput of every runtime at batch 1 and 8, and the ratio to dygraph, plain onnxruntime and OpenVINO.

    python benchmarks/inference.py [--models A,B] [--seconds S] [--minutes M] [--threads N] [--out FOLDER]

Each model gets the deterministic weights of its family's tests, whose activations keep a natural scale. Each row is
measured in its own process. The goals are measured by runtimes that alternate in one process, so that other load
affects all equally. The goals: `auto` is at most 1.1 times as slow as the best of dygraph, onnxruntime and OpenVINO;
int8 of ResNet50 at batch 1 is 3 times as fast as float32 in the same runtime, and 3.7 times as small. Duration: about 6
minutes on two cores.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command_line import benchmark_parser, start
from deterministic import deterministic_checkpoint
from results import Row, record

from ppclas_core.bundles import Bundle
from ppclas_core.bundles.formats import formats
from ppclas_core.bundles.source import find_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.export import export
from ppclas_core.predict.benchmark import BenchmarkPlan, benchmark
from ppclas_core.predict.measure import random_images
from ppclas_core.predict.runtime_selection import load_selected_runtime, select_runtime
from ppclas_core.predict.runtime_timing import compare_runtimes
from ppclas_core.report.benchmark import text_table
from ppclas_core.runtimes.dygraph import DygraphRuntime
from ppclas_core.runtimes.load import load_runtime, runtimes_of
from ppclas_core.system.cores import usable_cores

if TYPE_CHECKING:
    import numpy as np

PEERS = ("dygraph", "onnxruntime", "openvino")
COLUMNS = ("engine", "batch", "p50_ms", "p99_ms", "images_per_s", "memory_mb", "size_mb", "x dygraph", "x onnxruntime",
           "x openvino")


def main() -> int:
    """Print the tables; return 1 if a goal is missed."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--models", default="ResNet50,MobileNetV3_large_x1_0", help="comma-separated (%(default)s)")
    parser.add_argument("--seconds", type=float, default=0.7, help="measured per row (%(default)s)")
    parser.add_argument("--minutes", type=float, default=4.0,
                        help="budget, divided between the models; no row is started after it (%(default)s)")
    parser.add_argument("--threads", type=int, default=usable_cores(), help="CPU threads (%(default)s)")
    parser.add_argument("--out", type=Path, help="folder for inference.json")
    args = start(parser, "about 6 minutes on two cores, longer with --minutes")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # rows show as they come, in a file too
    for entry, reason in formats():
        if reason:
            print(f"skipped: {entry.record.name}: {reason}")
    tables: Dict[str, List[Dict[str, Any]]] = {}
    missed: List[str] = []
    models = args.models.split(",")
    with tempfile.TemporaryDirectory(prefix="ppclas-") as work:
        for model in models:
            folder = Path(work) / model
            bench = Bench(deterministic_checkpoint(model, folder / "run"), folder, args.threads, args.seconds,
                          60 * args.minutes / len(models))
            tables[model] = bench.rows()
            print(f"\n{model}, {args.threads} threads\n{text_table(tables[model], COLUMNS)}")
            missed += [f"{model}: {text}" for text in bench.missed(int8=model == "ResNet50")]
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "inference.json").write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    print("\n" + ("\n".join(f"goal missed: {text}" for text in missed) or "all goals are met"))
    return 1 if missed else 0


class Bench:
    """Benchmark of one model: its rows, and the goals that it misses."""

    def __init__(self, checkpoint: Path, work: Path, threads: int, seconds: float, budget: float) -> None:
        self._name = work.name
        self._checkpoint = checkpoint
        self._work = work
        self._threads = threads
        self._seconds = seconds
        self._end = time.monotonic() + budget
        self._plain = export(checkpoint, "inference", work / "inference")
        self._quant: Optional[Bundle] = None
        self._rows: List[Dict[str, Any]] = []

    def rows(self) -> List[Dict[str, Any]]:
        """Measure dygraph from the checkpoint, `auto` and all runtimes from one `inference` bundle, and int8."""
        self._add(self._checkpoint, "dygraph")
        print(f"auto takes {select_runtime(self._plain, threads=self._threads)}")
        for runtime in ("auto", *runtimes_of(self._plain)):
            self._add(self._plain.path, runtime)
        self._quant = self._int8("quant", "onnxruntime-int8", "openvino")
        self._int8("quant-paddle", "paddle-int8")
        for row in self._rows:
            for peer in PEERS:
                times = [other["p50_ms"] for other in self._rows
                         if other["engine"] == peer and other["batch"] == row["batch"]]
                row[f"x {peer}"] = times[0] / row["p50_ms"] if times else None
            case = f"{self._name}, batch {row['batch']}, {self._threads} threads"
            record(Row(case, row["engine"], row["p50_ms"], "ms", less=True))
        return self._rows

    def missed(self, *, int8: bool) -> List[str]:
        """Print the values, and return a sentence for each goal that is missed."""
        texts = []
        runtimes = {name: load_runtime(self._plain, name, threads=self._threads) for name in runtimes_of(self._plain)
                   if name in PEERS}
        peers: Dict[str, Callable[[np.ndarray], object]] = {
            "dygraph": DygraphRuntime(find_checkpoint(self._checkpoint), device="cpu"), **runtimes}
        auto = load_selected_runtime(self._plain, threads=self._threads)
        for batch in (1, 8):
            images = random_images((batch, *self._plain.input_shape), "float32")
            times = compare_runtimes({"auto": auto, **peers}, images)
            ratio = times["auto"] / min(times[name] for name in peers)
            print(f"alternating, batch {batch}: auto takes {ratio:.2f} times the best of {', '.join(peers)}")
            case = f"{self._name}, batch {batch}, runtimes alternate"
            record(Row(case, "auto", 1000 * times["auto"], "ms", "the best peer", ratio, 1.1, less=True))
            for name in peers:
                record(Row(case, name, 1000 * times[name], "ms", less=True))
            if ratio > 1.1:
                texts.append(f"auto at batch {batch} takes {ratio:.2f} times the best peer")
        bundle = self._quant if int8 else None
        for name in ("onnxruntime", "openvino"):
            if bundle is None or name not in runtimes:
                continue
            quant = load_runtime(bundle, {"onnxruntime": "onnxruntime-int8"}.get(name, name),
                                 threads=self._threads)
            times = compare_runtimes({"float": runtimes[name], "int8": quant},
                         random_images((1, *self._plain.input_shape), "float32"), drop=False)
            faster = times["float"] / times["int8"]
            megabytes = bundle.facts["details"]["megabytes"]
            smaller = megabytes["float"] / megabytes["int8"]
            print(f"alternating, batch 1: int8 in {name} is {faster:.2f} times as fast, {smaller:.2f} times as small")
            case = f"{self._name}, int8 in {name}, batch 1"
            record(Row(case, "speed", 1 / times["int8"], "images/s", "float32", faster, 3))
            record(Row(case, "size", megabytes["int8"], "MB", "float32", 1 / smaller, 1 / 3.7, less=True))
            if faster < 3 or smaller < 3.7:
                texts.append(f"int8 in {name} is {faster:.2f} times as fast and {smaller:.2f} times as small")
        return texts

    def _add(self, source: Path, runtime: str) -> None:
        if time.monotonic() > self._end:
            print(f"skipped: {runtime}: the time budget is used up")
            return
        try:
            plan = BenchmarkPlan([runtime], (1, 8), (self._threads,), self._seconds)
            self._rows += benchmark(source, plan, self._work)
        except UserError as error:
            print(f"skipped: {error}")

    def _int8(self, name: str, *runtimes: str) -> Optional[Bundle]:
        """Measure int8, calibrated with noise and without accuracy limit, because the weights are untrained."""
        if time.monotonic() > self._end:
            print(f"skipped: {name}: the time budget is used up")
            return None
        try:
            bundle = export(self._checkpoint, name, self._work / name, calibration=str(_noise(self._work / "noise")),
                            images=8, validation=0, max_drop=1.0)
        except UserError as error:
            print(f"skipped: {name}: {error}")
            return None
        before = len(self._rows)
        for runtime in runtimes:
            self._add(bundle.path, runtime)
        for row in self._rows[before:]:
            row["engine"] = row["engine"] if row["engine"].endswith("int8") else f"{row['engine']}-int8"
        return bundle


def _noise(folder: Path) -> Path:
    """Write smooth color fields as PNG files for calibration."""
    import cv2
    import numpy as np

    folder.mkdir(exist_ok=True)
    for index in range(8):
        fields = np.random.default_rng(index).integers(0, 256, (6, 6, 3)).astype(np.float32)
        cv2.imwrite(str(folder / f"{index}.png"), cv2.resize(fields, (320, 320)).clip(0, 255).astype(np.uint8))
    return folder


if __name__ == "__main__":
    raise SystemExit(main())
