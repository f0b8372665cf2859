# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Pack the reference tables of published weights into the golden files of each models plugin.

    python tools/pack_golden.py REFERENCE_FOLDER

REFERENCE_FOLDER holds INDEX.tsv, one <architecture>.tsv each, and logits.tsv. Each plugin names its architectures
in its records; their rows go to plugins/<dist>/tests/golden/.
"""

from __future__ import annotations

import csv
import importlib
import lzma
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from usage import help_asked

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ["architecture", "shape", "kind", "name_2020", "key_2_0", "key_2_1"]


def pack(reference: Path, plugin: Path) -> int:
    """Write names.tsv.xz and logits.tsv of one plugin, and return the number of architectures."""
    package = next((plugin / "src").glob("*/plugin.py")).parent.name
    sys.path.insert(0, str(plugin / "src"))
    records = list(importlib.import_module(f"{package}.plugin").ppclas_backbones())
    with open(reference / "INDEX.tsv", encoding="utf-8") as file:
        gains = {row["architecture"]: row["gain"] for row in csv.DictReader(file, delimiter="\t")}
    golden = plugin / "tests" / "golden"
    golden.mkdir(parents=True, exist_ok=True)
    names = sorted(record.name for record in records if record.name in gains)
    with lzma.open(golden / "names.tsv.xz", "wt", encoding="utf-8", newline="", preset=9) as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in names:
            with open(reference / f"{name}.tsv", encoding="utf-8") as file:
                rows = sorted(csv.DictReader(file, delimiter="\t"), key=lambda row: row["name_2020"])
            writer.writerows([name, *(row[column] for column in COLUMNS[1:])] for row in rows)
    with open(reference / "logits.tsv", encoding="utf-8") as file, \
            open(golden / "logits.tsv", "w", encoding="utf-8", newline="") as out:
        table = csv.DictReader(file, delimiter="\t")
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        logits = [f"logit{k}" for k in range(8)]
        writer.writerow(["architecture", "gain", "size", "row", "std_over_classes", *logits])
        for row in table:
            if row["architecture"] in names:
                picked = [row[column] for column in ("size", "row", "std_over_classes", *logits)]
                writer.writerow([row["architecture"], gains[row["architecture"]], *picked])
    return len(names)


def main() -> int:
    """Pack every models plugin."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    for plugin in sorted((ROOT / "plugins").glob("ppclas-models-*")):
        if len(sys.argv) == 2 or plugin.name in sys.argv[2:]:
            print(f"{plugin.name}: {pack(Path(sys.argv[1]), plugin)} architectures")
    return 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
