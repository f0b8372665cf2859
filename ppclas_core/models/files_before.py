# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files of a folder as they were before a command, which takes back what it wrote if it fails."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Callable, Iterator, Optional, Sequence

_log = logging.getLogger(__name__)


class FilesBefore:
    """Content of files before a command writes them.

    Args:
        folder: folder of the files, which may not exist yet.
        files: paths that the command may write.

    Attributes:
        renamed: path to which the command renamed the first file; None if it did not.
    """

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        self._contents = {path: path.read_bytes() if path.is_file() else None for path in files}
        self._new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
        self.renamed: Optional[Path] = None

    def restore(self) -> None:
        """Write the files as they were, remove new ones, and remove folders that are new and empty."""
        first = next(iter(self._contents))
        with suppress(OSError):  # here and below: the error that led here is more important
            if self.renamed is not None:
                self.renamed.replace(first)
                self.renamed = None
        for path, content in self._contents.items():
            with suppress(OSError):  # one file that cannot be written keeps no other from its content
                if content is None:
                    path.unlink(missing_ok=True)
                elif not path.is_file() or path.read_bytes() != content:
                    path.write_bytes(content)
        earlier = self._contents[first] is not None
        if first.is_file() == earlier:
            _log.info("%s is %s, because nothing was trained", first, "as it was before" if earlier else "removed")
        with suppress(OSError):  # a folder that is not empty, so its parents are not either
            for folder in self._new_folders:
                folder.rmdir()

    @contextmanager
    def restored_on_error(self, unless: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Return a context that restores the files if it ends by an exception, unless `unless()` is true."""
        try:
            yield
        except BaseException:
            if not unless():
                self.restore()
            raise
