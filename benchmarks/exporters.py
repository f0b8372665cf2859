# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Does every exporter's artefact, run by its own consumer, answer as the model does? A table over eight architectures.

    python benchmarks/exporters.py [--models A,B] [--formats C,D] [--out FOLDER]

Deterministic weights; real photos where `shared/data/imagenet100` lies beside the checkout (PPCLAS_TEST_DATA names its
parent), else synthetic ones. The figure is max|difference of logits| over their standard deviation over classes; float
formats pass below 0.001 with equal classes. Int8 formats are judged by accuracy, which such weights have not:
their table is that of a trained model (`ppclas export` prints it).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List

sys.path.insert(0, str(Path(__file__).resolve().parent))
from deterministic import EIGHT, ROOT, deterministic_checkpoint

from ppclas_core.errors import UserError
from ppclas_core.export import export
from ppclas_core.export.formats import formats
from ppclas_core.export.parity import LIMIT


def main() -> int:
    """Print a row per architecture and format; 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", default=",".join(EIGHT))
    parser.add_argument("--formats", default="", help="default: all that are installed, without int8")
    parser.add_argument("--out", type=Path, help="folder for exporters.json")
    args = parser.parse_args()
    found = [(entry.record.name, reason) for entry, reason in formats()]
    chosen = [name for name in args.formats.split(",") if name]
    names = chosen or [name for name, reason in found if not reason and not name.startswith("quant")]
    for name, reason in found:
        if reason and not chosen:
            print(f"{name} is left out: {reason}")
    rows: List[Dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="ppclas-") as work:
        for model in args.models.split(","):
            checkpoint = deterministic_checkpoint(model, Path(work) / model, config=_photos())
            for name in names:
                rows.append(_row(checkpoint, model, name, Path(work) / "bundle"))
                print(_line(rows[-1]), flush=True)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "exporters.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    bad = [row for row in rows if not row["passes"]]
    print(f"\n{len(rows) - len(bad)} of {len(rows)} artefacts answer as their model does (limit {LIMIT:g} for float32, "
          "as bundles say for formats that round)")
    return 1 if bad else 0


def _row(checkpoint: Path, model: str, name: str, out: Path) -> Dict[str, Any]:
    started = time.perf_counter()
    row: Dict[str, Any] = {"model": model, "format": name}
    try:
        parity = export(checkpoint, name, out).facts["parity"]
    except UserError as error:
        return {**row, "passes": False, "why": str(error), "seconds": time.perf_counter() - started}
    return {**row, "passes": True, "difference": max(parity["difference"].values()), "limit": parity["limit"],
            "seconds": time.perf_counter() - started}


def _line(row: Dict[str, Any]) -> str:
    figure = f"{row['difference']:.1e}  (limit {row['limit']:g})" if row["passes"] else f"FAILS: {row['why']}"
    return f"{row['model']:<24}{row['format']:<16}{row['seconds']:>6.1f} s  {figure}"


def _photos() -> Dict[str, Any]:
    """VALID of a config: the photos that are not part of the project, where they are."""
    folder = Path(os.environ.get("PPCLAS_TEST_DATA") or ROOT.parent / "shared" / "data") / "imagenet100"
    if not (folder / "val_list.txt").is_file():
        print("no imagenet100 beside the checkout: synthetic images")
        return {}
    return {"VALID": {"file_list": str(folder / "val_list.txt"), "data_dir": str(folder)}}


if __name__ == "__main__":
    raise SystemExit(main())
