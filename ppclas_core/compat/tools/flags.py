# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What the command lines of July 2020 have in common: true or false as a word, and flags that mean nothing now."""

from __future__ import annotations

import argparse
import logging
from typing import Any, Mapping

_log = logging.getLogger(__name__)


def truth(text: str) -> bool:
    """Parse a boolean flag: `true`, `t`, `1` or `yes` in any case, and their opposites.

    Raises:
        argparse.ArgumentTypeError: anything else.
    """
    word = text.lower()
    if word in ("true", "t", "1", "yes", "y"):
        return True
    if word in ("false", "f", "0", "no", "n"):
        return False
    raise argparse.ArgumentTypeError(f"'{text}' is neither True nor False")


def add_use_gpu(parser: argparse.ArgumentParser) -> None:
    """Declare `--use_gpu`."""
    parser.add_argument("--use_gpu", type=truth, default=True, metavar="BOOL",
                        help="use a GPU where there is one (True)")


def device_of(args: argparse.Namespace) -> str:
    """`gpu` or `cpu`, as `--use_gpu` and the machine allow."""
    from ppclas_core.system.device import choose_device

    return choose_device(use_gpu=args.use_gpu)


def say_ignored(args: argparse.Namespace, reasons: Mapping[str, str]) -> None:
    """One line on standard error for each flag that was given and has no effect: name -> why."""
    for name, reason in reasons.items():
        given: Any = getattr(args, name)
        if given is not None:
            _log.warning("ppclas: warning: --%s has no effect: %s", name, reason)
