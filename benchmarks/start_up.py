# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""CPU time of `ppclas --help`, `list models` and `plugins` beyond that of `python -c pass`, with many plugins.

    python benchmarks/start_up.py [RUNS]

Each command runs with the installed plugins, and with 30 synthetic ones beside them. The runs alternate, so that other
load affects all equally; medians of user plus system time are printed. Bytecode is cached in a temporary folder, which
a first run fills. Goal: at most 150 ms beyond bare Python with all plugins. Processes that share the cores can double
CPU time, so the table also has the ratio to the import of six modules of the standard library, `yardstick`.
Duration: about 1 minute on two cores.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Mapping, Tuple

from command_line import benchmark_parser, start
from results import Row, record
from synthetic_plugins import install

GOAL_MS = 150.0
SYNTHETIC = 30
BARE = ["-c", "pass"]
YARDSTICK = ["-c", "import argparse, dataclasses, importlib.metadata, json, logging, pathlib"]
COMMANDS = {"ppclas --help": ["--help"], "ppclas list models": ["list", "models"], "ppclas plugins": ["plugins"]}

Times = Dict[Tuple[str, bool], List[float]]
"""Milliseconds of CPU time of each run, by command and by whether the synthetic plugins are installed."""


def main() -> int:
    """Print the medians; return 0 if every command meets the goal with all plugins."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=15, metavar="RUNS", help="runs of each command (15)")
    runs = start(parser, "about 1 minute on two cores").runs
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        install(site, SYNTHETIC)
        times = _measure(site, Path(folder) / "bytecode", runs)
        installed = _installed(site)
    bare = statistics.median(times["bare", False])
    yardstick = statistics.median(times["yardstick", False]) - bare
    print(f"python -c pass: {bare:.0f} ms; the other values are beyond it")
    print(f"yardstick: {yardstick:.0f} ms")
    print(f"{'':<20} {installed - SYNTHETIC:>5} plugins {installed:>5} plugins   ratio   of the yardstick")
    worst = 0.0
    for name in COMMANDS:
        few, many = (statistics.median(times[name, each]) - bare for each in (False, True))
        worst = max(worst, many)
        record(Row(f"beyond bare Python, {installed - SYNTHETIC} plugins", name, few, "ms of CPU", less=True))
        record(Row(f"beyond bare Python, {installed} plugins", name, many, "ms of CPU", goal=GOAL_MS, less=True))
        print(f"{name:<20} {few:>10.0f} ms {many:>10.0f} ms {many / few:>7.2f} {many / yardstick:>18.2f}")
    print(f"goal: at most {GOAL_MS:.0f} ms with {installed} plugins; worst is {worst:.0f} ms "
          f"(load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    return 0 if worst <= GOAL_MS else 1


def _measure(site: Path, bytecode: Path, runs: int) -> Times:
    few = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    few["PYTHONPYCACHEPREFIX"] = str(bytecode)
    many = {**few, "PYTHONPATH": os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))}
    times: Times = {}
    for run in range(runs + 1):  # the first fills the caches of bytecode and files
        measured = {("bare", False): _cpu_ms(BARE, few), ("yardstick", False): _cpu_ms(YARDSTICK, few)}
        for name, arguments in COMMANDS.items():
            for crowded in (False, True):
                command = ["-m", "ppclas_core", *arguments]
                measured[name, crowded] = _cpu_ms(command, many if crowded else few)
        for key, value in measured.items() if run else ():
            times.setdefault(key, []).append(value)
    return times


def _cpu_ms(arguments: List[str], environment: Mapping[str, str]) -> float:
    """Return user plus system time of a run of Python in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def _installed(site: Path) -> int:
    """Return the number of plugins with the synthetic ones, core's own excluded."""
    command = [sys.executable, "-m", "ppclas_core", "plugins"]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    table = subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout
    return table.count(" ok ") - 1


if __name__ == "__main__":
    raise SystemExit(main())
