# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Draw docs/images/architecture.svg: the layers of core, with the purpose of each package.

    python tools/draw_architecture.py [--check]

The layers are those of the import-linter contract in pyproject.toml; the texts are the docstrings of the packages.
`--check` writes nothing and exits with 1 if the diagram is stale.
"""

from __future__ import annotations

import ast
import html
import re
import sys
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))
from generated import write_or_check
from usage import help_asked

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "ppclas_core"
TARGET = ROOT / "docs" / "images" / "architecture.svg"

WIDTH, ROW, GAP, LABEL = 860, 30, 6, 150
HIDDEN = ("engine",)
"""Packages with deprecated names only."""


def layers() -> List[List[str]]:
    """Return the layers of core, highest first, each a list of packages or modules."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^layers = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    if block is None:
        raise SystemExit("pyproject.toml has no layers contract")
    rows = [re.split(r"\s*[:|]\s*", row) for row in re.findall(r'"([^"]+)"', block.group(1))]
    return [shown for row in rows if (shown := [name.strip("() ") for name in row if name.strip("() ") not in HIDDEN])]


def purpose(name: str) -> str:
    """Return the first line of the docstring of a package or module, without its final stop."""
    base = CORE.joinpath(*name.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.splitlines()[0].rstrip(".").replace("`", "") if docstring else ""


def draw(rows: List[List[str]]) -> str:
    """Return the diagram as SVG: one band per layer, one line per package."""
    parts, y = [], GAP
    for number, row in enumerate(rows):
        height = ROW * len(row)
        parts.append(f'<rect x="{GAP}" y="{y}" width="{WIDTH - 2 * GAP}" height="{height}" rx="5" '
                     f'fill="{("#eef3fa", "#e2ebf6")[number % 2]}"/>')
        for index, name in enumerate(row):
            line = y + ROW * index + ROW // 2 + 5
            parts.append(f'<text x="{2 * GAP + 4}" y="{line}" font-weight="600">{html.escape(name)}</text>')
            parts.append(f'<text x="{LABEL}" y="{line}" fill="#40474f">{html.escape(_shorten(purpose(name)))}</text>')
        y += height + GAP
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" '
            'role="img" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#12161b">\n'
            "<title>Layers of ppclas-core: a package imports from its own layer and from those below</title>\n"
            f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>\n')
    return head + "\n".join(parts) + "\n</svg>\n"


def _shorten(text: str, limit: int = 108) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + " ..."


def main() -> int:
    """Write the diagram, or compare with it; return the exit code."""
    return write_or_check(TARGET, draw(layers()), "python tools/draw_architecture.py")


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
