# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rows and tables of installed plugins, models and other components, made from the records alone."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from ppclas_core.api import API_VERSION
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Catalogue, catalogue, first_party
from ppclas_core.plugins.install import how_to_install
from ppclas_core.plugins.models import matches

Row = Dict[str, Any]
"""Row of a table, as `--json` prints it."""

_FACTORS = {"K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9}


def plugin_rows(known: Catalogue) -> List[Row]:
    """Return one row per plugin.

    Keys: name, dist, version, api, status (`ok`, `partial`, `failed`, `disabled`), error, hooks, provides (kind ->
    names).
    """
    rows: List[Row] = []
    failed = {failure.dist: failure for failure in known.failures}
    for plugin in known.plugins:
        provides: Dict[str, List[str]] = {}
        for kind, record in plugin.records:
            provides.setdefault(kind, []).append(record.name)
        failure = failed.pop(plugin.dist, None)
        rows.append({"name": plugin.entry, "dist": plugin.dist, "version": plugin.version, "api": API_VERSION,
                     "status": "partial" if failure else "ok", "error": str(failure) if failure else "",
                     "hooks": plugin.hooks, "provides": provides})
    unused: Row = {"api": None, "hooks": [], "provides": {}}
    rows += [{"name": failure.dist, "dist": failure.dist, "version": failure.version, **unused, "status": "failed",
              "error": str(failure)} for failure in failed.values()]
    rows += [{"name": found.name, "dist": found.dist, "version": found.version, **unused, "status": "disabled",
              "error": "disabled by PPCLAS_PLUGINS or PPCLAS_DISABLE_PLUGINS"} for found in known.disabled]
    return rows


def plugin_table(rows: Sequence[Row]) -> str:
    """Return the rows of `plugin_rows` as text: distribution, status and number of components by kind."""
    lines = []
    width = max(len(f"{row['dist']} {row['version']}") for row in rows)
    for row in rows:
        counts = ", ".join(f"{len(names)} {_plural(kind) if len(names) > 1 else kind}"
                           for kind, names in row["provides"].items())
        label = f"{row['dist']} {row['version']}"
        lines.append(f"{label:<{width}}  {row['status']:<8}  {counts}".rstrip())
    return "\n".join(lines)


def component_rows(kind: str) -> List[Row]:
    """Return one row per record of a kind, sorted by name, with the keys name, dist, aliases and doc."""
    rows = [{"name": entry.record.name, "dist": entry.dist, "aliases": list(getattr(entry.record, "aliases", ())),
             "doc": getattr(entry.record, "doc", "") or getattr(entry.record, "help", "")}
            for entry in catalogue().entries(kind)]
    return sorted(rows, key=lambda row: row["name"])


def providers_hint(kind: str, plural: str) -> str:
    """Return the line for a kind without any installed component: the first-party distributions that provide it."""
    dists = sorted(set(first_party().get(kind, {}).values()))
    return (f"no plugin with {plural} is installed; available: {', '.join(dists)}; "
            f"for example: {how_to_install(dists[0])}")


def model_rows() -> List[Row]:
    """Return one row per architecture and per published checkpoint.

    Keys: name, kind (`architecture`, `weights`), architecture, dist, family, input_size (pixels), params (number),
    flops (multiply-adds x 2), top1 and top5 (0..1).
    """
    rows = []
    for entry in catalogue().entries("backbone"):
        record = entry.record
        base = {"architecture": record.name, "dist": entry.dist, "family": record.family}
        rows.append({"name": record.name, "kind": "architecture", **base, "input_size": record.input_size,
                     "params": record.params, "flops": record.flops, "top1": None, "top5": None})
        for weights in record.weights:
            size = weights.input_size or record.input_size
            # convolutions dominate, so the cost is proportional to the area of the input
            flops = record.flops and round(record.flops * (size / record.input_size) ** 2)
            rows.append({"name": weights.name, "kind": "weights", **base, "input_size": size, "params": record.params,
                         "flops": flops, "top1": weights.top1, "top5": weights.top5})
    return rows


def select_models(rows: Sequence[Row], pattern: str = "*", *, family: str = "", kind: str = "",
                  limits: Sequence[Tuple[str, float]] = ()) -> List[Row]:
    """Return the rows of `model_rows` that meet all conditions.

    Args:
        rows: rows to select from.
        pattern: shell pattern of the name, in any case.
        family: part of the name of the family or distribution, in any case.
        kind: `architecture` or `weights`; "": both.
        limits: pairs of a column and its largest value; a row with an unknown value is dropped.
    """
    return [row for row in rows
            if matches(row["name"], pattern) and kind in ("", row["kind"])
            and family.lower() in f"{row['family']} {row['dist']}".lower()
            and all(row[column] is not None and row[column] <= limit for column, limit in limits)]


def sort_models(rows: Sequence[Row], column: str) -> List[Row]:
    """Return the rows sorted by a column: highest accuracy first, or lowest cost first; unknown values last."""
    if column == "name":
        return sorted(rows, key=lambda row: (row["family"], row["name"], row["kind"]))
    sign = -1 if column.startswith("top") else 1
    return sorted(rows, key=lambda row: (row[column] is None, sign * (row[column] or 0), row["name"]))


def model_table(rows: Sequence[Row]) -> str:
    """Return the rows of `model_rows` as text; "" without rows."""
    if not rows:
        return ""
    width = max(len(row["name"]) for row in rows)
    lines = [f"{'name':<{width}}  {'kind':<12}  {'top1':>6}  {'params':>7}  {'FLOPs':>7}  {'input':>5}  distribution"]
    for row in rows:
        top1 = f"{row['top1']:.4f}" if row["top1"] is not None else "-"
        lines.append(f"{row['name']:<{width}}  {row['kind']:<12}  {top1:>6}  {short_number(row['params']):>7}  "
                     f"{short_number(row['flops']):>7}  {row['input_size']:>5}  {row['dist']}")
    return "\n".join(lines)


def short_number(value: Optional[float]) -> str:
    """Return a number with three digits and a unit, e.g. `5.48M` for 5480206; "-" for None."""
    if value is None:
        return "-"
    for factor, unit in ((1e9, "G"), (1e6, "M"), (1e3, "K")):
        if value >= factor:
            return f"{value / factor:.3g}{unit}"
    return f"{value:g}"


def parse_number(text: str) -> float:
    """Parse a number with an optional unit, e.g. `6M`, `4.1G` or `500K`.

    Raises:
        UserError: the text is no number.
    """
    try:
        if text[-1:].upper() in _FACTORS:
            return float(text[:-1]) * _FACTORS[text[-1].upper()]
        return float(text)
    except ValueError:
        raise UserError(f"'{text}' is not a number", do="write 6M, 4.1G or 500K") from None


def _plural(kind: str) -> str:
    return kind + ("es" if kind.endswith("s") else "s")
