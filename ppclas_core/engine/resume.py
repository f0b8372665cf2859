# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Where a training starts: anew, at `last` of its run folder, or at the checkpoint that `checkpoints:` names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ppclas_core.config.schema import BY_PATH, REQUIRED
from ppclas_core.engine.checkpoint import load_progress
from ppclas_core.engine.context import Progress
from ppclas_core.errors import UserError
from ppclas_core.weights.meta import read_meta

FREE_KEYS = ("mode", "checkpoints", "model_save_dir", "save_interval", "print_interval", "decoder", "profile",
             "profile_data",
             *(f"{section}.{key}" for section in ("TRAIN", "VALID")
               for key in ("num_workers", "worker_type", "cache", "cache_limit_gb", "cache_dir")))
"""Keys that may change between start and resume, since they change nothing that is learnt."""


class Start(NamedTuple):
    """The checkpoint folder to continue from (None: a new run), how far it is, and whether it is this very run."""

    folder: Optional[Path]
    progress: Progress
    same_run: bool


def run_folder(config: Mapping[str, Any]) -> Path:
    """`<model_save_dir>/<ARCHITECTURE.name>`."""
    return Path(config["model_save_dir"]) / config["ARCHITECTURE"]["name"].rpartition(":")[2]


def find_start(config: Any, *, resume: bool, allow: Sequence[str], say: Callable[[str], None]) -> Start:
    """Decide where to start.

    Args:
        resume: continue the last run of this config, if there is one.
        allow: keys (or their sections) that may differ from those of the run that is continued.

    Raises:
        UserError: the config differs from that of the run in a key that is not allowed, or the checkpoint is unusable.
    """
    folder = run_folder(config)
    if resume:
        last = folder / "last"
        if last.is_dir():
            meta = read_meta(last)
            if meta is not None:
                refuse_changes(meta.config, config, allow)
            return Start(last, load_progress(last), True)
        say(f"nothing to resume in {folder}: starting a new run")
    if config.get("checkpoints"):
        from ppclas_core.weights.locate import resolve_checkpoint

        found = resolve_checkpoint(config["checkpoints"], prefer=("last",)).parent
        same = folder.resolve() in found.resolve().parents
        return Start(found, load_progress(found), same)
    return Start(None, Progress(seed=config["seed"]), False)


def refuse_changes(before: Mapping[str, Any], config: Any, allow: Sequence[str]) -> None:
    """Raise a UserError that names each key whose value is not that of the run being continued."""
    old, new = dict(_flat(_normal(before))), dict(_flat(_normal(config.to_dict())))
    changed: List[str] = []
    for key in sorted(old.keys() | new.keys()):
        permitted = any(key == name or key.startswith(f"{name}.") for name in (*FREE_KEYS, *allow))
        if not permitted and _was(old, key) != new.get(key):
            changed.append(key)
    if changed:
        shown = "\n  ".join(f"{key}: was {_show(old, key)}, now {_show(new, key)}" for key in changed[:10])
        raise UserError(f"the config is not the one that this run started with:\n  {shown}",
                        where=config.place(changed[0]),
                        do=f"undo the change, or permit it: {' '.join(f'--allow {key}' for key in changed[:10])}")


def _was(old: Mapping[str, Any], key: str) -> Any:
    """A key that the version of the run did not know had its default."""
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
