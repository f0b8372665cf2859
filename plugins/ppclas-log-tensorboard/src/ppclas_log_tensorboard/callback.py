# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback `TensorBoard`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ppclas_core.training import ScalarLogger

if TYPE_CHECKING:
    from tensorboardX import SummaryWriter


class TensorBoard(ScalarLogger):
    """Training curves for TensorBoard.

    Args:
        logdir: folder of the log; default: `tensorboard` in the run folder.
        interval: steps between two points of the training curves.
    """

    default_folder = "tensorboard"

    def open(self, folder: Path, first_step: int) -> None:
        """Open a new event file; TensorBoard discards the points of earlier files from `first_step` on."""
        from tensorboardX import SummaryWriter

        self._writer: SummaryWriter = SummaryWriter(str(folder), purge_step=first_step or None,
                                                    filename_suffix=f".{first_step}")

    def add(self, name: str, value: float, step: int) -> None:
        """Write one point of one curve."""
        self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Close the event file."""
        self._writer.close()
