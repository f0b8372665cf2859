# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback that reports the evaluations of a trial to its search."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Mapping

from ppclas_core.system import PathText
from ppclas_core.training import Callback

if TYPE_CHECKING:
    from ppclas_core.training import Trainer


class SearchReport(Callback):
    """Callback that writes one JSON line per evaluation: `epoch` and the metrics, null if they are not finite.

    Args:
        file: path of the file; its folder must exist.
    """

    def __init__(self, file: PathText) -> None:
        self.file = Path(file)

    def on_eval_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Append one line to the file, in rank 0 only."""
        if run.rank.number:
            return
        metrics = {name: float(values[name]) for name in (*run.task.logged, "loss")}
        clean = {name: value if math.isfinite(value) else None for name, value in metrics.items()}
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(json.dumps({"epoch": int(values["epoch"]), **clean}) + "\n")


def read_report(file: Path, objective: str) -> Dict[int, float]:
    """Return the finite values of the objective by epoch, in the order of the epochs; {} without a file.

    A truncated line, as a killed process leaves it, is skipped. If a resumed run repeated an epoch, its last value
    counts.
    """
    found: Dict[int, float] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            values = json.loads(line)
        except ValueError:
            continue
        if values.get(objective) is not None:
            found[values["epoch"]] = values[objective]
    return dict(sorted(found.items()))
