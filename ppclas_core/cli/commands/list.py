# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas list`: models, ops, losses and other components, from the records alone."""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from typing import Callable

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.listing import (
    component_rows,
    model_rows,
    model_table,
    parse_number,
    providers_hint,
    select_models,
    sort_models,
)

_KINDS = {"models": "backbone", "ops": "op", "losses": "loss", "schedules": "lr_schedule", "optimizers": "optimizer",
          "metrics": "metric", "exporters": "exporter", "callbacks": "callback", "commands": "command",
          "readers": "reader"}
_SORTABLE = ("name", "top1", "top5", "params", "flops", "input_size")


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("what", choices=list(_KINDS), nargs="?", default="models",
                        help="what to list (default: models)")
    parser.add_argument("pattern", nargs="?", default="*", help="shell pattern of the name, e.g. 'ResNet*_vd'")
    parser.add_argument("--family", default="", help="models: part of the name of the family or distribution")
    parser.add_argument("--sort", choices=_SORTABLE, default="name", help="models: column to sort by")
    parser.add_argument("--max-params", metavar="N", help="models: largest number of parameters, e.g. 6M")
    parser.add_argument("--max-flops", metavar="N", help="models: largest number of FLOPs, e.g. 600M or 4G")
    parser.add_argument("--kind", choices=("architecture", "weights"), default="",
                        help="models: only architectures or only weights")
    parser.add_argument("--json", action="store_true", help="print one JSON array to standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    kind = _KINDS[args.what]
    if args.what == "models":
        limits = [(column, parse_number(text)) for column, text in
                  (("params", args.max_params), ("flops", args.max_flops)) if text is not None]
        found = select_models(model_rows(), args.pattern, family=args.family, kind=args.kind, limits=limits)
        rows = sort_models(found, args.sort)
        text = model_table(rows)
    else:
        rows = [row for row in component_rows(kind) if fnmatch.fnmatchcase(row["name"], args.pattern)]
        text = "\n".join(f"{row['name']:<22} {row['dist']:<26} {row['doc']}".rstrip() for row in rows)
    print(json.dumps(rows, indent=2) if args.json else text or "nothing matches")
    print(f"{len(rows)} {args.what}", file=sys.stderr)
    if not catalogue().entries(kind):
        print(providers_hint(kind, args.what), file=sys.stderr)
    return 0
