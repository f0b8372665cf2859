# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Starting point of a run: from scratch, from `last` in its run folder, or from the key `checkpoints`."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

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

Plain = Union[None, bool, int, float, str, List["Plain"], Dict[str, "Plain"]]
"""A JSON value."""

FREE_KEYS = ("mode", "checkpoints", "model_save_dir", "save_interval", "print_interval", "decoder", "profile",
             "profile_data",
             *(f"{section}.{key}" for section in ("TRAIN", "VALID")
               for key in ("num_workers", "worker_type", "cache", "cache_limit_gb", "cache_dir")))
"""Config keys that may change when a run resumes, as they do not affect what the model learns."""


class Start(NamedTuple):
    """Starting point of a run: from scratch, or from a checkpoint.

    Args:
        folder: checkpoint to continue; None: a new run.
        progress: position and state of the checkpoint.
        same_run: the checkpoint belongs to the run folder of the config.
        meta: `meta.yaml` of the checkpoint; None if it has none.
        allow: config keys that may differ.
        permits_all: all config keys may differ, because the config key `checkpoints` names the checkpoint.
    """

    folder: Optional[Path]
    progress: Progress
    same_run: bool
    meta: Optional[Meta] = None
    allow: Sequence[str] = ()
    permits_all: bool = False


def find_start(config: Config, folder: RunFolder, *, resume: bool, allow: Sequence[str], processes: int = 1) -> Start:
    """Find the start of a training.

    Args:
        config: the config.
        folder: its run folder.
        resume: continue the last run of this config, if there is one.
        allow: keys or sections that may differ from the config of that run.
        processes: number of processes.

    Raises:
        UserError: a key that is not in `allow` differs, the checkpoint is unusable, or `allow` has an unknown key.
    """
    refuse_unknown(allow)
    if resume:
        last = folder.last.path
        if last.is_dir():
            meta = read_meta(last)
            progress = load_progress(last)
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
    """Raise a UserError if `--allow` contains a name that is neither a key nor a section of the schema."""
    known = {PROCESSES, *BY_PATH, *SECTIONS}
    for name in allow:
        parts = name.split(".")
        if not any(".".join(parts[:length]) in known for length in range(1, len(parts) + 1)):
            raise UserError(f"--allow {name}: there is no such key.{did_you_mean(name, known)}",
                            do="give a key of the config, such as TRAIN.batch_size, or a section, such as TRAIN")


def refuse_changes(before: Mapping[str, Any], config: Config, allow: Sequence[str], *,
                   processes: Tuple[int, int] = (1, 1)) -> None:
    """Raise a UserError if keys differ from the config of the run that is continued.

    Args:
        before: config of that run, as plain values.
        config: config of this run.
        allow: keys or sections that may differ.
        processes: number of processes before and now; if it changes, the device may change too (`--nproc`,
            `--devices`).
    """
    old = dict(_flat(_normal(before)))
    new = dict(_flat(_normal(config.to_dict())))
    free = [*FREE_KEYS, *allow]
    if processes[0] != processes[1]:
        old[PROCESSES], new[PROCESSES] = processes
        free += ["device", "use_gpu"]
    changed = [key for key in sorted(old.keys() | new.keys())
               if not permitted(key, free) and _was(old, key) != new.get(key) and _has_effect(new, key)]
    if changed:
        shown = "\n  ".join(f"{key}: was {_show(old, key)}, now {_show(new, key)}" for key in changed[:10])
        raise UserError(f"the config is not the one that this run started with:\n  {shown}",
                        where=config.location(changed[0]),
                        do=f"undo the change, or permit it: {' '.join(f'--allow {key}' for key in changed[:10])}; "
                           f"in Python: allow={changed[:10]}")


def _has_effect(values: Mapping[str, Any], key: str) -> bool:
    """Return whether the switch of a key is on; if the switch was off before, the switch itself is reported."""
    known = BY_PATH.get(key)
    if known is None or not known.switch:
        return True
    name, _, wanted = known.switch.partition("=")
    value = values.get(name)
    return bool(value == wanted if wanted else value)


def _was(old: Mapping[str, Plain], key: str) -> Plain:
    """Return the value of a key in the old config; a key that its version did not know had its default."""
    known = BY_PATH.get(key)
    return old.get(key) if key in old or known is None or known.default is REQUIRED else _normal(known.default)


def _show(flat: Mapping[str, Plain], key: str) -> str:
    return repr(flat[key]) if key in flat else "absent"


def _normal(value: object) -> Plain:
    """Return a value as JSON restores it, with lists for tuples."""
    plain: Plain = json.loads(json.dumps(value, default=str))
    return plain


def _flat(value: Plain, path: str = "") -> Iterator[Tuple[str, Plain]]:
    """Yield (dotted key, scalar) pairs of nested mappings and lists; an empty mapping or list is a scalar."""
    items: Dict[str, Plain] = {}
    if isinstance(value, dict):
        items = value
    elif isinstance(value, list):
        items = {str(index): item for index, item in enumerate(value)}
    if not items:
        yield path, value
    for key, item in items.items():
        yield from _flat(item, f"{path}.{key}" if path else key)
