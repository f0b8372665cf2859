# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Benchmark of runtimes on one model: each is measured in its own process, on the same exported files."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from ppclas_core.bundles.bundle import Bundle, is_bundle, read_bundle
from ppclas_core.bundles.formats import find_format, formats
from ppclas_core.bundles.source import CheckpointSource, find_bundle_or_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.models.checkpoint import Checkpoint
from ppclas_core.plugins.catalogue import Entry
from ppclas_core.predict.runtime_selection import select_runtime
from ppclas_core.runtimes.load import runtime_name, runtimes_of
from ppclas_core.system.environments import known_interpreter

_log = logging.getLogger(__name__)

COLUMNS = ("engine", "batch", "threads", "p50_ms", "p90_ms", "p99_ms", "images_per_s", "memory_mb", "load_s", "size_mb",
           "difference")


def benchmark(source: CheckpointSource, runtimes: Sequence[str], batches: Sequence[int], threads: Sequence[int], *,
              seconds: float, work: Path, plugins: Sequence[str] = (), device: Optional[str] = None,
              calls: Optional[Tuple[int, int]] = None, model: Optional[str] = None) -> List[Dict[str, Any]]:
    """Return rows with at least the keys `COLUMNS`; unusable runtimes are logged and skipped.

    Args:
        source: bundle, run folder, checkpoint folder or prefix, the name of published weights, or a `Checkpoint`.
        runtimes: names; empty: all that can run the source. A checkpoint is first exported to the format of each.
        batches: batch sizes.
        threads: numbers of CPU threads.
        seconds: time budget per runtime, batch size and number of threads.
        work: existing folder for the exported bundles.
        plugins: one-file plugins that the child processes load.
        device: device of the runtimes, see `Predictor`.
        calls: number of warm-up calls and of measured calls, in place of `seconds`.
        model: of weights without `meta.yaml`, see `find_checkpoint`.

    Raises:
        UserError: no runtime is usable.
    """
    rows: List[Dict[str, Any]] = []
    bundles: Dict[str, Path] = {}
    opened = find_bundle_or_checkpoint(source, model=model)
    for runtime in runtimes or available(opened):
        try:
            place = _place(opened, runtime, work, bundles)
            choices = {count: f"auto ({select_runtime(read_bundle(place), threads=count)})" for count in threads
                       if runtime == "auto" and is_bundle(place)}  # before the child measures
            found = _measured(place, runtime, batches, threads, seconds, plugins, device, calls,
                              None if isinstance(opened, Bundle) else model or opened.published or None)
        except UserError as error:
            _log.warning("%s is left out: %s", runtime, error)
            continue
        facts = _facts(place)
        rows += [{**row, **facts, "engine": choices.get(row["threads"], runtime)} for row in found]
    if not rows:
        raise UserError("no runtime could be measured", where=str(opened.path if isinstance(opened, Bundle) else opened.file),
                        do="'ppclas export --list' shows what there is")
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


def _place(source: Union[Bundle, Checkpoint], runtime: str, work: Path, bundles: Dict[str, Path]) -> Path:
    """Return the path that a runtime runs: the bundle itself, the checkpoint for dygraph, or an export of it."""
    from ppclas_core.export.write import export

    if isinstance(source, Bundle):
        return source.path
    if runtime in ("auto", "dygraph"):
        return source.file
    name = str(find_format(runtime).record.name)
    if name not in bundles:
        bundles[name] = export(source, name, work / name).path
    return bundles[name]


def _facts(place: Path) -> Dict[str, Any]:
    if not is_bundle(place):
        return {"size_mb": None, "difference": 0.0}
    bundle = read_bundle(place)
    facts, aside = bundle.facts, ("golden.npz", *_reports(bundle.format))
    size = sum(file["size"] for name, file in facts["files"].items() if name not in aside)
    return {"size_mb": round(size / 1e6, 2), "difference": max(facts["parity"]["difference"].values())}


def _reports(format_name: str) -> Tuple[str, ...]:
    """Return the report files of a bundle, which no runtime reads; () for a format that is not installed."""
    try:
        return tuple(find_format(format_name).record.reports)
    except UserError:
        return ()


def _measured(place: Path, runtime: str, batches: Sequence[int], threads: Sequence[int], seconds: float,
              plugins: Sequence[str], device: Optional[str], calls: Optional[Tuple[int, int]],
              model: Optional[str]) -> List[Dict[str, Any]]:
    rows: List[Dict[str, Any]] = []
    for count in threads:
        request = {"source": str(place), "runtime": runtime, "batches": list(batches), "threads": count,
                   "seconds": seconds, "device": device, "plugins": list(plugins), "calls": calls,
                   "model": None if is_bundle(place) else model}
        environment = {**os.environ, "OMP_NUM_THREADS": str(count)}
        done = subprocess.run([sys.executable, "-m", "ppclas_core.predict.measure", json.dumps(request)],
                              env=environment, capture_output=True, text=True, errors="replace")
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            raise UserError(f"its process ended with exit code {done.returncode}: "
                            f"{' | '.join(done.stderr.strip().splitlines()[-2:])[:300]}")
        answer = json.loads(lines[-1])
        if "error" in answer:
            raise UserError(answer["error"])
        rows += answer["rows"]
    return rows
