# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback by which a training tells its search how it goes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Dict, Mapping

from ppclas_core.system import PathText
from ppclas_core.training import Callback


class SearchReport(Callback):
    """Appends a JSON line per evaluation: `epoch` and its metrics, null where they are not finite.

    Args:
        file: path of that file; its folder exists.
    """

    def __init__(self, file: PathText) -> None:
        self.file = Path(file)

    def on_eval_end(self, run: Any, values: Mapping[str, float]) -> None:
        """One line; only the first process of a distributed run writes."""
        if run.rank.number:
            return
        metrics = {name: float(values[name]) for name in (*run.task.logged, "loss")}
        clean = {name: value if math.isfinite(value) else None for name, value in metrics.items()}
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(json.dumps({"epoch": int(values["epoch"]), **clean}) + "\n")


def read_report(file: Path, objective: str) -> Dict[int, float]:
    """epoch -> finite figure, in the order of the epochs; a line that a kill cut short is left out.

    An epoch that was done again after a resume stands with its last figure.
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
