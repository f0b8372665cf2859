# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Values that a benchmark measures: one `Row` each, which `benchmarks/run.py` collects."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import List, NamedTuple, Optional

ROWS_FILE = "PPCLAS_BENCHMARK_ROWS"
"""Environment variable: path of the file to which a benchmark appends its rows."""


class Row(NamedTuple):
    """One measured value.

    Args:
        case: what is measured, such as `ResNet50, 224 px, batch 8`; rows of one case and unit are compared.
        name: measured variant or peer, such as `trainer, default` or `torch`.
        value: median.
        unit: unit of the value, such as `images/s`.
        peer: name of the row whose value the ratio refers to; "": there is no ratio.
        ratio: value divided by that of the peer.
        goal: bound of the ratio, or of the value if there is no ratio; None: there is no goal.
        less: smaller is better, and the goal is an upper bound; else a lower bound.
        megabytes: peak memory of the process, if it was measured.
    """

    case: str
    name: str
    value: float
    unit: str
    peer: str = ""
    ratio: Optional[float] = None
    goal: Optional[float] = None
    less: bool = False
    megabytes: Optional[float] = None

    @property
    def met(self) -> Optional[bool]:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        measured = self.value if self.ratio is None else self.ratio
        return measured <= self.goal if self.less else measured >= self.goal


def record(row: Row) -> None:
    """Append a row to the file of `ROWS_FILE`, if there is one; a benchmark that is stopped keeps its rows."""
    file = os.environ.get(ROWS_FILE)
    if file:
        with open(file, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(row._asdict()) + "\n")


def read_rows(file: Path) -> List[Row]:
    """Return the rows of a file; none if it does not exist."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Row(**json.loads(line)) for line in lines]
