# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The one walk through folders of images: training, lists, statistics, repacking and prediction find the same files.

Hidden files, droppings of systems and tools, run folders, pipes and files that are no images are left out and counted.
Links to folders are followed, each folder once.
"""

from __future__ import annotations

import collections
import os
import stat
from typing import Callable, Counter, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from ppclas_core.data.decoding.image_kinds import (
    HEAD,
    IMAGE_SUFFIXES,
    is_decoded,
    kind_of_bytes,
    kind_of_ending,
    must_look,
    refused_kind,
)
from ppclas_core.system.text import one_line

_SYSTEM_FOLDERS = frozenset(("__macosx", "lost+found", "@eadir", "#recycle", "#snapshot", "$recycle.bin", "recycler",
                             "system volume information", "__pycache__"))
_SYSTEM_FILES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"))
"""Lower-case names of what systems, storage devices and tools leave in folders; other such names begin with a dot."""

_RUN_ENDINGS = (".pdparams", ".pdopt", ".pdmodel", ".pdiparams")
_RUN_FILES = (("bundle.json",), ("repack.json",), ("state.json", "meta.yaml"), ("train.log", "metrics.jsonl"),
              ("train_list.txt", "val_list.txt"))
"""Files that make a folder without images one of a run, a checkpoint, a bundle, repacked images or lists."""

CACHE_TAG = "CACHEDIR.TAG"
"""File by which a folder says that it is a cache (https://bford.info/cachedir/), as our disk cache does."""

HIDDEN = "hidden files"
HIDDEN_FOLDERS = "hidden folders"
SYSTEM = "files or folders of the system"
OTHER = "files that are no images"
NOT_DECODED = "images that OpenCV does not decode here"
SPECIAL = "pipes, sockets or devices"
DANGLING = "links to nothing"
REPEATED = "links to folders that are read already"
UNREADABLE = "folders that cannot be read"
RUNS = "folders of runs, bundles, shards, lists or caches"
OUTSIDE = "images beside the class folders"
_SHOWN = 5


class LeftOut:
    """What walks left out, counted by reason and, below it, by what it is: an ending, a kind or a name."""

    def __init__(self) -> None:
        self._counts: Dict[str, Counter[str]] = {}

    def add(self, reason: str, what: str) -> None:
        """Count one file or folder."""
        self._counts.setdefault(reason, collections.Counter())[what] += 1

    def add_all(self, other: LeftOut) -> None:
        """Take over the counts of another walk."""
        for reason, counts in other._counts.items():
            self._counts.setdefault(reason, collections.Counter()).update(counts)

    def count(self, reason: str) -> int:
        """Return how many were left out for a reason."""
        return sum(self._counts.get(reason, {}).values())

    def text(self) -> str:
        """Return one line, `files that are no images: 15 (.txt 12, .xml 3); hidden files: 2 (.x, .y)`; "" for none."""
        parts = []
        for reason, counts in self._counts.items():
            shown = [f"{one_line(what)} {count}" if count > 1 else one_line(what)
                     for what, count in counts.most_common(_SHOWN)]
            more = ", ..." if len(counts) > _SHOWN else ""
            parts.append(f"{reason}: {sum(counts.values())} ({', '.join(shown)}{more})")
        return "; ".join(parts)


class _Listing(NamedTuple):
    """The content of one folder: names of images and folders, paths of links to folders."""

    images: List[str]
    folders: List[str]
    links: List[str]


def image_paths(top: str, left: LeftOut) -> List[str]:
    """Return the paths of all images below a folder, relative to it and with slashes.

    The order is fixed: the files of a folder by name, then its sub-folders by name; what lies behind links to folders
    comes last. A link whose file is missing counts as an image where its ending says so, so that it is reported.
    """
    found: List[str] = []
    read: List[str] = []
    links = _tree(top, "", found, left, read, None)
    if links:
        seen = _identities([top, *read, *_parents(top)])
        while links:
            links += _tree(top, links.pop(0), found, left, read, seen)
    return found


def visible_folders(top: str, left: LeftOut) -> List[str]:
    """Return the sorted names of the folders in a folder, links to folders included; images beside them are counted.

    A link to the folder itself or to one above it is left out.

    Raises:
        OSError: the folder cannot be read.
    """
    with os.scandir(top) as entries:
        listing = _sorted_out(top, sorted(entries, key=lambda entry: entry.name), left, files_count=False)
    for name in listing.images:
        left.add(OUTSIDE, name)
    above = _identities([top, *_parents(top)]) if listing.links else set()
    names = listing.folders
    for name in listing.links:
        if _identity(os.path.join(top, name)) in above:
            left.add(REPEATED, name)
        else:
            names.append(name)
    return sorted(names)


def _tree(top: str, start: str, found: List[str], left: LeftOut, read: List[str],
          seen: Optional[Set[Tuple[int, int]]]) -> List[str]:
    """Add the images of one tree without links to `found`, its folders to `read`; return its links to folders.

    Args:
        seen: (device, inode) of the folders that were read, or None as long as no link was followed.
    """
    links: List[str] = []
    waiting = [start]
    while waiting:
        inner = waiting.pop()
        path = f"{top}{os.sep}{inner}" if inner else top
        if seen is not None:
            identity = _identity(path)
            if identity in seen:
                left.add(REPEATED, inner)
                continue
            seen.add(identity)
        try:
            with os.scandir(path) as entries:
                listing = _sorted_out(path, sorted(entries, key=lambda entry: entry.name), left)
        except OSError:
            left.add(UNREADABLE, inner or os.path.basename(path))
            continue
        read.append(path)
        before = f"{inner}/" if inner else ""
        found += [before + name for name in listing.images] if before else listing.images
        waiting += [before + name for name in reversed(listing.folders)]
        links += [before + name for name in listing.links]
    return links


def _sorted_out(path: str, entries: List[os.DirEntry[str]], left: LeftOut, *, files_count: bool = True) -> _Listing:
    """Divide the entries of a folder; what is left out is counted, files only where `files_count` is set."""
    listing = _Listing([], [], [])
    others: List[str] = []  # names of files that are no images
    for entry in entries:
        name = entry.name
        hidden = name[0] == "."
        if entry.is_file(follow_symlinks=False):
            ending = _ending(name)
            if not hidden and ending in _PLAIN:
                listing.images.append(name)
            elif hidden or name.lower() in _SYSTEM_FILES:
                if files_count:
                    left.add(HIDDEN if hidden else SYSTEM, name)
            elif name == CACHE_TAG:
                others.append(name)
            elif _is_image(entry.path, ending, left if files_count else LeftOut()):
                listing.images.append(name)
            else:
                others.append(name)
            continue
        _link_or_folder(entry, hidden, listing, left if files_count else LeftOut(), left)
    if files_count and (CACHE_TAG in others or (others and not listing.images and _is_of_a_run(others))):
        left.add(RUNS, os.path.basename(path))
        return _Listing([], [], [])
    return listing


def _link_or_folder(entry: os.DirEntry[str], hidden: bool, listing: _Listing, files: LeftOut,
                    folders: LeftOut) -> None:
    """Sort in what is no plain file: a folder, a link, or something special."""
    name = entry.name
    try:
        mode = entry.stat().st_mode
    except OSError:  # a link to nothing, or in a circle
        if not hidden and kind_of_ending(_ending(name)) is not None:
            listing.images.append(name)
        else:
            files.add(DANGLING, name)
        return
    if stat.S_ISDIR(mode):
        if hidden:
            folders.add(HIDDEN_FOLDERS, name)
        elif name.lower() in _SYSTEM_FOLDERS:
            folders.add(SYSTEM, name)
        elif entry.is_symlink():
            listing.links.append(name)
        else:
            listing.folders.append(name)
    elif not stat.S_ISREG(mode):
        files.add(SPECIAL, name)
    elif hidden or name.lower() in _SYSTEM_FILES:
        files.add(HIDDEN if hidden else SYSTEM, name)
    elif _ending(name) in _PLAIN or _is_image(entry.path, _ending(name), files):
        listing.images.append(name)


_PLAIN = frozenset(suffix for suffix in IMAGE_SUFFIXES if kind_of_ending(suffix) in ("JPEG", "PNG", "BMP"))
"""Endings of the kinds that every OpenCV decodes, which need no second look."""


def _is_image(path: str, ending: str, left: LeftOut) -> bool:
    """Return whether a file is an image that can be decoded; count it otherwise."""

    def head() -> bytes:
        try:
            with open(path, "rb") as stream:
                return stream.read(HEAD)
        except OSError:
            return b""

    return is_image(ending, head, left)


def is_member_image(name: str, head: Callable[[], bytes], left: LeftOut) -> bool:
    """Return whether a member of an archive is an image by the rules of folders; count it otherwise.

    Args:
        name: its path in the archive; head: reads its first bytes.
    """
    *folders, file = name.split("/")
    hidden = [part for part in (*folders, file) if part[:1] == "." and part not in (".", "..")]
    if hidden:
        left.add(HIDDEN if hidden[0] is file else HIDDEN_FOLDERS, hidden[0])
        return False
    system = [part for part in folders if part.lower() in _SYSTEM_FOLDERS]
    if system or file.lower() in _SYSTEM_FILES:
        left.add(SYSTEM, system[0] if system else file)
        return False
    return is_image(_ending(file), head, left)


def is_image(ending: str, head: Callable[[], bytes], left: LeftOut) -> bool:
    """Return whether data is an image that can be decoded, by its ending, or by its first bytes where that is unknown.

    What is none is counted.
    """
    kind = kind_of_ending(ending) or refused_kind(ending)
    if must_look(ending):
        kind = kind_of_bytes(head()) or kind
    if kind is None:
        left.add(OTHER, ending or "without ending")
        return False
    if not is_decoded(kind):
        left.add(NOT_DECODED, f"{kind} {ending}".strip())
        return False
    return True


def _is_of_a_run(names: List[str]) -> bool:
    return (any(name.endswith(_RUN_ENDINGS) for name in names) or
            any(all(name in names for name in group) for group in _RUN_FILES))


def _ending(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def _identity(path: str) -> Tuple[int, int]:
    """Return (device, inode) of the folder that a path leads to; (0, 0) when it leads to none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _identities(paths: Iterable[str]) -> Set[Tuple[int, int]]:
    return {_identity(path) for path in paths}


def _parents(path: str) -> List[str]:
    """Return the folders above a folder, of its real path."""
    real = os.path.realpath(path)
    parents = []
    while os.path.dirname(real) != real:
        real = os.path.dirname(real)
        parents.append(real)
    return parents
