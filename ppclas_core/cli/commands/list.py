# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas list`: models, ops, losses and other components, from the records alone."""

from __future__ import annotations

import argparse
import sys
from typing import Callable, Sequence

from ppclas_core.errors import UserError, near_names
from ppclas_core.plugins.catalogue import catalogue, component_names
from ppclas_core.plugins.listing import (
    Row,
    component_rows,
    model_rows,
    model_table,
    parse_number,
    providers_hint,
    select_models,
    sort_models,
)
from ppclas_core.plugins.models import list_models, matches

_KINDS = {"models": "backbone", "ops": "op", "losses": "loss", "schedules": "lr_schedule", "optimizers": "optimizer",
          "metrics": "metric", "exporters": "exporter", "callbacks": "callback", "commands": "command",
          "readers": "reader"}
_SORTABLE = ("name", "top1", "top5", "params", "flops", "input_size")


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("what", choices=list(_KINDS), nargs="?", default="models",
                        help="what to list (default: models)")
    parser.add_argument("pattern", nargs="?", default="*",
                        help="shell pattern of the name in any case, e.g. 'resnet*_vd'")
    parser.add_argument("--family", default="", help="models: part of the name of the family or distribution")
    parser.add_argument("--sort", choices=_SORTABLE, default="name", help="models: column to sort by")
    parser.add_argument("--max-params", metavar="N", help="models: largest number of parameters, e.g. 6M")
    parser.add_argument("--max-flops", metavar="N", help="models: largest number of FLOPs, e.g. 600M or 4G")
    parser.add_argument("--kind", choices=("architecture", "weights"), default="",
                        help="models: only architectures or only weights")
    parser.add_argument("--json", action="store_true", help="print one JSON array to standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the list.

    Raises:
        UserError: components of the kind are installed, and none matches.
    """
    kind = _KINDS[args.what]
    if args.what == "models":
        limits = [(column, parse_number(text)) for column, text in
                  (("params", args.max_params), ("flops", args.max_flops)) if text is not None]
        found = select_models(model_rows(), args.pattern, family=args.family, kind=args.kind, limits=limits)
        rows = sort_models(found, args.sort)
        text = model_table(rows)
    else:
        rows = [row for row in component_rows(kind) if matches(row["name"], args.pattern)]
        text = "\n".join(f"{row['name']:<22} {row['dist']:<26} {row['doc']}".rstrip() for row in rows)
    if args.json or rows:
        print(_to_json(rows) if args.json else text)
    print(f"{len(rows)} {args.what}", file=sys.stderr)
    if not catalogue().entries(kind):
        print(providers_hint(kind, args.what), file=sys.stderr)
    elif not rows:
        limited = any((args.family, args.kind, args.max_params, args.max_flops))
        raise _no_match(args.what, args.pattern, " and the other options" if limited else "")
    return 0


def _to_json(rows: Sequence[Row]) -> str:
    import json

    return json.dumps(rows, indent=2)


def _no_match(what: str, pattern: str, further: str) -> UserError:
    """Return the error of a search without a hit, with the names that contain the pattern or are similar to it."""
    kind = _KINDS[what]
    names = list_models() if kind == "backbone" else component_names(kind)
    word = pattern.strip("*?")
    near = [name for name in names if word.lower() in name.lower()][:5] or near_names(word, names)
    advice = f"similar names: {', '.join(near)}" if near else f"'ppclas list {what}' shows all"
    return UserError(f"none of the {what} matches '{pattern}'{further}", do=advice)
