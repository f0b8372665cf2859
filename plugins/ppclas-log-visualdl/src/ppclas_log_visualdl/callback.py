# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ppclas_core.training import ScalarLogger


class VisualDL(ScalarLogger):
    """Curves for VisualDL.

    Args:
        logdir: folder of the log; left out: `visualdl` in the run folder.
        interval: steps between two points of the training curves.
    """

    default_folder = "visualdl"

    def open(self, folder: Path, first_step: int) -> None:
        """A new file; a resumed run goes on in its own, as VisualDL shows one file per folder."""
        from visualdl import LogWriter

        folder.mkdir(parents=True, exist_ok=True)  # VisualDL itself keeps silent where it cannot write
        known = sorted(folder.glob("vdlrecords.*"), key=lambda path: path.stat().st_mtime)
        name = {"file_name": known[-1].name} if known and first_step else {}
        self._writer: Any = LogWriter(logdir=str(folder), **name)

    def add(self, name: str, value: float, step: int) -> None:
        """One point of one curve."""
        self._writer.add_scalar(tag=name, value=value, step=step)

    def close(self) -> None:
        """Finish writing."""
        self._writer.close()
