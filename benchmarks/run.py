# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run the benchmarks one after the other, and write their results to one file and one page.

    python benchmarks/run.py [NAME ...] [--list] [--out DIR]

NAME is a file of benchmarks/ without `.py`; default: all of them. An earlier results.json keeps its other benchmarks.
Each value is compared with the earlier one by its ratio to the peer, since speeds of two days or machines cannot be
compared. A benchmark that fails or is stopped by Ctrl-C keeps the values that it has measured.
Duration: an hour on two cores for all; each benchmark prints its own at its start.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command_line import benchmark_parser
from results import ROWS_FILE, Row, read_rows
from results_page import describe, results_page

FOLDER = Path(__file__).resolve().parent
Results = Dict[str, Dict[str, Any]]
"""Name of a benchmark -> `date`, `seconds`, `exit_code`, `peak_megabytes` and `rows`."""


class Outcome(NamedTuple):
    """End of one benchmark.

    Args:
        exit_code: of the benchmark; negative: the number of the signal that ended it.
        seconds: wall time.
        peak_megabytes: resident memory of its largest process.
        rows: its values.
    """

    exit_code: int
    seconds: float
    peak_megabytes: float
    rows: List[Row]


def main() -> int:
    """Run and write; return 0 if every benchmark returned 0, 130 after Ctrl-C, else 1."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run (default: all)")
    parser.add_argument("--list", action="store_true", help="print the names and purposes, and run nothing")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR",
                        help="folder of results.json and results.html (default: benchmarks/)")
    args = parser.parse_args()
    known = benchmarks()
    unknown = [name for name in args.names if name not in known]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}")
    if args.list:
        print("\n".join(f"{name:<16}{purpose}" for name, purpose in known.items()))
        return 0
    results = load(args.out / "results.json")
    codes: List[int] = []
    for name in args.names or list(known):
        print(f"\n== {name}: {known[name]}", flush=True)
        outcome = run(name)
        print("\n".join(compared(name, outcome.rows, results)))
        results[name] = {"date": datetime.date.today().isoformat(), "seconds": round(outcome.seconds),
                         "exit_code": outcome.exit_code, "peak_megabytes": round(outcome.peak_megabytes),
                         "rows": [row._asdict() for row in outcome.rows]}
        write(args.out, results)
        codes.append(outcome.exit_code)
        if outcome.exit_code in (-signal.SIGINT, 130):
            return 130
    print(f"\nwrote {args.out / 'results.json'} and {args.out / 'results.html'}")
    return 1 if any(codes) else 0


def benchmarks() -> Dict[str, str]:
    """Return name -> first line of the docstring of every benchmark."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name != Path(__file__).name and '__name__ == "__main__"' in text:
            found[path.stem] = text.split('"""')[1].split("\n\n")[0].replace("\n", " ").strip()
    return found


def run(name: str) -> Outcome:
    """Run one benchmark in a process of its own; Ctrl-C ends it and keeps its rows."""
    with tempfile.TemporaryDirectory(prefix="ppclas-") as folder:
        file = Path(folder) / "rows.jsonl"
        started = time.monotonic()
        environment = {**os.environ, ROWS_FILE: str(file)}
        process = subprocess.Popen([sys.executable, str(FOLDER / f"{name}.py")], env=environment)
        while True:
            try:
                _, status, usage = os.wait4(process.pid, 0)
                break
            except KeyboardInterrupt:  # the terminal has sent it to the benchmark too
                continue
        process.returncode = os.waitstatus_to_exitcode(status)
        return Outcome(process.returncode, time.monotonic() - started, usage.ru_maxrss / 1024, read_rows(file))


def compared(name: str, rows: Sequence[Row], earlier: Results) -> List[str]:
    """Return a line per ratio, with the ratio of an earlier run if there is one."""
    before = {(row["case"], row["name"], row["unit"]): row["ratio"] for row in earlier.get(name, {}).get("rows", ())}
    lines = []
    for row in rows:
        old = before.get((row.case, row.name, row.unit))
        change = f"   earlier {old:.2f} x" if old is not None and row.ratio is not None else ""
        if row.ratio is not None or row.goal is not None:
            lines.append(f"  {row.case}: {row.name}: {describe(row)}{change}")
    return lines


def load(file: Path) -> Results:
    """Return the results of an earlier run; none if there is no file."""
    found: Results = json.loads(file.read_text(encoding="utf-8"))["benchmarks"] if file.exists() else {}
    return found


def write(folder: Path, results: Results) -> None:
    """Write results.json and results.html."""
    folder.mkdir(parents=True, exist_ok=True)
    here = machine()
    (folder / "results.json").write_text(json.dumps({"machine": here, "benchmarks": results}, indent=1) + "\n",
                                         encoding="utf-8")
    rows = {name: [Row(**row) for row in found["rows"]] for name, found in results.items()}
    (folder / "results.html").write_text(results_page(here, results, rows), encoding="utf-8")


def machine() -> Dict[str, str]:
    """Return processor, cores, and versions."""
    import importlib_metadata

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    versions = {}
    for name in ("paddlepaddle", "paddlepaddle-gpu", "numpy", "opencv-python", "torch", "onnxruntime", "openvino"):
        try:
            versions[name] = str(importlib_metadata.version(name))
        except importlib_metadata.PackageNotFoundError:
            continue
    return {"processor": model, "cores": str(os.cpu_count()), "python": platform.python_version(), **versions}


if __name__ == "__main__":
    raise SystemExit(main())
