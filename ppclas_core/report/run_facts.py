# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Facts of a run, a checkpoint or a bundle on this disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from ppclas_core.bundles.bundle import Bundle, read_bundle
from ppclas_core.bundles.source import bundle_folder
from ppclas_core.runs.folder import BEST, LAST, CheckpointFolder, RunFolder
from ppclas_core.runs.locate import find_run
from ppclas_core.runs.meta import read_meta
from ppclas_core.system.paths import expand_path

_SHOWN = 10
"""Number of class names in a list of facts."""
_POSITIONS = ("epoch", "step", "best_epoch")
"""Whole numbers among the metrics of a checkpoint; checkpoints up to version 0.1 have them with a decimal point."""


def facts_of_path(name: str) -> Optional[Dict[str, Any]]:
    """Return the facts of a run folder, a checkpoint folder or a bundle; None if there is none at this path.

    Raises:
        UserError: several runs are below a folder, or a file of the run or bundle is damaged.
    """
    folder = bundle_folder(name)
    if folder is not None:
        return _bundle_facts(read_bundle(folder))
    run = find_run(name)
    if run is None:
        return None
    given = Path(expand_path(name))
    return _run_facts(given if CheckpointFolder(given).exists() else run)


def _run_facts(folder: Path) -> Optional[Dict[str, Any]]:
    own = CheckpointFolder(folder)
    found = own if own.exists() else RunFolder(folder).checkpoint((LAST, BEST))
    meta = None if found is None else read_meta(found.path)
    if meta is None:  # weights of others
        return None
    config = meta.config
    return {
        "run": str(folder),
        "architecture": meta.architecture,
        "task": meta.task,
        "input": meta.image_shape,
        "classes": meta.num_classes,
        "class names": _some(meta.labels),
        "epochs": config.get("epochs"),
        "metrics": {name: int(value) if name in _POSITIONS and value is not None else value
                    for name, value in meta.metrics.items()},
        "checkpoints": [found.path.name for found in RunFolder(folder).checkpoints()],
        "data": {name: config[name].get("file_list") or config[name].get("data_dir") for name in ("TRAIN", "VALID")
                 if config.get(name)},
        "working directory of the training": meta.working_directory,
        "ppclas-core": meta.version,
        "plugins": meta.plugins,
    }


def _bundle_facts(bundle: Bundle) -> Dict[str, Any]:
    return {
        "bundle": str(bundle.path),
        "format": bundle.format,
        "architecture": bundle.architecture,
        "task": bundle.task,
        "input": [bundle.facts["input"]["dtype"], *bundle.input_shape],
        "classes": bundle.num_classes,
        "class names": _some(bundle.labels),
        "files": {name: f"{file['size']} bytes" for name, file in bundle.facts.get("files", {}).items()},
    }


def _some(names: Sequence[str]) -> List[str]:
    """Return the first names, and the number of the others as text."""
    more = len(names) - _SHOWN
    return [*names[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
