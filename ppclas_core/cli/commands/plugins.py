# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas plugins`: what is installed, what it provides, what failed and why."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Callable, Dict, List

from ppclas_core.api import API_VERSION
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Catalogue, Entry, catalogue, resolve


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="one JSON array on standard output")
    parser.add_argument("--check", action="store_true",
                        help="import every target too, and exit with 1 when something fails or conflicts")
    return run


def run(args: argparse.Namespace) -> int:
    """Print the table; the exit code is 0, or 1 when `--check` finds something."""
    known = catalogue()
    rows = describe(known)
    problems = [str(failure) for failure in known.failures] + known.unknown_choices + known.conflicts()
    if args.check:
        problems += broken_targets(known)
    if args.json:
        print(json.dumps(rows, indent=2))
    else:
        print(table(rows))
    for problem in problems:
        print(f"problem: {problem}", file=sys.stderr if args.json else sys.stdout)
    if args.check and not problems:
        print("all plugins are sound", file=sys.stderr if args.json else sys.stdout)
    return 1 if args.check and problems else 0


def describe(known: Catalogue) -> List[Dict[str, Any]]:
    """Return a row for every plugin.

    Keys: name, dist, version, api, status (`ok`, `partial`, `failed`, `disabled`), error, hooks, provides (kind ->
    names).
    """
    rows: List[Dict[str, Any]] = []
    failed = {failure.dist: failure for failure in known.failures}
    for plugin in known.plugins:
        provides: Dict[str, List[str]] = {}
        for kind, record in plugin.records:
            provides.setdefault(kind, []).append(record.name)
        failure = failed.pop(plugin.dist, None)
        rows.append({"name": plugin.entry, "dist": plugin.dist, "version": plugin.version, "api": API_VERSION,
                     "status": "partial" if failure else "ok", "error": str(failure) if failure else "",
                     "hooks": plugin.hooks, "provides": provides})
    for failure in failed.values():
        rows.append({"name": failure.dist, "dist": failure.dist, "version": failure.version, "api": None,
                     "status": "failed", "error": str(failure), "hooks": [], "provides": {}})
    for found in known.disabled:
        rows.append({"name": found.name, "dist": found.dist, "version": found.version, "api": None,
                     "status": "disabled", "error": "PPCLAS_PLUGINS or PPCLAS_DISABLE_PLUGINS leaves it out",
                     "hooks": [], "provides": {}})
    return rows


def table(rows: List[Dict[str, Any]]) -> str:
    """Return the rows as text."""
    lines = []
    width = max(len(f"{row['dist']} {row['version']}") for row in rows)
    for row in rows:
        counts = ", ".join(f"{len(names)} {_plural(kind) if len(names) > 1 else kind}"
                           for kind, names in row["provides"].items())
        label = f"{row['dist']} {row['version']}"
        lines.append(f"{label:<{width}}  {row['status']:<8}  {counts}".rstrip())
    return "\n".join(lines)


def _plural(kind: str) -> str:
    return kind + ("es" if kind.endswith("s") else "s")


def broken_targets(known: Catalogue) -> List[str]:
    """One line for each target that cannot be imported."""
    lines = []
    for plugin in known.plugins:
        for kind, record in plugin.records:
            owner = Entry(kind, record, plugin.dist, plugin.version).component
            targets = [getattr(record, attribute, "") for attribute in ("target", "load", "weight_names")]
            for target in dict.fromkeys(filter(None, targets)):
                try:
                    resolve(target, owner=owner)
                except UserError as error:
                    lines.append(str(error))
    return lines
