# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Repacking of a data set into shards: JPEGs are divided losslessly by restart markers, other files are unchanged."""

from __future__ import annotations

import collections
import hashlib
import logging
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Counter, Dict, Iterable, List, NamedTuple

import numpy as np

from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES, ending_for
from ppclas_core.data.opencv import one_thread_per_call
from ppclas_core.data.readers.repacked import COLUMNS, MANIFEST, Shards, is_repacked, open_shards, read_manifest
from ppclas_core.data.readers.source import Source
from ppclas_core.data.repacking.image import Options, Packed, pack
from ppclas_core.data.repacking.tar_writer import TarWriter
from ppclas_core.errors import UserError
from ppclas_core.system.atomic import atomic_file, is_partial
from ppclas_core.system.json_text import to_json

_log = logging.getLogger(__name__)
_VERSION = 1


class Repacked(NamedTuple):
    """Number of images, of shards written by this and by earlier calls, and of images by kind.

    The kinds are `divided`, `resized` and `as it was: REASON`.
    """

    images: int
    written: int
    kept: int
    kinds: Dict[str, int]


def repack(source: Source, out: Path, options: Options, *, tar: bool = False, per_shard: int = 1000,
           workers: int = 2) -> Repacked:
    """Write the images of `source` into `out`; a second call resumes an interrupted one.

    Every divided image is decoded and compared with its original pixel by pixel before it is written. At the end
    all shards are read again and verified by checksum.

    Args:
        source: data set.
        out: output folder.
        options: options for each image.
        tar: write tar files, which other programs can read.
        per_shard: images per file.
        workers: number of threads.

    Raises:
        UserError: `out` has other content, the disk is full, or the verification fails.
        BadImage: a file is missing.
    """
    fingerprint = _fingerprint(source, options, tar, per_shard)
    out.mkdir(parents=True, exist_ok=True)
    if is_repacked(out):
        if read_manifest(out)["fingerprint"] != fingerprint:
            raise UserError("the folder has another repacked data set, or the same with other options", where=str(out),
                            do="give another folder, or delete this one")
    elif any(not is_partial(path) for path in out.iterdir()):
        raise UserError("the folder is not empty", where=str(out), do="give a new folder")
    starts = range(0, len(source), per_shard)
    names = [f"shard-{number:05d}.{'tar' if tar else 'bin'}" for number in range(len(starts))]
    manifest = {"version": _VERSION, "fingerprint": fingerprint, "images": len(source), "shards": names,
                "class_names": source.class_names, "multilabel": source.multilabel, "finished": False}
    written = 0
    try:
        _write_manifest(out, manifest)
        with one_thread_per_call(), ThreadPoolExecutor(workers) as pool:
            for name, start in zip(names, starts):
                index = (out / name).with_suffix(".npz")
                if index.exists():
                    continue
                chosen = range(start, min(start + per_shard, len(source)))
                packed = pool.map(lambda number: pack(source, number, options), chosen)
                _write_shard(out / name, index, source, chosen, packed, tar)
                written += 1
                _log.info("%s: %d of %d images", name, chosen.stop, len(source))
        _write_manifest(out, {**manifest, "finished": True})
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror or error}", where=str(out),
                        do="free disk space; the same command resumes where it stopped") from error
    try:
        kinds = _verify(out, names)
    except BaseException:
        _write_manifest(out, manifest)
        raise
    return Repacked(len(source), written, len(names) - written, dict(kinds))


def _write_shard(file: Path, index: Path, source: Source, chosen: range, packed: Iterable[Packed], tar: bool) -> None:
    """Write a shard, then its index; a shard without an index is incomplete."""
    rows: List[Packed] = []
    offsets: List[int] = []
    with atomic_file(file) as partial, open(partial, "wb") as stream:
        archive = TarWriter(stream) if tar else None
        for number, image in zip(chosen, packed):
            if archive is not None:
                suffix = _suffix(image.data, source.name(number))
                offsets.append(archive.add(f"{number:08d}{suffix}", image.data, source.label_text(number)))
            else:
                offsets.append(stream.tell())
                stream.write(image.data + image.starts.tobytes())
            rows.append(image._replace(data=b"", length=len(image.data),
                                       crc=zlib.crc32(image.data + image.starts.tobytes())))
        if archive is not None:
            archive.close()
    names = [source.name(number).encode("utf-8", "surrogateescape") for number in chosen]
    labels = source.labels[chosen.start : chosen.stop]
    columns: Dict[str, Any] = {
        "offsets": np.array(offsets, np.int64),
        "lengths": np.array([row.length for row in rows], np.int64),
        "pieces": np.array([0 if tar else max(len(row.starts) - 1, 0) for row in rows], np.int64),
        "labels": labels.flat() if source.multilabel else labels,
        "ends": np.cumsum([len(name) for name in names], dtype=np.int64),
        "grid": np.array([row.grid for row in rows], np.uint16),
        "names": np.frombuffer(b"".join(names), np.uint8),
        "crc": np.array([row.crc for row in rows], np.uint32),
        "kinds": np.array([row.kind for row in rows]),
    }
    if source.multilabel:
        columns["label_counts"] = labels.counts
    assert set(COLUMNS) < set(columns)
    with atomic_file(index) as partial, open(partial, "wb") as stream:
        np.savez(stream, **columns)


def _suffix(data: bytes, name: str) -> str:
    """Return the ending of a tar member, which must be an image ending for readers of tar files."""
    own = Path(name).suffix.lower()
    if data[:2] == b"\xff\xd8":
        return ".jpg"
    return own if own in IMAGE_SUFFIXES else ending_for(data) or own


def _verify(out: Path, names: List[str]) -> Counter[str]:
    """Read every image of every shard and compare checksums; return the number of images of each kind."""
    source = open_shards(out)
    shards = source.storage
    assert isinstance(shards, Shards)
    kinds: Counter[str] = collections.Counter()
    number = 0
    for name in names:
        with np.load((out / name).with_suffix(".npz")) as archive:
            crcs = archive["crc"]
            kinds.update(archive["kinds"].tolist())
        for crc in crcs:
            if zlib.crc32(shards.stored(number, source.path(number))) != crc:
                raise UserError(f"'{source.name(number)}' differs from what was written", where=str(out / name),
                                do=f"delete {name} and its .npz, and run the same command again")
            number += 1
    return kinds


def _write_manifest(out: Path, manifest: Dict[str, Any]) -> None:
    with atomic_file(out / MANIFEST) as partial:
        partial.write_text(to_json(manifest, indent=1), encoding="utf-8")


def _fingerprint(source: Source, options: Options, tar: bool, per_shard: int) -> str:
    digest = hashlib.sha256(f"{_VERSION} {options.resize_short} {options.quality} {tar} {per_shard}".encode())
    digest.update(f"{os.path.abspath(source.root)} {source.class_names}".encode("utf-8", "surrogateescape"))
    labels = [source.labels.counts, source.labels.flat()] if source.multilabel else [source.labels]
    for part in labels:
        digest.update(np.ascontiguousarray(part).tobytes())
    for index in range(len(source)):
        digest.update(source.name(index).encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()
