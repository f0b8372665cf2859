# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A process of a launch that died takes the connections of the others with it: they end with a word on what to do."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Iterator

from ppclas_core.errors import UserError
from ppclas_core.system.rank import Rank

_BROKEN = re.compile(r"gloo[/\\]transport|ProcessGroup(NCCL|Gloo)|NCCL error|NcclError|tcp_utils", re.IGNORECASE)
"""What Paddle's errors of a broken connection name: the file or the library that noticed."""


class LostProcess(UserError):
    """Another process of the launch ended, or its machine cannot be reached."""

    exit_code = 1


@contextlib.contextmanager
def telling_lost_processes(folder: Path, rank: Rank) -> Iterator[None]:
    """Inside, an error of a broken connection becomes a `LostProcess`; errors of a single process stay as they are.

    Args:
        folder: the run folder, whose checkpoint `last` is whole.
    """
    try:
        yield
    except (RuntimeError, OSError, ValueError) as error:
        if rank.world == 1 or not _BROKEN.search(str(error)):
            raise
        raise LostProcess(
            f"process {rank.number} of {rank.world} lost the connection to another one, which ended or whose machine "
            f"cannot be reached ({str(error).strip().splitlines()[-1][:200]})", where=str(folder),
            do="the log of that process says why it ended; its last checkpoint is whole: the same command with "
               "--resume, on every machine, continues there") from error
