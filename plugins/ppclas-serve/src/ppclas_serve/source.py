# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Sources of models: bundles, run and checkpoint folders, published weights, folders of Paddle Serving."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.bundles import (
    PARITY_LIMIT,
    Bundle,
    bundle_folder,
    compare_logits,
    find_checkpoint,
    is_bundle,
    read_bundle,
)
from ppclas_core.errors import UserError
from ppclas_core.export import check_files, export
from ppclas_core.models import Checkpoint, PretrainedSource
from ppclas_core.predict import Runnable, open_bundle
from ppclas_core.runs import META_FILE, resolve_checkpoint
from ppclas_core.system import expand_path, usable_cores
from ppclas_serve.serving_folder import find_serving_folder, open_serving_folder
from ppclas_serve.settings import RuntimeSettings

Signature = Tuple[Tuple[str, int, int, int], ...]
"""State of the files of a source; it changes when a file changes."""


class Source(NamedTuple):
    """Name and path of a model."""

    name: str
    path: Path


class Opened(NamedTuple):
    """One `Runnable` per instance, all of the same files, and the checkpoint if the source is one."""

    instances: List[Runnable]
    checkpoint: Optional[Checkpoint]


def read_sources(given: Sequence[str]) -> List[Source]:
    """Parse sources of the form `PATH` or `NAME=PATH`; the default name is that of the folder.

    A file in a bundle means its bundle.

    Raises:
        UserError: a name is not valid in a URL, or two sources have the same name.
    """
    found: List[Source] = []
    for text in given:
        name, equals, path = text.partition("=")
        location = Path(expand_path(path if equals else text))
        location = bundle_folder(location) or location
        name = name if equals else _default_name(location)
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name):
            raise UserError(f"'{name}' is not a valid name of a model", where=text,
                            do="use letters, digits, '_', '-' and '.'")
        if name in (source.name for source in found):
            raise UserError(f"two models have the name '{name}'", where=text,
                            do=f"rename one of them: other={location}")
        found.append(Source(name, location))
    return found


def _default_name(location: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", location.absolute().name).strip("-.") or "model"


def open_source(path: Path, settings: RuntimeSettings) -> Opened:
    """Open one runtime per instance. If the source is a bundle, verify its files and the outputs of each runtime.

    A run folder, a checkpoint or published weights are exported to a temporary bundle first.

    Raises:
        UserError: there is no such source, or the runtime cannot run it.
        ExportFailed: a file of the bundle has changed, or the outputs differ from those of the golden batch.
    """
    threads = settings.threads or max(1, usable_cores() // settings.instances)
    folder = find_serving_folder(path)
    if folder is not None:
        return Opened(_open_serving(path, folder, settings, threads), None)
    if is_bundle(path):
        return Opened(_open_verified(path, settings, threads), None)
    checkpoint = find_checkpoint(path, model=settings.model, labels=settings.labels)
    with tempfile.TemporaryDirectory(prefix="ppclas-serve-") as temporary:
        bundle = export(checkpoint, "inference", Path(temporary) / "bundle", real_images=False)
        return Opened(_open_verified(bundle.path, settings, threads), checkpoint)


def _open_verified(path: Path, settings: RuntimeSettings, threads: int) -> List[Runnable]:
    bundle = read_bundle(path)
    check_files(bundle)
    found = [open_bundle(path, settings.runtime, settings.device, threads) for _ in range(settings.instances)]
    _verify_outputs(bundle, found, settings)
    return found


def _open_serving(path: Path, folder: Path, settings: RuntimeSettings, threads: int) -> List[Runnable]:
    """Open a folder of Paddle Serving in Paddle Inference, because Paddle Serving is not a library."""
    if settings.runtime not in ("auto", "paddle"):
        raise UserError(f"a folder of Paddle Serving runs in the runtime 'paddle', not in '{settings.runtime}'",
                        where=str(path),
                        do="remove --runtime, or serve a bundle of another format")
    found = [open_serving_folder(folder, device=settings.device or "cpu", threads=threads)
             for _ in range(settings.instances)]
    if is_bundle(path):
        bundle = read_bundle(path)
        check_files(bundle)
        _verify_outputs(bundle, found, settings)
    return found


def _verify_outputs(bundle: Bundle, instances: Sequence[Runnable], settings: RuntimeSettings) -> None:
    """Compare the outputs of each runtime with those of the golden batch, and run one full batch.

    Raises:
        ExportFailed: the outputs differ.
    """
    inputs, logits = bundle.golden()
    for runnable in instances:
        compare_logits(runnable.runtime, inputs, logits, log_probabilities=bundle.gives_probabilities,
                       limit=bundle.facts.get("parity", {}).get("limit", PARITY_LIMIT))
        runnable.runtime(np.resize(inputs, (settings.max_batch, *inputs.shape[1:])))  # allocates its memory now


def signature(path: Path) -> Signature:
    """Return names, sizes, modification times and inodes of the files of a source; () if there are none."""
    found = []
    for file in _files(path):
        try:
            status = file.stat()
        except OSError:  # deleted in the meantime
            continue
        if file.is_file():
            found.append((file.as_posix(), status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(found)


def _files(path: Path) -> List[Path]:
    """Return the files to watch: all files of a bundle or checkpoint folder, or a single weights file."""
    if is_bundle(path) or find_serving_folder(path) is not None:
        return sorted(path.rglob("*"))
    if PretrainedSource(path).published:  # files of the cache do not change
        return []
    try:
        file = resolve_checkpoint(path)
    except UserError:
        return []
    folder = file if file.is_dir() else file.parent
    return sorted(folder.rglob("*")) if file.is_dir() or (folder / META_FILE).is_file() else [file]
