# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Where a training starts: anew, at `last` of its run folder, or at the checkpoint that `checkpoints:` names."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ppclas_core.config.config import Config
from ppclas_core.config.schema import BY_PATH, REQUIRED, SECTIONS
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.runs.checkpoint import load_progress
from ppclas_core.runs.folder import LAST, RunFolder
from ppclas_core.runs.locate import checkpoint_folder, resolve_checkpoint
from ppclas_core.runs.meta import Meta, read_meta
from ppclas_core.runs.progress import Progress
from ppclas_core.runs.terms import PROCESSES, permitted

_log = logging.getLogger(__name__)

FREE_KEYS = ("mode", "checkpoints", "model_save_dir", "save_interval", "print_interval", "decoder", "profile",
             "profile_data",
             *(f"{section}.{key}" for section in ("TRAIN", "VALID")
               for key in ("num_workers", "worker_type", "cache", "cache_limit_gb", "cache_dir")))
"""Keys that may change between start and resume, since they change nothing that is learnt."""


class Start(NamedTuple):
    """The checkpoint folder to continue from (None: a new run), how far it is, and whether it is this very run.

    Args:
        meta: of the checkpoint, None where it has none.
        allow: keys that may differ; permits_all: so may all, as in the run that `checkpoints:` starts.
    """

    folder: Optional[Path]
    progress: Progress
    same_run: bool
    meta: Optional[Meta] = None
    allow: Sequence[str] = ()
    permits_all: bool = False


def find_start(config: Config, folder: RunFolder, *, resume: bool, allow: Sequence[str], processes: int = 1) -> Start:
    """Decide where to start.

    Args:
        folder: the run folder of the config.
        resume: continue the last run of this config, if there is one.
        allow: keys (or their sections) that may differ from those of the run that is continued.
        processes: that train together.

    Raises:
        UserError: the config differs from that of the run in a key that is not allowed, or the checkpoint is unusable,
            or `allow` names what is no key.
    """
    refuse_unknown(allow)
    if resume:
        last = folder.last.path
        if last.is_dir():
            meta, progress = read_meta(last), load_progress(last)
            if meta is not None:
                before = int((progress.terms or {}).get("processes", processes))
                refuse_changes(meta.config, config, allow, processes=(before, processes))
            return Start(last, progress, True, meta, tuple(allow))
        _log.info("nothing to resume in %s: starting a new run", folder.path)
    if config.checkpoints:
        found = checkpoint_folder(resolve_checkpoint(config.checkpoints, prefer=(LAST,)))
        same = folder.path.resolve() in found.resolve().parents
        return Start(found, load_progress(found), same, read_meta(found), permits_all=True)
    return Start(None, Progress(seed=config.seed), False)


def refuse_unknown(allow: Sequence[str]) -> None:
    """Raise a UserError where `--allow` names neither a key nor a section of the schema."""
    known = {PROCESSES, *BY_PATH, *SECTIONS}
    for name in allow:
        parts = name.split(".")
        if not any(".".join(parts[:length]) in known for length in range(1, len(parts) + 1)):
            raise UserError(f"--allow {name}: there is no such key.{did_you_mean(name, known)}",
                            do="give a key of the config, such as TRAIN.batch_size, or a section, such as TRAIN")


def refuse_changes(before: Mapping[str, Any], config: Config, allow: Sequence[str], *,
                   processes: Tuple[int, int] = (1, 1)) -> None:
    """Raise a UserError that names each key whose value is not that of the run being continued.

    Args:
        processes: that trained together before, and now. Their number brings the device with it (`--nproc`,
            `--devices`).
    """
    old, new = dict(_flat(_normal(before))), dict(_flat(_normal(config.to_dict())))
    changed: List[str] = []
    free = [*FREE_KEYS, *allow]
    if processes[0] != processes[1]:
        old[PROCESSES], new[PROCESSES] = processes
        free += ["device", "use_gpu"]
    for key in sorted(old.keys() | new.keys()):
        if not permitted(key, free) and _was(old, key) != new.get(key) and _has_effect(new, key):
            changed.append(key)
    if changed:
        shown = "\n  ".join(f"{key}: was {_show(old, key)}, now {_show(new, key)}" for key in changed[:10])
        raise UserError(f"the config is not the one that this run started with:\n  {shown}",
                        where=config.place(changed[0]),
                        do=f"undo the change, or permit it: {' '.join(f'--allow {key}' for key in changed[:10])}")


def _has_effect(values: Mapping[str, Any], key: str) -> bool:
    """Return whether the switch of a key is on; whether it was on before, the difference of the switch itself says."""
    known = BY_PATH.get(key)
    if known is None or not known.switch:
        return True
    name, _, wanted = known.switch.partition("=")
    value = values.get(name)
    return bool(value == wanted if wanted else value)


def _was(old: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key; the version of the run that did not know it had its default."""
    known = BY_PATH.get(key)
    return old.get(key) if key in old or known is None or known.default is REQUIRED else _normal(known.default)


def _show(flat: Mapping[str, Any], key: str) -> str:
    return repr(flat[key]) if key in flat else "absent"


def _normal(value: Any) -> Any:
    """As it is after a round trip through a file: tuples are lists."""
    return json.loads(json.dumps(value, default=str))


def _flat(value: Any, path: str = "") -> Iterator[Tuple[str, Any]]:
    """(dotted key, scalar) pairs of nested mappings and lists; empty ones are values themselves."""
    items: Dict[Any, Any] = {}
    if isinstance(value, dict):
        items = value
    elif isinstance(value, list):
        items = dict(enumerate(value))
    if not items:
        yield path, value
    for key, item in items.items():
        yield from _flat(item, f"{path}.{key}" if path else str(key))
