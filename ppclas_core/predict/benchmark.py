# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Benchmark of runtimes on one model: each is measured in its own process, on the same exported files."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from ppclas_core.bundles.bundle import Bundle, is_bundle, read_bundle
from ppclas_core.bundles.formats import find_format, formats
from ppclas_core.bundles.source import CheckpointSource, find_bundle_or_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.export.write import export
from ppclas_core.models.checkpoint import Checkpoint
from ppclas_core.plugins.catalogue import Entry
from ppclas_core.predict.runtime_selection import select_runtime
from ppclas_core.runtimes.load import runtime_name, runtimes_of
from ppclas_core.system.environments import known_interpreter

_log = logging.getLogger(__name__)

COLUMNS = ("engine", "batch", "threads", "p50_ms", "p90_ms", "p99_ms", "images_per_s", "memory_mb", "load_s", "size_mb",
           "difference")


@dataclass(frozen=True)
class BenchmarkPlan:
    """What a benchmark measures.

    Args:
        runtimes: names; empty: all that can run the source. A checkpoint is first exported to the format of each.
        batches: batch sizes.
        threads: numbers of CPU threads.
        seconds: time budget per runtime, batch size and number of threads.
        calls: number of warm-up calls and of measured calls, in place of `seconds`.
        device: device of the runtimes, see `Predictor`.
        plugins: one-file plugins that the child processes load.
        model: model of weights without `meta.yaml`, see `find_checkpoint`.
    """

    runtimes: Sequence[str]
    batches: Sequence[int]
    threads: Sequence[int]
    seconds: float = 2.0
    calls: Optional[Tuple[int, int]] = None
    device: Optional[str] = None
    plugins: Sequence[str] = ()
    model: Optional[str] = None


def benchmark(source: CheckpointSource, plan: BenchmarkPlan, work: Path) -> List[Dict[str, Any]]:
    """Return rows with at least the keys `COLUMNS`; unusable runtimes are logged and skipped.

    Args:
        source: bundle, run folder, checkpoint folder or prefix, the name of published weights, or a `Checkpoint`.
        plan: runtimes, batch sizes, threads and time.
        work: existing folder for the exported bundles.

    Raises:
        UserError: no runtime is usable.
    """
    rows: List[Dict[str, Any]] = []
    bundles: Dict[str, Path] = {}
    opened = find_bundle_or_checkpoint(source, model=plan.model)
    model = None if isinstance(opened, Bundle) else plan.model or opened.published or None
    for runtime in plan.runtimes or available(opened):
        try:
            path = _runnable_path(opened, runtime, work, bundles)
            labels = {count: f"auto ({select_runtime(read_bundle(path), threads=count)})" for count in plan.threads
                      if runtime == "auto" and is_bundle(path)}  # selected before the child process measures
            found = _measure_in_children(path, runtime, plan, model)
        except UserError as error:
            _log.warning("%s is left out: %s", runtime, error)
            continue
        facts = _bundle_facts(path)
        rows += [{**row, **facts, "engine": labels.get(row["threads"], runtime)} for row in found]
    if not rows:
        path = opened.path if isinstance(opened, Bundle) else opened.file
        raise UserError("no runtime could be measured", where=str(path),
                        do="'ppclas export --list' shows the available formats")
    return rows


def available(source: Union[Bundle, Checkpoint]) -> List[str]:
    """Return the runtimes that can run a bundle, or to whose formats a checkpoint can be exported here."""
    if isinstance(source, Bundle):
        return ["auto", *runtimes_of(source)]
    return ["dygraph", *(runtime_name(entry) for entry, reason in formats() if not reason and _compared(entry))]


def _compared(entry: Entry) -> bool:
    """Return whether a format is compared by default: it needs no new environment and repacks no other format."""
    environment = entry.record.environment
    return not entry.record.packs and (environment is None or known_interpreter(environment) is not None)


def _runnable_path(source: Union[Bundle, Checkpoint], runtime: str, work: Path, bundles: Dict[str, Path]) -> Path:
    """Return the path that a runtime opens: the bundle, the checkpoint for dygraph, or an export of the checkpoint."""
    if isinstance(source, Bundle):
        return source.path
    if runtime in ("auto", "dygraph"):
        return source.file
    name = str(find_format(runtime).record.name)
    if name not in bundles:
        bundles[name] = export(source, name, work / name).path
    return bundles[name]


def _bundle_facts(path: Path) -> Dict[str, Any]:
    """Return the size in MB and the largest difference of logits of a bundle; no size and 0.0 for a checkpoint."""
    if not is_bundle(path):
        return {"size_mb": None, "difference": 0.0}
    bundle = read_bundle(path)
    facts = bundle.facts
    excluded = ("golden.npz", *_reports(bundle.format))
    size = sum(file["size"] for name, file in facts["files"].items() if name not in excluded)
    return {"size_mb": round(size / 1e6, 2), "difference": max(facts["parity"]["difference"].values())}


def _reports(format_name: str) -> Tuple[str, ...]:
    """Return the report files of a bundle, which no runtime reads; () for a format that is not installed."""
    try:
        return tuple(find_format(format_name).record.reports)
    except UserError:
        return ()


def _measure_in_children(path: Path, runtime: str, plan: BenchmarkPlan, model: Optional[str]) -> List[Dict[str, Any]]:
    """Measure a runtime in one child process per number of threads.

    Raises:
        UserError: a child process fails or reports an error.
    """
    rows: List[Dict[str, Any]] = []
    for count in plan.threads:
        request = {"source": str(path), "runtime": runtime, "batches": list(plan.batches), "threads": count,
                   "seconds": plan.seconds, "device": plan.device, "plugins": list(plan.plugins), "calls": plan.calls,
                   "model": None if is_bundle(path) else model}
        environment = {**os.environ, "OMP_NUM_THREADS": str(count)}
        done = subprocess.run([sys.executable, "-m", "ppclas_core.predict.measure", json.dumps(request)],
                              env=environment, capture_output=True, text=True, errors="replace")
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            raise UserError(f"its process ended with exit code {done.returncode}: "
                            f"{' | '.join(done.stderr.strip().splitlines()[-2:])[:300]}")
        response = json.loads(lines[-1])
        if "error" in response:
            raise UserError(response["error"])
        rows += response["rows"]
    return rows
