# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback `VisualDL`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ppclas_core.training import ScalarLogger

if TYPE_CHECKING:
    from visualdl import LogWriter


class VisualDL(ScalarLogger):
    """Training curves for VisualDL.

    Args:
        logdir: folder of the log; default: `visualdl` in the run folder.
        interval: steps between two points of the training curves.
    """

    default_folder = "visualdl"

    def open(self, folder: Path, first_step: int) -> None:
        """Open a log file; a resumed run appends to its own, because VisualDL shows only one file per folder."""
        from visualdl import LogWriter

        folder.mkdir(parents=True, exist_ok=True)  # VisualDL does not report a folder that it cannot write
        files = sorted(folder.glob("vdlrecords.*"), key=lambda path: path.stat().st_mtime)
        options = {"file_name": files[-1].name} if files and first_step else {}
        self._writer: LogWriter = LogWriter(logdir=str(folder), **options)

    def add(self, name: str, value: float, step: int) -> None:
        """Write one point of one curve."""
        self._writer.add_scalar(tag=name, value=value, step=step)

    def close(self) -> None:
        """Close the log file."""
        self._writer.close()
