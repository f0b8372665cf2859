# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Search of folders for images, used by training, lists, statistics, repacking and prediction.

Hidden files, files of the system and of tools, run folders, pipes, and files that are not images are skipped and
counted. Links to folders are followed; each folder is read once.
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
"""Lower-case names of files that systems, storage devices and tools create; others begin with a dot."""

_RUN_ENDINGS = (".pdparams", ".pdopt", ".pdmodel", ".pdiparams")
_RUN_FILES = (("bundle.json",), ("repack.json",), ("state.json", "meta.yaml"), ("train.log", "metrics.jsonl"),
              ("train_list.txt", "val_list.txt"))
"""Files that identify a folder without images as that of a run, checkpoint, bundle, repacked images or lists."""

CACHE_TAG = "CACHEDIR.TAG"
"""File that marks a cache folder (https://bford.info/cachedir/), such as our disk cache."""

HIDDEN = "hidden files"
HIDDEN_FOLDERS = "hidden folders"
SYSTEM = "files or folders of the system"
OTHER = "files that are no images"
NOT_DECODED = "images that OpenCV does not decode here"
SPECIAL = "pipes, sockets or devices"
DANGLING = "broken links"
REPEATED = "links to folders that were read before"
UNREADABLE = "folders that cannot be read"
RUNS = "folders of runs, bundles, shards, lists or caches"
OUTSIDE = "images beside the class folders"
_SHOWN = 5


class LeftOut:
    """Counter of skipped files and folders, by reason and by ending, kind or name."""

    def __init__(self) -> None:
        self._counts: Dict[str, Counter[str]] = {}

    def add(self, reason: str, what: str) -> None:
        """Count a skipped file or folder."""
        self._counts.setdefault(reason, collections.Counter())[what] += 1

    def add_all(self, other: LeftOut) -> None:
        """Add the counts of another search."""
        for reason, counts in other._counts.items():
            self._counts.setdefault(reason, collections.Counter()).update(counts)

    def count(self, reason: str) -> int:
        """Return the number of files and folders skipped for a reason."""
        return sum(self._counts.get(reason, {}).values())

    def text(self) -> str:
        """Return one line, `files that are no images: 15 (.txt 12, .xml 3); ...`; "" if nothing was skipped."""
        parts = []
        for reason, counts in self._counts.items():
            shown = [f"{one_line(what)} {count}" if count > 1 else one_line(what)
                     for what, count in counts.most_common(_SHOWN)]
            more = ", ..." if len(counts) > _SHOWN else ""
            parts.append(f"{reason}: {sum(counts.values())} ({', '.join(shown)}{more})")
        return "; ".join(parts)


class _Listing(NamedTuple):
    """Content of a folder: names of images, of folders, and of links to folders."""

    images: List[str]
    folders: List[str]
    links: List[str]


def image_paths(top: str, left: LeftOut) -> List[str]:
    """Return the paths of all images below a folder, relative to it, with slashes.

    Order: the files of a folder by name, then its sub-folders by name; folders behind links come last.
    A broken link counts as an image if its ending is that of an image, so it is reported at reading.
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
    """Return the sorted names of the folders in a folder, including links; images beside them are counted as skipped.

    Links to the folder itself or to one of its parents are skipped.

    Raises:
        OSError: the folder cannot be read.
    """
    with os.scandir(top) as entries:
        listing = _sorted_out(top, sorted(entries, key=lambda entry: entry.name), left, count_files=False)
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
    """Add the images of a tree to `found` and its folders to `read`, without following links; return the links.

    Args:
        top: folder of the search.
        start: folder to start at, relative to `top`.
        found: receives the images.
        left: counts skipped files.
        read: receives the folders.
        seen: (device, inode) of the folders read so far; None before the first link is followed.
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


def _sorted_out(path: str, entries: List[os.DirEntry[str]], left: LeftOut, *, count_files: bool = True) -> _Listing:
    """Divide the entries of a folder into images, folders and links, and count skipped folders.

    Skipped files are counted, and run folders detected, only with `count_files`.
    """
    listing = _Listing([], [], [])
    others: List[str] = []  # names of files that are not images
    for entry in entries:
        name = entry.name
        hidden = name[0] == "."
        if entry.is_file(follow_symlinks=False):
            ending = _ending(name)
            if not hidden and ending in _PLAIN:
                listing.images.append(name)
            elif hidden or name.lower() in _SYSTEM_FILES:
                if count_files:
                    left.add(HIDDEN if hidden else SYSTEM, name)
            elif name == CACHE_TAG:
                others.append(name)
            elif _is_image(entry.path, ending, left if count_files else LeftOut()):
                listing.images.append(name)
            else:
                others.append(name)
            continue
        _link_or_folder(entry, hidden, listing, left if count_files else LeftOut(), left)
    if count_files and (CACHE_TAG in others or (others and not listing.images and _is_of_a_run(others))):
        left.add(RUNS, os.path.basename(path))
        return _Listing([], [], [])
    return listing


def _link_or_folder(entry: os.DirEntry[str], hidden: bool, listing: _Listing, files: LeftOut,
                    folders: LeftOut) -> None:
    """Add an entry that is not a regular file (a folder, a link, a special file) to the listing, or count it."""
    name = entry.name
    try:
        mode = entry.stat().st_mode
    except OSError:  # a broken or circular link
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
"""Endings of the kinds that every OpenCV decodes; these files are not opened."""


def _is_image(path: str, ending: str, left: LeftOut) -> bool:
    """Return whether a file is a decodable image; count it as skipped otherwise."""

    def head() -> bytes:
        try:
            with open(path, "rb") as stream:
                return stream.read(HEAD)
        except OSError:
            return b""

    return is_image(ending, head, left)


def is_member_image(name: str, head: Callable[[], bytes], left: LeftOut) -> bool:
    """Return whether a member of an archive is an image, by the same rules; count it as skipped otherwise.

    Args:
        name: path in the archive.
        head: function that reads the first bytes.
        left: counts skipped members.
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
    """Return whether a file is a decodable image, by its ending, or by its first bytes if the ending is ambiguous.

    Other files are counted as skipped.
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
    """Return (device, inode) of a folder; (0, 0) if it does not exist."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _identities(paths: Iterable[str]) -> Set[Tuple[int, int]]:
    return {_identity(path) for path in paths}


def _parents(path: str) -> List[str]:
    """Return all parents of the real path of a folder."""
    real = os.path.realpath(path)
    parents = []
    while os.path.dirname(real) != real:
        real = os.path.dirname(real)
        parents.append(real)
    return parents
