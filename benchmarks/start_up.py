# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Start-up time of `ppclas --help`, `list models` and `plugins`, beyond that of `python -c pass`.

    python benchmarks/start_up.py [RUNS]

The commands alternate, so that other load affects all equally; medians are printed. The goal: at most 150 ms with every
first-party plugin installed. Duration: about 1 minute on two cores.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Dict, List

from command_line import benchmark_parser, start

GOAL_MS = 150.0


def main() -> int:
    """Print medians in milliseconds; return 0 if every command meets the goal."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=15, metavar="RUNS", help="runs of each command (15)")
    runs = start(parser, "about 1 minute on two cores").runs
    ppclas = [sys.executable, "-m", "ppclas_core"]
    commands: Dict[str, List[str]] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "ppclas --help": [*ppclas, "--help"],
        "ppclas list models": [*ppclas, "list", "models"],
        "ppclas plugins": [*ppclas, "plugins"],
    }
    times: Dict[str, List[float]] = {name: [] for name in commands}
    for run in range(runs + 1):  # the first fills the file cache
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if run:
                times[name].append((time.perf_counter() - started) * 1000)
    bare = statistics.median(times["python -c pass"])
    worst = 0.0
    for name, values in times.items():
        median = statistics.median(values)
        worst = max(worst, median - bare)
        print(f"{name:<20} {median:6.1f} ms   beyond bare Python {median - bare:6.1f} ms")
    print(f"goal: at most {GOAL_MS:.0f} ms beyond bare Python; worst is {worst:.0f} ms")
    return 0 if worst <= GOAL_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
