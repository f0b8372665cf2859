# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Flags that several command lines of July 2020 share: booleans as words, `--use_gpu`, and flags without effect."""

from __future__ import annotations

import argparse
import logging
from typing import Mapping

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
    raise argparse.ArgumentTypeError(f"'{text}' is not a boolean; use True or False")


def add_use_gpu(parser: argparse.ArgumentParser) -> None:
    """Declare `--use_gpu`."""
    parser.add_argument("--use_gpu", type=truth, default=True, metavar="BOOL",
                        help="use a GPU if there is one (default: True)")


def device_of(args: argparse.Namespace) -> str:
    """Return `gpu` or `cpu`, from `--use_gpu` and the available devices."""
    from ppclas_core.system.device import choose_device

    return choose_device(use_gpu=args.use_gpu)


def say_ignored(args: argparse.Namespace, reasons: Mapping[str, str]) -> None:
    """Log a warning for each given flag that has no effect.

    Args:
        args: parsed arguments.
        reasons: name of the flag -> why it has no effect.
    """
    for name, reason in reasons.items():
        if getattr(args, name) is not None:
            _log.warning("ppclas: warning: --%s has no effect: %s", name, reason)
