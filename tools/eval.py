# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluate weights, as in July 2020: `python tools/eval.py -c ./configs/eval.yaml -o pretrained_model=PREFIX`.

Does the same as `ppclas eval`.
"""

from __future__ import annotations

import argparse
from typing import Optional, Sequence

from ppclas_core.cli import main as ppclas


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run `ppclas eval`; return its exit code."""
    parser = argparse.ArgumentParser(description="Evaluate weights on the validation data of a config.")
    parser.add_argument("-c", "--config", default="./configs/eval.yaml", metavar="FILE", help="config (%(default)s)")
    parser.add_argument("-o", "--override", action="append", default=[], metavar="KEY=VALUE",
                        help="change a value; repeatable")
    args = parser.parse_args(argv)
    return ppclas(["eval", args.config, *(word for pair in args.override for word in ("-o", pair))])


if __name__ == "__main__":
    raise SystemExit(main())
