# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas benchmark`: latency, throughput and memory of runtimes by batch size and threads."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Callable, List

from ppclas_core.cli.options import SOURCE_HELP, add_model_argument, add_runtime_argument
from ppclas_core.errors import UserError

PHONE_CALLS = (10, 30)
"""Number of warm-up calls and of measured calls with `--phone-table`."""


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SRC", help=f"bundle, {SOURCE_HELP}")
    add_model_argument(parser)
    add_runtime_argument(parser, help="runtimes to compare (default: all installed ones that can run SRC)", default="",
                         metavar="A,B")
    parser.add_argument("--batch", metavar="N,M", default="", help="batch sizes (default: 1,8)")
    parser.add_argument("--threads", metavar="N,M", default="", help="numbers of CPU threads (default: all cores)")
    parser.add_argument("--seconds", type=float, default=2.0, metavar="S",
                        help="measuring time per row in seconds (default: 2)")
    parser.add_argument("--device", help="cpu, gpu or gpu:N")
    parser.add_argument("--phone-table", action="store_true", help="print minimum, maximum and mean time by threads, "
                        "as tools/lite/benchmark.sh does: 10 warm-up calls, 30 measured calls, batch 1, threads 1,2,4")
    parser.add_argument("--out", metavar="FOLDER",
                        help="write benchmark.json, benchmark.csv and benchmark.svg into FOLDER")
    parser.add_argument("--json", action="store_true", help="print the rows as one JSON array to standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    from ppclas_core.bundles.bundle import Bundle
    from ppclas_core.bundles.source import find_bundle_or_checkpoint
    from ppclas_core.predict.benchmark import COLUMNS, BenchmarkPlan, benchmark
    from ppclas_core.report.benchmark import phone_table, published_latencies, size_note, text_table, write_files
    from ppclas_core.system.cores import usable_cores

    phone = args.phone_table
    batches = _numbers("--batch", args.batch or ("1" if phone else "1,8"))
    threads = _numbers("--threads", args.threads or ("1,2,4" if phone else str(usable_cores())))
    if args.seconds <= 0:
        raise UserError(f"--seconds is {args.seconds}; it must be more than 0")
    plan = BenchmarkPlan([name for name in args.runtime.split(",") if name], batches, threads, args.seconds,
                         PHONE_CALLS if phone else None, args.device, args.plugin_files, args.model)
    with tempfile.TemporaryDirectory(prefix="ppclas-") as work:
        source = find_bundle_or_checkpoint(args.source, model=args.model)
        rows = benchmark(source.path if isinstance(source, Bundle) else source, plan, Path(work))
    name = source.architecture if isinstance(source, Bundle) else source.published or source.meta.architecture
    published = published_latencies(name)
    note = size_note(name, source)
    aside = sys.stderr if args.json else sys.stdout
    print(phone_table(rows, name) if phone else text_table(rows, COLUMNS), file=aside)
    for label, value in published:
        print(f"published: {label} {value:g} ms{note}", file=aside)
    if args.json:
        print(json.dumps(rows, indent=1))
    if args.out:
        write_files(Path(args.out), rows, published, COLUMNS, note)
        print(f"wrote benchmark.json, benchmark.csv and benchmark.svg into {args.out}", file=sys.stderr)
    return 0


def _numbers(option: str, text: str) -> List[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise UserError(f"{option} {text}: must be numbers of at least 1, such as 1,8")
    return numbers
