# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas list`: models, ops, losses, schedules, optimizers, metrics, exporters, from the records alone."""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from typing import Any, Callable, Dict, List, Optional

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue, first_party
from ppclas_core.plugins.install import how_to_install

_KINDS = {"models": "backbone", "ops": "op", "losses": "loss", "schedules": "lr_schedule", "optimizers": "optimizer",
          "metrics": "metric", "exporters": "exporter", "callbacks": "callback", "commands": "command",
          "readers": "reader"}
_SORTABLE = ("name", "top1", "top5", "params", "flops", "input_size")


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("what", choices=list(_KINDS), nargs="?", default="models", help="what to list (models)")
    parser.add_argument("pattern", nargs="?", default="*", help="shell pattern on the name, e.g. 'ResNet*_vd'")
    parser.add_argument("--family", help="models of one family or distribution (part of its name)")
    parser.add_argument("--sort", choices=_SORTABLE, default="name", help="models: column to sort by")
    parser.add_argument("--max-params", metavar="N", help="models: at most so many parameters, e.g. 6M")
    parser.add_argument("--max-flops", metavar="N", help="models: at most so many FLOPs, e.g. 600M or 4G")
    parser.add_argument("--kind", choices=("architecture", "weights"), help="models: only architectures or weights")
    parser.add_argument("--json", action="store_true", help="one JSON array on standard output")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    if args.what == "models":
        rows = [row for row in model_rows() if _wanted(row, args)]
        rows.sort(key=lambda row: _sort_key(row, args.sort))
        text = _models_table(rows)
    else:
        rows = [row for row in component_rows(_KINDS[args.what]) if fnmatch.fnmatchcase(row["name"], args.pattern)]
        text = "\n".join(f"{row['name']:<22} {row['dist']:<26} {row['doc']}".rstrip() for row in rows)
    print(json.dumps(rows, indent=2) if args.json else text or "nothing matches")
    print(f"{len(rows)} {args.what}", file=sys.stderr)
    if not catalogue().entries(_KINDS[args.what]):
        print(nothing_installed(args.what), file=sys.stderr)
    return 0


def nothing_installed(what: str) -> str:
    """Return the line for a kind of which no plugin is installed: the distributions that bring some."""
    dists = sorted(set(first_party().get(_KINDS[what], {}).values()))
    return f"no plugin with {what} is installed; there are {', '.join(dists)}, for example: {how_to_install(dists[0])}"


def model_rows() -> List[Dict[str, Any]]:
    """Return a row for every architecture and every published weights entry.

    Keys: name, kind, architecture, dist, family, input_size, params (number of values), flops (multiply-adds x 2), top1
    and top5 (0..1).
    """
    rows = []
    for entry in catalogue().entries("backbone"):
        record = entry.record
        base = {"architecture": record.name, "dist": entry.dist, "family": record.family}
        rows.append({"name": record.name, "kind": "architecture", **base, "input_size": record.input_size,
                     "params": record.params, "flops": record.flops, "top1": None, "top5": None})
        for weights in record.weights:
            size = weights.input_size or record.input_size
            # convolutions dominate, so the cost of another input size follows its area
            flops = record.flops and round(record.flops * (size / record.input_size) ** 2)
            rows.append({"name": weights.name, "kind": "weights", **base, "input_size": size, "params": record.params,
                         "flops": flops, "top1": weights.top1, "top5": weights.top5})
    return rows


def component_rows(kind: str) -> List[Dict[str, Any]]:
    """Every record of another kind: name, dist, aliases, doc."""
    rows = [{"name": entry.record.name, "dist": entry.dist, "aliases": list(getattr(entry.record, "aliases", ())),
             "doc": getattr(entry.record, "doc", "") or getattr(entry.record, "help", "")}
            for entry in catalogue().entries(kind)]
    return sorted(rows, key=lambda row: row["name"])


def count(text: str) -> float:
    """`6M`, `4.1G`, `500K` or a plain number.

    Raises:
        UserError: anything else.
    """
    factors = {"K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9}
    try:
        if text[-1:].upper() in factors:
            return float(text[:-1]) * factors[text[-1].upper()]
        return float(text)
    except ValueError:
        raise UserError(f"'{text}' is not a count", do="write 6M, 4.1G or 500K") from None


def _wanted(row: Dict[str, Any], args: argparse.Namespace) -> bool:
    if not fnmatch.fnmatchcase(row["name"], args.pattern) or (args.kind and row["kind"] != args.kind):
        return False
    if args.family and args.family.lower() not in f"{row['family']} {row['dist']}".lower():
        return False
    for column, limit in (("params", args.max_params), ("flops", args.max_flops)):
        if limit is not None and (row[column] is None or row[column] > count(limit)):
            return False
    return True


def _sort_key(row: Dict[str, Any], column: str) -> Any:
    value = row[column]
    if column == "name":
        return (row["family"], value, row["kind"])
    # best accuracy first, cheapest first; unknown last
    return (value is None, -value if column.startswith("top") and value is not None else value or 0, row["name"])


def _models_table(rows: List[Dict[str, Any]]) -> str:
    if not rows:
        return ""
    width = max(len(row["name"]) for row in rows)
    lines = [f"{'name':<{width}}  {'kind':<12}  {'top1':>6}  {'params':>7}  {'FLOPs':>7}  {'input':>5}  distribution"]
    for row in rows:
        top1 = f"{row['top1']:.4f}" if row["top1"] is not None else "-"
        lines.append(f"{row['name']:<{width}}  {row['kind']:<12}  {top1:>6}  {short(row['params']):>7}  "
                     f"{short(row['flops']):>7}  {row['input_size']:>5}  {row['dist']}")
    return "\n".join(lines)


def short(value: Optional[float]) -> str:
    """5480206 -> 5.48M."""
    if value is None:
        return "-"
    for factor, unit in ((1e9, "G"), (1e6, "M"), (1e3, "K")):
        if value >= factor:
            return f"{value / factor:.3g}{unit}"
    return f"{value:g}"
