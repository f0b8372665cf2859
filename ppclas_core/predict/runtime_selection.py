# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`auto`: the fastest on this machine of the engines that can run a bundle and answer as the model does."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

import numpy as np

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.formats import find_format
from ppclas_core.bundles.parity import PARITY_LIMIT, compare_logits
from ppclas_core.errors import UserError
from ppclas_core.predict.runtime_timing import race
from ppclas_core.runtimes.conversion_cache import KIND
from ppclas_core.runtimes.runtimes import Engine, engines_of, load_engine
from ppclas_core.system.atomic import write_atomic
from ppclas_core.system.cache import cached, writable_cache
from ppclas_core.system.cores import usable_cores

ENOUGH = 0.002
"""Seconds for one image, below which decoding it takes longer and no engine is looked for."""
SEVERAL = 3
"""Images in a call from which on the engine for several is taken; it is measured with `MANY`."""
MANY = 8
ALIKE = 1.05
"""An engine that takes at most so many times as long as the best, for one image and for several, is taken for both."""
_PADDLE = ("paddlepaddle", "paddlepaddle-gpu")


class Choice(NamedTuple):
    """Names of engines: for calls with one image or two, and for larger ones; mostly the same."""

    one: str
    many: str

    def __str__(self) -> str:
        return self.one if self.one == self.many else f"{self.one}, from {SEVERAL} images on {self.many}"


class BySize:
    """An engine for small batches and one for larger, called as one."""

    def __init__(self, one: Engine, many: Engine) -> None:
        self._one, self._many = one, many

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """As any engine."""
        return self._one(batch) if len(batch) < SEVERAL else self._many(batch)


def load_fastest(bundle: Bundle, *, threads: Optional[int] = None) -> Engine:
    """The engine that `fastest` names."""
    choice = fastest(bundle, threads=threads)
    one = load_engine(bundle, choice.one, threads=threads)
    return one if choice.one == choice.many else BySize(one, load_engine(bundle, choice.many, threads=threads))


def fastest(bundle: Bundle, *, threads: Optional[int] = None) -> Choice:
    """The fastest engines; measured on the golden batch at first use, and kept in the cache folder.

    An engine that fails, or whose answers differ by more than the bundle's limit, is out, and one that runs in an
    environment apart is not looked at. The measure is kept for these files, this machine, these engines and this number
    of threads.

    Args:
        threads: of the CPU; None: all cores.
    """
    names = [name for name in engines_of(bundle) if find_format(name).record.environment is None]
    if len(names) < 2:
        return Choice(*2 * [(names or [bundle.format])[0]])
    file = f"fastest-{_key(bundle, names, threads or usable_cores())}.json"
    known = _read(cached(KIND, file))
    if known is not None and {*known} <= {*names}:
        return known
    engines = _agreeing(bundle, names, threads)
    inputs = bundle.golden().inputs
    one, many = _times(engines, inputs)
    choice = _choose(one, many) if engines else Choice(names[0], names[0])
    _write(file, {**choice._asdict(), "times": {"1": one, str(MANY): many}})
    return choice


def _agreeing(bundle: Bundle, names: List[str], threads: Optional[int]) -> Dict[str, Engine]:
    """The engines that answer as the model does; the first alone where that is quick enough."""
    inputs, logits = bundle.golden()
    limit = bundle.facts.get("parity", {}).get("limit", PARITY_LIMIT)
    engines: Dict[str, Engine] = {}
    for name in names:
        try:
            engine = load_engine(bundle, name, threads=threads)
            compare_logits(engine, inputs, logits, log_probabilities=bundle.gives_probabilities, limit=limit)
        except (UserError, RuntimeError, ImportError, OSError):  # it is not to be used, whatever the reason
            continue
        engines[name] = engine
        if len(engines) == 1 and min(_once(engine, inputs[:1]) for _ in range(5)) < ENOUGH:
            break
    return engines


def _times(engines: Dict[str, Engine], inputs: np.ndarray) -> List[Dict[str, float]]:
    """What `race` says of one image and of several."""
    if len(engines) < 2:
        return [dict.fromkeys(engines, 1.0)] * 2
    several = np.concatenate([inputs] * -(-MANY // len(inputs)))[:MANY]
    return [race(engines, inputs[:1]), race(engines, several)]


def _choose(one: Dict[str, float], many: Dict[str, float]) -> Choice:
    both = min(one, key=lambda name: max(one[name], many[name]))
    if max(one[both], many[both]) <= ALIKE:
        return Choice(both, both)
    return Choice(min(one, key=lambda name: one[name]), min(many, key=lambda name: many[name]))


def _once(engine: Engine, inputs: np.ndarray) -> float:
    started = time.perf_counter()
    engine(inputs)
    return time.perf_counter() - started


def _key(bundle: Bundle, names: List[str], threads: int) -> str:
    import importlib_metadata

    hashes = [file["sha256"] for _, file in sorted(bundle.facts.get("files", {}).items())]
    needed = {*_PADDLE, *(need.rpartition(":")[2] for name in names for need in find_format(name).record.requires)}
    tools = sorted(f"{dist.metadata['Name']} {dist.version}" for dist in importlib_metadata.distributions()
                   if dist.metadata["Name"] in needed)
    text = json.dumps([hashes, names, threads, tools, platform.machine(), platform.processor(), platform.node()])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _read(file: Optional[Path]) -> Optional[Choice]:
    if file is None:
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Choice(str(found["one"]), str(found["many"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(name: str, found: Dict[str, Any]) -> None:
    """Keep the measure; a cache folder that cannot be written costs the next start the same seconds, and no more."""
    try:
        write_atomic(writable_cache(KIND) / name, json.dumps(found), durable=False)
    except (OSError, UserError):
        return
