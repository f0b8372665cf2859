# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas benchmark`: latency, throughput and memory of runtimes, by batch and threads."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from ppclas_core.cli.source_option import SOURCE_HELP, add_model_argument, add_runtime_argument
from ppclas_core.errors import UserError

PHONE_CALLS = (10, 30)
"""To warm up, and measured, on a phone."""


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SRC", help=f"bundle, {SOURCE_HELP}")
    add_model_argument(parser)
    add_runtime_argument(parser, help="runtimes (default: all that are here and run it)", default="", metavar="A,B")
    parser.add_argument("--batch", metavar="N,M", default="", help="images per call (default: 1,8)")
    parser.add_argument("--threads", metavar="N,M", default="", help="CPU threads (default: all cores)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of measuring for each row (default: 2)")
    parser.add_argument("--device", help="cpu, gpu or gpu:N")
    parser.add_argument("--phone-table", action="store_true", help="print least, most and mean time by threads, as "
                        "tools/lite/benchmark.sh does: 10 calls to warm up, 30 measured, batch 1, threads 1,2,4")
    parser.add_argument("--out", metavar="FOLDER", help="write benchmark.json, benchmark.csv and benchmark.svg there")
    parser.add_argument("--json", action="store_true", help="the rows as one JSON array on standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    from ppclas_core.bundles.bundle import Bundle
    from ppclas_core.bundles.source import find_source_of_predictions
    from ppclas_core.predict.benchmark import COLUMNS, benchmark
    from ppclas_core.system.cores import usable_cores

    phone = args.phone_table
    batches = _numbers("--batch", args.batch or ("1" if phone else "1,8"))
    threads = _numbers("--threads", args.threads or ("1,2,4" if phone else str(usable_cores())))
    if args.seconds <= 0:
        raise UserError(f"--seconds is {args.seconds}; it must be more than 0")
    runtimes = [name for name in args.runtime.split(",") if name]
    with tempfile.TemporaryDirectory(prefix="ppclas-") as work:
        source = find_source_of_predictions(args.source, model=args.model)
        given = source.path if isinstance(source, Bundle) else source
        rows = benchmark(given, runtimes, batches, threads, seconds=args.seconds, work=Path(work),
                         plugins=args.plugin_files, device=args.device, calls=PHONE_CALLS if phone else None,
                         model=args.model)
    name = source.architecture if isinstance(source, Bundle) else source.published or source.meta.architecture
    published, note = published_latencies(name), size_note(name, source)
    text = phone_table(rows, name) if phone else table(rows, COLUMNS)
    print(text, file=sys.stderr if args.json else sys.stdout)
    for label, value in published:
        print(f"published: {label} {value:g} ms{note}", file=sys.stderr if args.json else sys.stdout)
    if args.json:
        print(json.dumps(rows, indent=1))
    if args.out:
        write_files(Path(args.out), rows, published, COLUMNS, note)
        print(f"wrote benchmark.json, benchmark.csv and benchmark.svg into {args.out}", file=sys.stderr)
    return 0


def table(rows: List[Dict[str, Any]], columns: Tuple[str, ...]) -> str:
    """Rows as text, columns aligned."""
    cells = [list(columns)] + [[_cell(row.get(name)) for name in columns] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in
                                                            zip(line[1:], widths[1:]))]) for line in cells)


def phone_table(rows: List[Dict[str, Any]], name: str) -> str:
    """Rows as the benchmark of Paddle-Lite writes them: a part for each number of threads, in milliseconds.

    Args:
        name: of the model; what else tells rows apart follows it.
    """
    apart = {(row["engine"], row["batch"]) for row in rows}
    lines = ["PaddleLite Benchmark"]
    for threads in dict.fromkeys(row["threads"] for row in rows):
        part = [row for row in rows if row["threads"] == threads]
        lines.append(f"Threads={threads} Warmup={part[0]['warm_up']} Repeats={part[0]['calls']}")
        for row in part:
            label = name if len(apart) == 1 else f"{name} {row['engine']} batch {row['batch']}"
            lines.append(f"{label:<38}min = {row['min_ms']:<12.5f}max = {row['max_ms']:<12.5f}"
                         f"average = {row['mean_ms']:.5f}")
        lines.append("")
    return "\n".join(lines[:-1])


def published_latencies(name: str) -> List[Tuple[str, float]]:
    """What the model zoo of 2020 says of this model: (device and batch size, milliseconds per image)."""
    from ppclas_core.plugins.models import find_model

    try:
        record = find_model(name)[0].record
    except UserError:  # a bundle runs without the plugin of its architecture
        return []
    entries = [weights for weights in record.weights if weights.name == name]
    return sorted(entries[0].latency_ms.items()) if entries else []


def size_note(name: str, source: Any) -> str:
    """Return what stands behind a published latency where it was measured with images of another size than here.

    Args:
        name: of the architecture or its weights; source: the bundle or checkpoint that is measured.
    """
    from ppclas_core.models.preprocessing import model_preprocessing
    from ppclas_core.plugins.models import find_model

    try:
        entry, _ = find_model(name)
    except UserError:
        return ""
    weights = next((weights for weights in entry.record.weights if weights.name == name), None)
    side = model_preprocessing(entry.record, weights)["input_size"]
    height, width = _size(source)
    return "" if (height, width) == (side, side) else f" with images of {side}x{side}, here {height}x{width}"


def write_files(folder: Path, rows: List[Dict[str, Any]], published: List[Tuple[str, float]],
                columns: Tuple[str, ...], note: str = "") -> None:
    """`benchmark.json`, `benchmark.csv`, and a chart of the latency with the smallest batch beside the published.

    Args:
        note: stands behind each published latency in the chart.
    """
    from ppclas_core.report.bar_chart import bar_chart

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"rows": rows, "published_ms": dict(published)}, indent=1)
    (folder / "benchmark.json").write_text(text + "\n", encoding="utf-8")
    with open(folder / "benchmark.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    least = min(row["batch"] for row in rows)
    bars = [(f"{row['engine']}, {row['threads']} threads", float(row["p50_ms"]), True) for row in rows
            if row["batch"] == least]
    bars += [(f"published: {label}{note}", float(value), False) for label, value in published]
    chart = bar_chart(f"Milliseconds of a call with {least} image{'s' if least > 1 else ''}", bars, "ms")
    (folder / "benchmark.svg").write_text(chart, encoding="utf-8")


def _size(source: Any) -> Tuple[int, int]:
    """Height and width of the network's input."""
    if not hasattr(source, "input_shape"):
        _, height, width = source.meta.image_shape
        return height, width
    shape = source.input_shape
    return (shape[0], shape[1]) if source.takes_pixels else (shape[1], shape[2])


def _cell(value: Optional[object]) -> str:
    if isinstance(value, float):
        return f"{value:.1e}" if 0 < abs(value) < 0.001 else f"{value:.4g}"
    return "-" if value is None else str(value)


def _numbers(option: str, text: str) -> List[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise UserError(f"{option} {text}: must be numbers from 1 on, such as 1,8")
    return numbers
