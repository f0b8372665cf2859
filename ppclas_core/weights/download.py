# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads of published weights by name, verified by size and sha256 and kept in a cache folder."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Union
from urllib.parse import unquote, urlsplit

from ppclas_core.errors import UserError
from ppclas_core.plugins.models import find_model, same_network
from ppclas_core.system.atomic import atomic_folder, write_atomic
from ppclas_core.system.cache import cached, writable_cache
from ppclas_core.system.console import unescaped
from ppclas_core.system.hashing import file_sha256
from ppclas_core.system.lock import locked
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.fetch import DEFAULT_POLICY, RetryPolicy, fetch
from ppclas_core.weights.read import read_weights
from ppclas_core.weights.unpack import unpack_tar

_log = logging.getLogger(__name__)

KIND = "weights"
"""Folder below the cache folder."""
PUBLISHER = "https://paddle-imagenet-models-name.bj.bcebos.com/"


def download_weights(name: str, folder: Optional[Union[str, Path]] = None, *,
                     policy: RetryPolicy = DEFAULT_POLICY) -> Path:
    """Return the path of the weights published under a name; download them when the cache lacks them.

    Args:
        name: a published weights name.
        folder: destination folder; default: the cache folder.
        policy: timeout and retries.

    Returns:
        A `.pdparams` file or an unpacked folder, as `read_weights` takes it.

    Raises:
        UserError: nothing is published under the name, the download fails, or size or sha256 do not match.
    """
    entry, weights = find_model(name)
    if weights is None:
        others = ", ".join(other.name for other in same_network(entry.record))
        raise UserError(f"no weights were published as {name}",
                        do=f"the same network was published as {others}" if others else
                        "'ppclas download --list' shows all")
    base = os.environ.get("PPCLAS_WEIGHTS_URL") or PUBLISHER
    return _download(base.rstrip("/") + "/" + weights.file, folder, "", sha256=weights.sha256, size=weights.size,
                     policy=policy)


def download_address(url: str, folder: Optional[Union[str, Path]] = None, *, sha256: str = "", size: int = 0,
                     policy: RetryPolicy = DEFAULT_POLICY) -> Path:
    """Return the path of the weights at a URL; download them when needed and unpack a `.tar`.

    Without `size` and `sha256`, the file must match those in the `.json` file beside it, which the first download
    writes. A file that the user copied there is accepted and recorded in the same way.
    """
    digest = hashlib.sha256(url.encode()).hexdigest()[:16]  # two URLs may end in the same file name
    return _download(url, folder, digest, sha256=sha256, size=size, policy=policy)


def _download(url: str, folder: Optional[Union[str, Path]], subfolder: str, *, sha256: str, size: int,
              policy: RetryPolicy) -> Path:
    """Download to `folder`, or to `subfolder` of the cache if `folder` is None; see `download_address`."""
    file = unquote(urlsplit(url).path).rpartition("/")[2]
    if not file or file.startswith("."):
        raise UserError("the URL does not end in a file name", where=url)
    result_name = file[: -len(".tar")] if file.endswith(".tar") else file
    if folder is None:
        present = cached(KIND, Path(subfolder, result_name).as_posix())  # may be a read-only folder
        if present is not None and _is_whole(present, present.with_name(f"{file}.json")):
            return present
    target = Path(expand_path(str(folder))) if folder is not None else writable_cache(KIND) / subfolder
    archive = target / file
    result = target / result_name
    record_file = target / f"{file}.json"
    with locked(target / f".{file}.lock", what=f"downloading {file}"):
        known = _read_record(record_file)
        if _is_whole(result, record_file):
            return result
        if result.exists() and known:
            _log.warning("%s has changed since it was downloaded; fetching it again", result)
        if not archive.is_file() or (archive == result and known):
            archive.unlink(missing_ok=True)
            with _Progress(file) as progress:
                fetch(url, archive, progress=progress, policy=policy)
        found = {"size": archive.stat().st_size, "sha256": file_sha256(archive)}
        expected = {"size": size or known.get("size", 0), "sha256": sha256 or known.get("sha256", "")}
        _refuse_difference(found, expected, archive, url, recorded=not sha256)
        _install(archive, result)
        _write_record(record_file, {"url": url, **found, "files": _contents(result)})
    return result


def _is_whole(result: Path, record_file: Path) -> bool:
    """Return whether the result exists and its files match the sizes and sha256 recorded at its download."""
    known = _read_record(record_file)
    return result.exists() and bool(known) and _contents(result) == known.get("files")


def _install(archive: Path, result: Path) -> None:
    """Unpack the archive if needed. Everything is read once, so a damaged file is never recorded as valid."""
    try:
        if archive == result:
            read_weights(result)
            return
        shutil.rmtree(result, ignore_errors=True)
        with atomic_folder(result) as partial:
            unpack_tar(archive, partial)
            read_weights(partial)
    except UserError:
        archive.unlink(missing_ok=True)
        raise
    archive.unlink()


def _refuse_difference(found: Mapping[str, object], expected: Mapping[str, object], archive: Path, url: str, *,
                       recorded: bool) -> None:
    """Delete the file and raise a UserError if its size or sha256 is not the expected one."""
    for what in ("size", "sha256"):
        if expected[what] and found[what] != expected[what]:
            archive.unlink()
            origin = "at the first download" if recorded else "by the publisher"
            raise UserError(f"the file has {what} {found[what]}; {expected[what]} was recorded {origin}", where=url,
                            do=f"try again; if the publisher really replaced it, delete {archive}.json")


def _contents(result: Path) -> Dict[str, List[Union[int, str]]]:
    """Return relative path -> [size in bytes, sha256] of the file, or of each file of the folder."""
    if result.is_file():
        return {result.name: [result.stat().st_size, file_sha256(result)]}
    files = sorted(path for path in result.rglob("*") if path.is_file())
    return {path.relative_to(result).as_posix(): [path.stat().st_size, file_sha256(path)] for path in files}


def _read_record(path: Path) -> Dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"unreadable record of a download: {error}", where=str(path), do="delete it") from error
    return record if isinstance(record, dict) else {}


def _write_record(path: Path, record: Dict[str, Any]) -> None:
    write_atomic(path, json.dumps(record, indent=1))


class _Progress:
    """Progress display of a download: one updated line on a terminal, else a log line per 10 % (or per 64 MiB)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.terminal = sys.stderr.isatty()
        self.last_shown = 0.0
        self.last_step = -1
        self.line_open = False

    def __enter__(self) -> _Progress:
        return self

    def __call__(self, done: int, total: Optional[int]) -> None:
        now = time.monotonic()
        step = 10 * done // total if total else done >> 26  # 10 %, or 64 MiB of an unknown size
        complete = done == total
        if self.terminal and (now - self.last_shown > 0.2 or complete):
            self._write(f"\r{self._text(done, total)}")
            self.last_shown = now
            self.line_open = True
        elif not self.terminal and step != self.last_step:
            _log.info("%s", self._text(done, total))
        self.last_step = step

    def __exit__(self, *_: object) -> None:
        if self.line_open:
            self._write("\n")

    @staticmethod
    def _write(text: str) -> None:
        stream = unescaped(sys.stderr)
        stream.write(text)
        stream.flush()

    def _text(self, done: int, total: Optional[int]) -> str:
        size = f" of {total / 1e6:.1f} MB ({100 * done // total} %)" if total else " MB"
        return f"{self.name}: {done / 1e6:.1f}{size}"
