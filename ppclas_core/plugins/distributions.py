# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metadata of installed distributions, read from the folders of sys.path without importlib_metadata.

Every command starts with this search, and importlib_metadata takes longer to import than the search takes. It is used
only where metadata is not in a folder: for zip files on sys.path, and for the finders of other import systems.
"""

from __future__ import annotations

import os
import sys
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple


class Distribution(NamedTuple):
    """Metadata of one installed distribution.

    Args:
        folder: path of the metadata folder, such as `.../acme_net-0.1.dist-info`; "" for a distribution without one.
        read: function that returns the text of a file of the folder; None without the file. It raises an OSError or
            a UnicodeDecodeError for an unreadable one.
    """

    folder: str
    read: Callable[[str], Optional[str]]


def distributions() -> Iterator[Distribution]:
    """Return the installed distributions, in the order of sys.path."""
    if any(_finds_distributions(finder) for finder in sys.meta_path):
        yield from _other_distributions([path for path in sys.path if os.path.exists(path or os.curdir)])
        return
    for path in dict.fromkeys(map(str, sys.path)):
        try:
            names = os.listdir(path or os.curdir)
        except NotADirectoryError:
            yield from _other_distributions([path])
            continue
        except OSError:
            continue
        egg = path.lower().endswith(".egg")
        for name in names:
            if name.lower().endswith((".dist-info", ".egg-info")) or (egg and name.lower() == "egg-info"):
                folder = os.path.join(path, name)
                yield Distribution(folder, _reader(folder))


def entry_points(text: str) -> List[Tuple[str, str, str]]:
    """Return group, name and value of each entry in the text of an `entry_points.txt`.

    Raises:
        ValueError: a line is not `name = value`.
    """
    found = []
    group = None
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            group = line.strip("[]")
        elif group is not None:
            name, equals, value = line.partition("=")
            if not equals:
                raise ValueError(line)
            found.append((group, name.strip(), value.strip()))
    return found


def _finds_distributions(finder: object) -> bool:
    """Return whether a finder of sys.meta_path is that of another import system with its own metadata."""
    known = ("importlib_metadata", "importlib.metadata", "_frozen_importlib_external", "importlib._bootstrap_external")
    module = finder.__module__ if isinstance(finder, type) else type(finder).__module__
    return hasattr(finder, "find_distributions") and module not in known


def _reader(folder: str) -> Callable[[str], Optional[str]]:
    def read(name: str) -> Optional[str]:
        try:
            with open(f"{folder}{os.sep}{name}", "rb") as stream:
                content = stream.read()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
            return None
        return content.decode("utf-8")

    return read


def _other_distributions(paths: List[str]) -> Iterator[Distribution]:
    import importlib_metadata

    for dist in importlib_metadata.distributions(path=paths):
        yield Distribution(str(getattr(dist, "_path", "")), dist.read_text)
