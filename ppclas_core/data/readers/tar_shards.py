# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of tar files with images: images are not unpacked, each is read at the offset of its member."""

from __future__ import annotations

import functools
import tarfile
from array import array
from pathlib import Path, PurePosixPath
from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple, Union

import numpy as np

from ppclas_core.data.decoding.image_kinds import HEAD
from ppclas_core.data.readers.containers import Containers
from ppclas_core.data.readers.image_walk import LeftOut, is_member_image
from ppclas_core.data.readers.label_sets import LabelSets, parse_labels
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.selection import read_list_only
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError, UserErrors

_SHOWN = 20


def tar_files(folder: Path) -> List[Path]:
    """Return the tar files of a folder, sorted by name."""
    return sorted(path for path in folder.glob("*.tar") if path.is_file())


def open_tar_shards(request: ReadRequest) -> Source:
    """Return the images of the tar files of a folder: those with a `.cls` member, or those named in a list.

    Raises:
        UserError, UserErrors: see `open_tars`; also for an invalid list.
    """
    listed = None if request.file_list is None else read_list_only(request)
    return open_tars(request.folder, listed, request.class_names, multilabel=request.multilabel)


def open_tars(folder: Path, listed: Optional[Source] = None,
              class_names: Optional[Sequence[str]] = None, *, multilabel: bool = False) -> Source:
    """Return the images of all tar files of a folder.

    Args:
        folder: folder of the tar files.
        listed: a list whose paths are member names; without one, each image `key.jpg` has a member `key.cls` that
            contains its label, a number.
        class_names: class names, if there is no list.
        multilabel: members `key.cls` contain `1,4`, or `-` for no label.

    Raises:
        UserError: a file is not a tar file, or there are no images.
        UserErrors: listed images are missing, or images have no label.
    """
    files = tar_files(folder)
    names = bytearray()
    stops = array("q")
    rows: List[array[int]] = [array("q"), array("q"), array("q")]  # shard, offset, length
    labels = array("q")
    counts = array("q")
    errors: List[UserError] = []
    by_hash = {} if listed is None else _by_hash(listed)
    order = array("q")  # index in the list of each image found
    left = LeftOut()
    for shard, file in enumerate(files):
        for name, offset, length, given in _members(file, multilabel, None if listed is not None else left):
            index = None
            if listed is not None:
                index = _find(listed, by_hash, name)
                if index is None:
                    continue
            elif given is None:
                errors.append(UserError("the image has no label: it needs a member with its name and the ending .cls",
                                        where=f"{file}:{name}"))
                continue
            for column, value in zip(rows, (shard, offset, length)):
                column.append(value)
            names += name.encode("utf-8", "surrogateescape")
            stops.append(len(names))
            labels.extend(given or ())
            counts.append(len(given or ()))
            order.append(len(order) if index is None else index)
    if listed is not None and len(order) < len(listed):
        errors = _missing_members(folder, listed, set(order))
    if errors:
        raise UserErrors(errors)
    if not order:
        raise UserError(f"no image in its {len(files)} tar files", where=str(folder))
    shards, offsets, lengths = (np.array(column, np.int64) for column in rows)
    positions = np.array(order, np.int64)
    found_labels: Union[np.ndarray, LabelSets] = np.array(labels, np.int64)
    if listed is not None:
        found_labels = listed.labels[positions]
    elif multilabel:
        found_labels = LabelSets.from_counts(np.array(counts, np.int64), np.array(labels, np.int64))
    source = Source(Containers(str(folder), files, shards.astype(np.int32), offsets, lengths),
                    PackedNames.joined(bytes(names), np.array(stops, np.int64)), found_labels,
                    class_names if listed is None else listed.class_names, left_out=left.text())
    return source.select(np.argsort(positions, kind="stable"))


def _missing_members(folder: Path, listed: Source, found: Set[int]) -> List[UserError]:
    """Return one error for each listed image that is in no tar file, at most `_SHOWN`; `found` has indices."""
    absent = sorted(set(range(len(listed))) - found)
    return [UserError("no tar file has this member", where=f"{folder}: {listed.name(index)}")
            for index in absent[:_SHOWN]]


def _members(file: Path, multilabel: bool,
             left: Optional[LeftOut]) -> Iterator[Tuple[str, int, int, Optional[Tuple[int, ...]]]]:
    """Yield (name, offset, length, labels of its .cls member or None) of the images of one tar file.

    Args:
        file: the tar file.
        multilabel: `.cls` members may have any number of labels.
        left: counts skipped members; None: a list names the members, so all files are yielded without labels.
    """
    waiting: List[Tuple[str, int, int]] = []
    labels: Dict[str, Tuple[int, ...]] = {}
    try:
        with tarfile.open(file, "r:") as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # frees the member objects
                if not member.isfile():
                    continue
                if left is None:
                    waiting.append((member.name, member.offset_data, member.size))
                elif member.name.endswith(".cls") and not PurePosixPath(member.name).name.startswith("."):
                    text = _content(archive, member, member.size).strip()
                    found, what = parse_labels(text)
                    if what or not (multilabel or text.isdigit()):
                        raise UserError(what if multilabel else f"the label {text[:20]!r} is not a whole number",
                                        where=f"{file}:{member.name}")
                    labels[_key(member.name)] = tuple(found)
                elif is_member_image(member.name, functools.partial(_content, archive, member, HEAD), left):
                    waiting.append((member.name, member.offset_data, member.size))
    except (tarfile.TarError, OSError) as error:
        raise UserError(f"cannot be read as an uncompressed tar file: {error}", where=str(file)) from error
    for name, offset, length in waiting:
        yield name, offset, length, labels.get(_key(name))


def _key(name: str) -> str:
    """Return the name of a member without its ending."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and "/" not in ending else name


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, size: int) -> bytes:
    """Return the first bytes of a member."""
    stream = archive.extractfile(member)
    return stream.read(size) if stream else b""


def _by_hash(source: Source) -> Dict[int, int]:
    """Return hash of the name -> index; it needs less memory than the names."""
    return {hash(source.name(index)): index for index in range(len(source))}


def _find(source: Source, known: Dict[int, int], name: str) -> Optional[int]:
    index = known.get(hash(name))
    return index if index is not None and source.name(index) == name else None
