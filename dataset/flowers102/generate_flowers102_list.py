# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Print a list of the 102 flowers; imagelabels.mat and setid.mat must lie in the working directory.

    python generate_flowers102_list.py jpg train > train_list.txt
    python generate_flowers102_list.py jpg valid > val_list.txt
    python generate_flowers102_list.py jpg test > test_list.txt

`ppclas data flowers102 .` writes the three of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> int:
    """Print the lines; 2 for a mistake of the user."""
    from ppclas_core.data.datasets.flowers102 import flower_lines
    from ppclas_core.errors import UserError

    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        lines = flower_lines(Path.cwd(), sys.argv[2], sys.argv[1].rstrip("/"))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
