# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Sources of `ppclas serve`: bundles, run and checkpoint folders, folders of Paddle Serving."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.bundles import PARITY_LIMIT, Bundle, compare_logits, find_checkpoint, is_bundle, read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import check_files, export
from ppclas_core.models import Checkpoint, PretrainedSource
from ppclas_core.predict import Runnable, open_bundle
from ppclas_core.runs import META_FILE, resolve_checkpoint
from ppclas_core.system import expand_path, usable_cores
from ppclas_serve.serving_folder import find_serving_folder, open_serving_folder
from ppclas_serve.settings import RuntimeSettings

Signature = Tuple[Tuple[str, int, int, int], ...]


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

    Raises:
        UserError: a name is not valid in a URL, or two sources have the same name.
    """
    found: List[Source] = []
    for text in given:
        name, equals, path = text.partition("=")
        place = Path(expand_path(path if equals else text))
        name = name if equals else re.sub(r"[^A-Za-z0-9._-]+", "-", place.absolute().name).strip("-.") or "model"
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name):
            raise UserError(f"'{name}' is no name for a model", where=text, do="use letters, digits, '_', '-' and '.'")
        if name in (source.name for source in found):
            raise UserError(f"two models are called '{name}'", where=text, do=f"give one another name: other={place}")
        found.append(Source(name, place))
    return found


def open_source(path: Path, settings: RuntimeSettings) -> Opened:
    """Open one runtime per instance; of a bundle, verify the files and the outputs of each runtime.

    A run folder, a checkpoint or published weights are exported for this process alone.

    Raises:
        UserError: there is no such source, or the runtime cannot run it.
        ExportFailed: a file of the bundle has changed, or the outputs differ from those of the golden batch.
    """
    threads = settings.threads or max(1, usable_cores() // settings.instances)
    folder = find_serving_folder(path)
    if folder is not None:
        return Opened(_of_serving(path, folder, settings, threads), None)
    if is_bundle(path):
        return Opened(_proven(path, settings, threads), None)
    checkpoint = find_checkpoint(path, model=settings.model, labels=settings.labels)
    with tempfile.TemporaryDirectory(prefix="ppclas-serve-") as place:
        bundle = export(checkpoint, "inference", Path(place) / "bundle", real_images=False)
        return Opened(_proven(bundle.path, settings, threads), checkpoint)


def _proven(path: Path, settings: RuntimeSettings, threads: int) -> List[Runnable]:
    bundle = read_bundle(path)
    check_files(bundle)
    found = [open_bundle(path, settings.runtime, settings.device, threads) for _ in range(settings.instances)]
    _prove(bundle, found, settings)
    return found


def _of_serving(path: Path, folder: Path, settings: RuntimeSettings, threads: int) -> List[Runnable]:
    """Open a Serving folder with Paddle Inference, because the runtime of Paddle Serving is not a library."""
    if settings.runtime not in ("auto", "paddle"):
        raise UserError(f"a folder of Serving is run by Paddle, not by '{settings.runtime}'", where=str(path),
                        do="leave --runtime out, or serve a bundle of another format")
    found = [open_serving_folder(folder, device=settings.device or "cpu", threads=threads)
             for _ in range(settings.instances)]
    if is_bundle(path):
        bundle = read_bundle(path)
        check_files(bundle)
        _prove(bundle, found, settings)
    return found


def _prove(bundle: Bundle, instances: Sequence[Runnable], settings: RuntimeSettings) -> None:
    inputs, logits = bundle.golden()
    for runnable in instances:
        compare_logits(runnable.runtime, inputs, logits, log_probabilities=bundle.gives_probabilities,
                limit=bundle.facts.get("parity", {}).get("limit", PARITY_LIMIT))
        runnable.runtime(np.resize(inputs, (settings.max_batch, *inputs.shape[1:])))  # allocates a full batch


def signature(path: Path) -> Signature:
    """Return names, sizes, modification times and inodes of the files of a source; () if there are none."""
    found = []
    for file in _files(path):
        try:
            facts = file.stat()
        except OSError:  # deleted in the meantime
            continue
        if file.is_file():
            found.append((file.as_posix(), facts.st_size, facts.st_mtime_ns, facts.st_ino))
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
