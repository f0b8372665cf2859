# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The parser of all commands: `~` and `$VARS` are replaced in every argument that is a path."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ppclas_core.system.paths import expand_path

PATH_WORDS = frozenset(("BUNDLE", "CONFIG", "DIR", "FILE", "FOLDER", "IMAGE", "IMAGES", "LABELS", "LIST", "MODEL",
                        "OUT", "PATH", "RUN", "SRC", "WEIGHTS"))
"""Words that stand for a path, or for a path or a name, in the help of a command (`metavar`)."""


class PathParser(argparse.ArgumentParser):
    """A parser whose arguments are paths where their type is `Path` or their `metavar` is one of `PATH_WORDS`."""

    def add_argument(self, *args: Any, **options: Any) -> argparse.Action:
        """Declare an argument as `argparse` does."""
        if options.get("type") is Path:
            options["type"] = _path
        elif options.get("type") is None and options.get("metavar") in PATH_WORDS:
            options["type"] = expand_path
        return super().add_argument(*args, **options)


def _path(text: str) -> Path:
    return Path(expand_path(text))
