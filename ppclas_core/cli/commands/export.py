# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas export`: write a bundle, or list the formats."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Sequence

from ppclas_core.cli.options import SOURCE_HELP, add_model_arguments
from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.json_text import to_json

if TYPE_CHECKING:
    from ppclas_core.bundles.bundle import Bundle


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SRC", nargs="?", help=SOURCE_HELP)
    parser.add_argument("format", metavar="FORMAT", nargs="?", help="export format; --list shows all")
    parser.add_argument("out", metavar="OUT", nargs="?", help="folder of the bundle; an existing bundle is replaced "
                        "(default: <run>-<FORMAT> beside the run or the weights)")
    add_model_arguments(parser)
    parser.add_argument("-o", "--option", action="append", default=[], metavar="KEY=VALUE",
                        help="option of the format (repeatable); 'ppclas info FORMAT' shows the options")
    parser.add_argument("--synthetic-golden", action="store_true",
                        help="store synthetic images in the golden batch instead of validation images")
    parser.add_argument("--list", action="store_true", help="list the formats")
    parser.add_argument("--json", action="store_true", help="print bundle.json, or the list, as JSON")
    return run


def run(args: argparse.Namespace) -> int:
    """Export, or list the formats."""
    if args.list:
        from ppclas_core.bundles.formats import format_rows

        rows = format_rows()
        print(json.dumps(rows, indent=2) if args.json else _table(rows))
        return 0
    if args.format is None:
        raise UserError("SRC and FORMAT are required", do="ppclas export SRC FORMAT OUT; "
                        "'ppclas export --list' shows the formats")
    from ppclas_core.bundles.formats import find_format
    from ppclas_core.export import export

    find_format(args.format)  # a forgotten FORMAT is a path here
    out = args.out or default_folder(args.source, args.format)
    if not args.json:
        console.output_is_optional()
    bundle = export(args.source, args.format, out, real_images=not args.synthetic_golden,
                    model=args.model, labels=args.labels, **read_options(args.option))
    print("\n".join(summary(bundle, out)), file=sys.stderr if args.json else sys.stdout)
    if bundle.facts["parity"]["saturated"]:
        print("ppclas: for some golden images the probabilities of all classes but one round to 0; only their top "
              "class was compared (exports of logits are compared in full)", file=sys.stderr)
    if not bundle.labels:
        print("ppclas: this checkpoint has no class names; predictions show class indices", file=sys.stderr)
    if args.json:
        print(to_json(bundle.facts, indent=2))
    return 0


def default_folder(source: str, format_name: str) -> str:
    """Return the folder of a bundle whose OUT is omitted: `output/ResNet50-onnx` for the run `output/ResNet50`.

    It is beside the run or the weights; for published weights in the working directory.

    Raises:
        UserError: several runs are below the source.
    """
    from ppclas_core.runs.locate import find_run
    from ppclas_core.system.paths import expand_path

    base = find_run(source) or Path(expand_path(source))
    if "://" in source or not base.name:
        base = Path(PurePosixPath(source).name or Path.cwd().name)
    name = base.name.removesuffix(".pdparams").removesuffix(".safetensors")
    return str(base.with_name(f"{name}-{format_name.rpartition(':')[2]}"))


def summary(bundle: Bundle, out: str) -> List[str]:
    """Return lines on the files of a bundle, its verification and its runtime."""
    parity = bundle.facts["parity"]
    differences = ", ".join(f"{batch} {value:.1e}" for batch, value in parity["difference"].items())
    contents, golden = bundle.facts["files"], bundle.facts["golden"]
    size = sum(file["size"] for file in contents.values()) / 1e6
    lines = [f"{out}: {bundle.architecture} as '{bundle.format}', {len(contents)} files, {size:.1f} MB",
             f"verified on {golden['count']} {golden['origin']}: difference of logits / their spread: {differences} "
             f"(limit {parity['limit']:g}); equal classes"]
    runs_with = bundle.facts["details"].get("runs_with")
    return [*lines, f"runs with {runs_with}"] if runs_with else lines


# Any: option values have the types of the exporter's signature
def read_options(pairs: Sequence[str]) -> Dict[str, Any]:
    """Parse `KEY=VALUE` options, e.g. `["legacy=true"]` -> `{"legacy": True}`; values are YAML literals.

    Raises:
        UserError: `=` or the key is missing, a key is given twice, or a value is not valid YAML.
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
            raise UserError(f"--option {pair}: the value is not valid YAML", do="quote the value") from None
    return options


def _table(rows: Sequence[Dict[str, Any]]) -> str:
    width = max(len(row["name"]) for row in rows)
    return "\n".join(f"{row['name']:<{width}}  {row['reason'] or row['doc']}".rstrip() for row in rows)
