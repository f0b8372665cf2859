# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which of the engines that can run a bundle is the fastest on this machine, of those that answer as the model does."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from ppclas_core.errors import UserError
from ppclas_core.export.bundle import Bundle
from ppclas_core.export.converted import bundle_cache
from ppclas_core.export.engines import Engine, engines_of, load_engine
from ppclas_core.export.paddle_engine import cores
from ppclas_core.export.parity import LIMIT, compare

ENOUGH = 0.002
"""Seconds for one image, below which decoding it takes longer and no engine is looked for."""
ROUNDS = 5


def fastest(bundle: Bundle, *, threads: Optional[int] = None) -> str:
    """The name of an engine; measured on the golden batch at first use, and kept in the cache folder.

    An engine that fails, or whose answers differ by more than the bundle's limit, is out. The measure is kept for these
    files, this machine, these engines and this number of threads.

    Args:
        threads: of the CPU; None: all cores.
    """
    names = engines_of(bundle)
    if len(names) < 2:
        return names[0] if names else bundle.format
    file = bundle_cache() / f"fastest-{_key(bundle, names, threads or cores())}.json"
    known = _read(file)
    if known in names:
        return str(known)
    times = _measure(bundle, names, threads)
    best = min(times, key=lambda name: times[name]) if times else names[0]
    _write(file, {"engine": best, "milliseconds": {name: 1000 * value for name, value in times.items()}})
    return best


def _measure(bundle: Bundle, names: List[str], threads: Optional[int]) -> Dict[str, float]:
    """Engine -> seconds for an image: the geometric mean of one alone and one of the golden batch."""
    inputs, logits = bundle.golden()
    limit = bundle.facts.get("parity", {}).get("limit", LIMIT)
    engines: Dict[str, Engine] = {}
    for name in names:
        try:
            engine = load_engine(bundle, name, threads=threads)
            compare(engine, inputs, logits, log_probabilities=bundle.gives_probabilities, limit=limit)
        except (UserError, RuntimeError, ImportError):  # it is not to be used, whatever the reason
            continue
        engines[name] = engine
        if len(engines) == 1 and min(_once(engine, inputs[:1]) for _ in range(5)) < ENOUGH:
            return {name: ENOUGH}
    rows: Dict[str, List[List[float]]] = {name: [[], []] for name in engines}
    for _ in range(ROUNDS):  # in turns, so that a busy moment of the machine meets all
        for name, engine in engines.items():
            _once(engine, inputs[:1])
            rows[name][0].append(min(_once(engine, inputs[:1]) for _ in range(3)))
            rows[name][1].append(_once(engine, inputs) / len(inputs))
    return {name: (statistics.median(one) * statistics.median(many)) ** 0.5 for name, (one, many) in rows.items()}


def _once(engine: Engine, inputs: Any) -> float:
    started = time.perf_counter()
    engine(inputs)
    return time.perf_counter() - started


def _key(bundle: Bundle, names: List[str], threads: int) -> str:
    import importlib_metadata

    hashes = [file["sha256"] for _, file in sorted(bundle.facts.get("files", {}).items())]
    tools = sorted(f"{dist.metadata['Name']} {dist.version}" for dist in importlib_metadata.distributions()
                   if dist.metadata["Name"] in ("paddlepaddle", "paddlepaddle-gpu", "onnxruntime", "openvino"))
    text = json.dumps([hashes, names, threads, tools, platform.machine(), platform.processor(), platform.node()])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))["engine"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, found: Dict[str, Any]) -> None:
    """Keep the measure; a cache folder that cannot be written costs the next start the same seconds, and no more."""
    partial = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(found), encoding="utf-8")
        os.replace(partial, file)
    except OSError:
        return
