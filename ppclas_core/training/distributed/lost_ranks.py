# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lost ranks: when a process of a launch ends, the others exit with the command that resumes the run."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Iterator

from ppclas_core.errors import UserError
from ppclas_core.system.rank import Rank

_BROKEN = re.compile(r"gloo[/\\]transport|ProcessGroup(NCCL|Gloo)|NCCL error|NcclError|tcp_utils", re.IGNORECASE)
"""Text in Paddle's errors of a broken connection: the file or library that detects it."""


class LostRankError(UserError):
    """Another process of the launch has ended, or its machine cannot be reached."""

    exit_code = 1


@contextlib.contextmanager
def lost_rank_errors(folder: Path, rank: Rank) -> Iterator[None]:
    """Turn errors of a broken connection in the block into `LostRankError`; errors of a single process are unchanged.

    Args:
        folder: the run folder, for the message.
        rank: this process.
    """
    try:
        yield
    except (RuntimeError, OSError, ValueError) as error:
        if rank.world == 1 or not _BROKEN.search(str(error)):
            raise
        raise LostRankError(
            f"process {rank.number} of {rank.world} lost the connection to another one, which has ended or cannot be "
            f"reached ({str(error).strip().splitlines()[-1][:200]})", where=str(folder),
            do="see the log of that process for the reason; the same command with --resume, on every machine, "
               "continues at the last checkpoint, which is complete") from error
