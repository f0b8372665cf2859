# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Count parameters and FLOPs of the architectures of a models plugin, for the literals in its records.

    python tools/count_flops.py ppclas-models-mobile [ARCHITECTURE ...]

FLOPs are those of one image of `input_size` (see `ppclas_core.nn.flops`). Exit code 1 if a record differs.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))
from usage import help_asked

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: List[str]) -> int:
    """Print parameters and FLOPs of each architecture; return 1 if a record differs."""
    if not arguments:
        print(__doc__)
        return 2
    from ppclas_core.nn.flops import count_flops, count_params
    from ppclas_core.testing.published import build

    source = ROOT / "plugins" / arguments[0] / "src"
    sys.path.insert(0, str(source))
    package = next(source.glob("*/plugin.py")).parent.name
    mismatches = 0
    for record in importlib.import_module(f"{package}.plugin").ppclas_backbones():
        if arguments[1:] and record.name not in arguments[1:]:
            continue
        model = build(record)
        params, flops = count_params(model), count_flops(model, record.input_size)
        differs = (params, flops) != (record.params, record.flops)
        mismatches += differs
        remark = f"   differs from the record: {record.params} and {record.flops}" if differs else ""
        print(f"{record.name}\t{params}\t{flops}{remark}", flush=True)
    return 1 if mismatches else 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main(sys.argv[1:]))
