# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Difference between the logits of each exported artifact and those of the model, for eight architectures.

    python benchmarks/exporters.py [--models A,B] [--formats C,D] [--trained RUN] [--out FOLDER]

Each artifact is run by the runtime of its format. The weights are deterministic. The images are real photos if
`shared/data/imagenet100` is beside the checkout (PPCLAS_TEST_DATA names its parent), else synthetic. The metric is
max|difference of logits| / standard deviation of the logits over the classes; float formats pass below 0.001 with equal
classes. Every installed format that needs no option is measured.

Int8 formats are measured by accuracy, which needs trained weights: SqueezeNet1_1 with its ImageNet weights, if they are
in `shared/data`, calibrated with and evaluated on the hundred photos, and the run that `--trained` names. With `--out`,
several calls with different models write one table. Duration: about 20 minutes on two cores.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

from ppclas_core.bundles.parity import PARITY_LIMIT

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command_line import benchmark_parser, start
from deterministic import EIGHT, ROOT, deterministic_checkpoint
from results import Row, record

from ppclas_core.bundles.formats import formats
from ppclas_core.bundles.source import find_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.export import export
from ppclas_core.models.checkpoint import Checkpoint

DATA = Path(os.environ.get("PPCLAS_TEST_DATA") or ROOT.parent / "shared" / "data")
PHOTOS = DATA / "imagenet100"


