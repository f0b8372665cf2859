# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas export`: write a bundle, or list the formats."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Callable, Dict, List

from ppclas_core.cli.source_option import SOURCE_HELP, add_model_arguments
from ppclas_core.errors import UserError
from ppclas_core.plugins.install import how_to_install
from ppclas_core.system import console
from ppclas_core.system.json_text import to_json


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SRC", nargs="?", help=SOURCE_HELP)
    parser.add_argument("format", metavar="FORMAT", nargs="?", help="one of those that --list shows")
    parser.add_argument("out", metavar="OUT", nargs="?", help="folder of the bundle; a bundle there is replaced")
    add_model_arguments(parser)
    parser.add_argument("-o", "--option", action="append", default=[], metavar="KEY=VALUE",
                        help="option of the format (repeatable); 'ppclas info FORMAT' shows them")
    parser.add_argument("--synthetic-golden", action="store_true",
                        help="put no image of the validation list into the bundle's golden batch")
    parser.add_argument("--list", action="store_true", help="list the formats")
    parser.add_argument("--json", action="store_true", help="print bundle.json, or the list, as JSON")
    return run


def run(args: argparse.Namespace) -> int:
    """Export, or list."""
    if args.list:
        rows = list_formats()
        print(json.dumps(rows, indent=2) if args.json else _table(rows))
        return 0
    if args.out is None:
        raise UserError("export needs a source, a format and a folder", do="ppclas export SRC FORMAT OUT; "
                        "'ppclas export --list' shows the formats")
    from ppclas_core.export import export

    if not args.json:
        console.output_is_optional()
    bundle = export(args.source, args.format, args.out, real_images=not args.synthetic_golden,
                    model=args.model, labels=args.labels, **read_options(args.option))
    parity = bundle.facts["parity"]
    figures = ", ".join(f"{batch} {value:.1e}" for batch, value in parity["difference"].items())
    contents, golden = bundle.facts["files"], bundle.facts["golden"]
    size = sum(file["size"] for file in contents.values()) / 1e6
    print(f"{args.out}: {bundle.architecture} as '{bundle.format}', {len(contents)} files, {size:.1f} MB\n"
          f"verified on {golden['count']} {golden['origin']}: difference of logits over their spread: {figures} "
          f"(limit {parity['limit']:g}); equal classes", file=sys.stderr if args.json else sys.stdout)
    runs_with = bundle.facts["details"].get("runs_with")
    if runs_with:
        print(f"runs with {runs_with}", file=sys.stderr if args.json else sys.stdout)
    if parity["saturated"]:
        print("ppclas: the model is so sure of some of these images that all probabilities but one round to nothing; "
              "of them only the first class was compared (exports of logits are compared whole)", file=sys.stderr)
    if not bundle.labels:
        print("ppclas: this checkpoint has no class names; predictions will show numbers", file=sys.stderr)
    if args.json:
        print(to_json(bundle.facts, indent=2))
    return 0


def read_options(pairs: List[str]) -> Dict[str, Any]:
    """`["legacy=true"]` -> `{"legacy": True}`; values are YAML literals.

    Raises:
        UserError: no `=`, an empty key, a key given twice, or a value that is no YAML.
    """
    import yaml

    options: Dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key or key in options:
            reason = "is given twice" if key in options else "is not KEY=VALUE"
            raise UserError(f"--option {pair}: {reason}", do="e.g. --option legacy=true")
        try:
            options[key] = yaml.safe_load(text)
        except yaml.YAMLError:
            raise UserError(f"--option {pair}: the value is no YAML literal", do="quote it") from None
    return options


def list_formats() -> List[Dict[str, Any]]:
    """All formats: name, other names, distribution, description, and why it cannot be used ("" when it can)."""
    from ppclas_core.bundles.formats import formats, not_installed

    rows = [{"name": entry.record.name, "aliases": list(entry.record.aliases), "dist": entry.dist,
             "doc": entry.record.doc, "available": not reason, "reason": reason} for entry, reason in formats()]
    rows += [{"name": name, "aliases": [], "dist": dist, "doc": "", "available": False,
              "reason": f"not installed ({how_to_install(dist)})"} for name, dist in not_installed().items()]
    return rows


def _table(rows: List[Dict[str, Any]]) -> str:
    width = max(len(row["name"]) for row in rows)
    return "\n".join(f"{row['name']:<{width}}  {row['reason'] or row['doc']}".rstrip() for row in rows)
