# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Latency and throughput of every engine at batch 1 and 8, and the ratio to dygraph, plain onnxruntime and OpenVINO.

    python benchmarks/inference.py [--models A,B] [--seconds S] [--threads N] [--out FOLDER]

Each model gets the deterministic weights of its family's tests, whose activations are of natural size. Goals: `auto` is
at most 1.1 times as slow as the best of dygraph, onnxruntime and OpenVINO; int8 of ResNet50 at batch 1 is 3 times as
fast as float32 in the same runtime and 3.7 times as small. Absolute times depend on what else the machine does: read
ratios.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))
from deterministic import deterministic_checkpoint

from ppclas_core.commands.benchmark import table
from ppclas_core.errors import UserError
from ppclas_core.export import export, read_bundle
from ppclas_core.export.fastest import fastest
from ppclas_core.export.formats import formats
from ppclas_core.export.paddle_engine import cores
from ppclas_core.predict.benchmark import benchmark

PEERS = ("dygraph", "onnxruntime", "openvino")
COLUMNS = ("engine", "batch", "p50_ms", "p99_ms", "images_per_s", "memory_mb", "size_mb", "x dygraph", "x onnxruntime",
           "x openvino")


def main() -> int:
    """Print the tables; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", default="ResNet50,MobileNetV3_large_x1_0,MobileNetV1")
    parser.add_argument("--seconds", type=float, default=3.0, help="of measuring per row")
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--out", type=Path, help="folder for inference.json")
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # rows show as they come, in a file too
    here = {name: reason for entry, reason in formats() for name in (entry.record.name, *entry.record.aliases)}
    for name, reason in here.items():
        if reason:
            print(f"{name} is left out: {reason}")
    found: Dict[str, List[Dict[str, Any]]] = {}
    missed: List[str] = []
    with tempfile.TemporaryDirectory(prefix="ppclas-") as work:
        for model in args.models.split(","):
            rows = _rows(deterministic_checkpoint(model, Path(work) / model), Path(work) / f"{model} bundles",
                         args.threads, args.seconds)
            found[model] = rows
            print(f"\n{model}, {args.threads} threads\n{table(rows, COLUMNS)}", flush=True)
            missed += [f"{model}: {text}" for text in _missed(model, rows)]
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "inference.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n" + ("\n".join(f"goal missed: {text}" for text in missed) or "all goals are met"))
    return 1 if missed else 0


def _rows(checkpoint: Path, work: Path, threads: int, seconds: float) -> List[Dict[str, Any]]:
    """Dygraph from the checkpoint, `auto` and all engines from one bundle of the format inference, and int8."""
    work.mkdir()
    rows: List[Dict[str, Any]] = []

    def add(source: Path, engines: List[str]) -> None:
        try:
            rows.extend(benchmark(source, engines, (1, 8), (threads,), seconds=seconds, work=work, say=print))
        except UserError as error:
            print(f"left out: {error}")

    add(checkpoint, ["dygraph"])
    plain = export(checkpoint, "inference", work / "inference").path
    print(f"auto takes {fastest(read_bundle(plain), threads=threads)}")
    add(plain, ["auto"])
    add(plain, [])
    # untrained networks have no accuracy to lose, and nothing to calibrate with but the golden images
    images = _noise(work / "noise")
    for name, further in (("quant", ["onnxruntime-int8", "openvino"]), ("quant-paddle", ["paddle-int8"])):
        try:
            bundle = export(checkpoint, name, work / name, calibration=str(images), images=16, max_drop=1.0)
        except UserError as error:
            print(f"{name} is left out: {error}")
            continue
        before = len(rows)
        add(bundle.path, further)
        for row in rows[before:]:
            row["engine"] = row["engine"] if row["engine"].endswith("int8") else f"{row['engine']}-int8"
    for row in rows:
        for peer in PEERS:
            row[f"x {peer}"] = _ratio(rows, peer, row)
    return rows


def _ratio(rows: List[Dict[str, Any]], peer: str, row: Dict[str, Any]) -> Optional[float]:
    """How many times as fast as the peer at the same batch size."""
    times = [other["p50_ms"] for other in rows if other["engine"] == peer and other["batch"] == row["batch"]]
    return times[0] / row["p50_ms"] if times else None


def _missed(model: str, rows: List[Dict[str, Any]]) -> List[str]:
    texts = []
    for batch in (1, 8):
        best = min((row["p50_ms"] for row in rows if row["engine"] in PEERS and row["batch"] == batch), default=None)
        for row in rows:
            if row["engine"].startswith("auto") and row["batch"] == batch and best and row["p50_ms"] > 1.1 * best:
                texts.append(f"auto at batch {batch} takes {row['p50_ms'] / best:.2f} times the best peer")
    if model == "ResNet50":
        one = {row["engine"]: row for row in rows if row["batch"] == 1}
        for runtime in ("onnxruntime", "openvino"):
            if runtime in one and f"{runtime}-int8" in one:
                faster = one[runtime]["p50_ms"] / one[f"{runtime}-int8"]["p50_ms"]
                smaller = one[runtime]["size_mb"] / one[f"{runtime}-int8"]["size_mb"]
                if faster < 3 or smaller < 3.7:
                    texts.append(f"int8 in {runtime} is {faster:.2f} times as fast and {smaller:.2f} times as small")
    return texts


def _noise(folder: Path) -> Path:
    """Smooth colour fields as PNG, to calibrate with."""
    import cv2
    import numpy as np

    folder.mkdir()
    for index in range(16):
        fields = np.random.default_rng(index).integers(0, 256, (6, 6, 3)).astype(np.float32)
        cv2.imwrite(str(folder / f"{index}.png"), cv2.resize(fields, (320, 320)).clip(0, 255).astype(np.uint8))
    return folder


if __name__ == "__main__":
    raise SystemExit(main())