def main() -> int:
    """Print a row per architecture and format; return 1 if one fails."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--models", default=",".join(EIGHT),
                        help="comma-separated architectures for the float formats; '': none")
    parser.add_argument("--formats", default="", help="comma-separated formats; default: all installed ones")
    parser.add_argument("--trained", metavar="RUN", help="run folder whose int8 accuracy is measured too")
    parser.add_argument("--out", type=Path, help="folder for exporters.json and exporters.md; rows are added")
    args = start(parser, "about 20 minutes on two cores")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # the TextIOWrapper of the interpreter
    chosen = [name for name in args.formats.split(",") if name]
    for entry, reason in formats():
        if reason and not chosen:
            print(f"skipped: {entry.record.name}: {reason}")
    names = chosen or [entry.record.name for entry, reason in formats() if not reason]
    rows: List[Dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="ppclas-") as work:
        out = Path(work) / "bundle"
        for model in (name for name in args.models.split(",") if name):
            checkpoint = deterministic_checkpoint(model, Path(work) / model, config=_photos())
            for name in (each for each in names if not each.startswith("quant")):
                rows.append(_float_row(checkpoint, model, name, out))
                _show(rows[-1])
        for name in (each for each in names if each.startswith("quant")):
            real = _squeezenet()
            if real is not None:
                rows.append(_int8_row(real, "SqueezeNet1_1", name, out, calibration=str(PHOTOS / "val"), images=100))
                _show(rows[-1])
            if args.trained:
                rows.append(_int8_row(args.trained, "the trained run", name, out))
                _show(rows[-1])
    if args.out:
        _add(args.out, rows)
    failed = [row for row in rows if not row["passes"]]
    print(f"\n{len(rows) - len(failed)} of {len(rows)} artifacts agree with their model (limit {PARITY_LIMIT:g} for "
          "float32; for formats that round, the limit is in the bundle)")
    return 1 if failed else 0


def _float_row(checkpoint: Path, model: str, name: str, out: Path) -> Dict[str, Any]:
    started = time.perf_counter()
    row: Dict[str, Any] = {"model": model, "format": name}
    try:
        parity = export(checkpoint, name, out).facts["parity"]
    except (UserError, RuntimeError) as error:  # a failing runtime is a row of the table too
        return {**row, "passes": False, "why": str(error), "seconds": time.perf_counter() - started}
    return {**row, "passes": True, "difference": max(parity["difference"].values()), "limit": parity["limit"],
            "saturated": parity["saturated"], "seconds": time.perf_counter() - started}


def _int8_row(source: Union[str, Checkpoint], model: str, name: str, out: Path,
              **options: Any) -> Dict[str, Any]:  # noqa: ANN401 - Any: options of any exporter
    """Measure an int8 format with all layers in int8 and no limit for the loss, which the row reports."""
    started = time.perf_counter()
    row: Dict[str, Any] = {"model": model, "format": name}
    try:
        facts = export(source, name, out, max_drop=1.0, hybrid=False, **options).facts
    except (UserError, RuntimeError) as error:  # a failing runtime is a row of the table too
        return {**row, "passes": False, "why": str(error), "seconds": time.perf_counter() - started}
    details = facts["details"]
    return {**row, "passes": True, "difference": max(facts["parity"]["difference"].values()),
            "limit": facts["parity"]["limit"], "seconds": time.perf_counter() - started,
            **{key: details[key] for key in ("top1", "agreement", "judged", "megabytes")}}


def _show(row: Dict[str, Any]) -> None:
    """Print a row, and record its values."""
    print(_line(row))
    case = f"{row['model']}: difference of logits" if row["passes"] else f"{row['model']}: exports that fail"
    if not row["passes"]:
        record(Row(case, row["format"], 1, "failure", goal=0, less=True))
        return
    record(Row(case, row["format"], row["difference"], "standard deviations", goal=row["limit"], less=True))
    for precision, top1 in row.get("top1", {}).items():
        record(Row(f"{row['model']}: accuracy in {row['format']}", precision, top1, "top-1"))


def _line(row: Dict[str, Any]) -> str:
    """Return the printed line of a row."""
    text = f"{row['difference']:.1e}  (limit {row['limit']:g})" if row["passes"] else f"fails: {row['why']}"
    if row.get("saturated"):
        text += "  saturated: for some images only the top-1 class was compared"
    if "top1" in row:
        text += (f"  top-1 {row['top1']['float']:.4f} -> {row['top1']['int8']:.4f}, agreement {row['agreement']:.3f} "
                   f"on {row['judged']['images']}; {row['megabytes']['float']} -> {row['megabytes']['int8']} MB")
    return f"{row['model']:<24}{row['format']:<16}{row['seconds']:>6.1f} s  {text}"


def _add(folder: Path, rows: List[Dict[str, Any]]) -> None:
    """Replace the rows of the same models and formats in a file, and write the table of differences."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "exporters.json"
    old = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    new = {(row["model"], row["format"]): row for row in [*old, *rows]}
    file.write_text(json.dumps(list(new.values()), indent=1) + "\n", encoding="utf-8")
    models = list(dict.fromkeys(model for model, _ in new))
    kinds = sorted({kind for _, kind in new if not kind.startswith("quant")})
    lines = [f"| | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|"]
    for model in models:
        cells = [new.get((model, kind)) for kind in kinds]
        if any(cells):
            lines.append(f"| {model} | {' | '.join(map(_cell, cells))} |")
    (folder / "exporters.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(row: Optional[Dict[str, Any]]) -> str:
    if row is None:
        return "-"
    if not row["passes"]:
        return "fails"
    return "class" if row.get("saturated") else f"{row['difference']:.0e}"


def _photos() -> Dict[str, Any]:
    """Return VALID of a config with the real photos of `shared/data`, or {} if they are missing."""
    if not (PHOTOS / "val_list.txt").is_file():
        print("imagenet100 is missing beside the checkout: synthetic images are used")
        return {}
    return {"VALID": {"file_list": str(PHOTOS / "val_list.txt"), "data_dir": str(PHOTOS)}}


def _squeezenet() -> Optional[Checkpoint]:
    """Return the checkpoint of SqueezeNet1_1 with ImageNet weights, or None if it is missing."""
    prefix = DATA / "weights" / "SqueezeNet1_1" / "SqueezeNet1_1_pretrained"
    if not prefix.with_suffix(".pdparams").is_file() or not PHOTOS.is_dir():
        print("weights of SqueezeNet1_1 are missing beside the checkout: int8 accuracy is not measured")
        return None
    checkpoint = find_checkpoint(prefix, model="SqueezeNet1_1")
    return checkpoint._replace(meta=dataclasses.replace(checkpoint.meta, config=_photos()))


if __name__ == "__main__":
    raise SystemExit(main())
