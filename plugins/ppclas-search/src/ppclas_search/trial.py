# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The process of one trial: `python -m ppclas_search.trial FOLDER` trains the config in that folder.

The process resumes from the checkpoint of an earlier process of the trial. It writes a checkpoint and exits when the
search requests it with SIGTERM, or when the search ends, which closes the standard input of the process.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from ppclas_core.cli import guarded
from ppclas_core.config import load_config
from ppclas_core.errors import UserError
from ppclas_core.runs import locked
from ppclas_core.system import Interrupted

_log = logging.getLogger(__name__)

LOCK_SECONDS = 60.0
"""Longest wait for the folder, which an earlier process of the trial may hold after its search was killed."""


def main() -> int:
    """Train, and return the exit code of `ppclas train`."""
    folder = Path(sys.argv[1])
    threading.Thread(target=_stop_with_the_search, daemon=True).start()
    return guarded(lambda: run(folder))


def run(folder: Path) -> int:
    """Train, and return 0 after all epochs, or 143 after a stop by SIGTERM.

    Raises:
        UserError: raised by the training.
    """
    from ppclas_core.training import train

    options = json.loads((folder / "trial.json").read_text(encoding="utf-8"))
    with ExitStack() as stack:
        _wait_for(stack, folder)
        config = load_config(folder / "config.yaml", plugin_files=options["plugin_files"], trust_config=True)
        try:
            train(config, resume=True)
        except Interrupted as stop:
            _log.warning("ppclas: %s", stop.message)
            return stop.exit_code
    return 0


def _wait_for(stack: ExitStack, folder: Path) -> None:
    """Lock the folder of the trial until the stack is closed.

    Raises:
        UserError: another process holds it for longer than `LOCK_SECONDS`.
    """
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            stack.enter_context(locked(folder))
            return
        except UserError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _stop_with_the_search() -> None:
    """Wait until standard input is closed, then send SIGTERM to this process."""
    try:
        while os.read(0, 1):  # sys.stdin would keep its lock here, which blocks the interpreter at exit
            pass
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main())
