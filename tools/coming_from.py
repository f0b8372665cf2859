# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write docs/migration/coming_from.md from the acts of tests/docs/coming_from.py; `--check` compares them instead."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from usage import help_asked

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "tests" / "docs" / "coming_from.py"
PAGE = ROOT / "docs" / "migration" / "coming_from.md"


def page() -> str:
    """Return the content of the page."""
    spec = importlib.util.spec_from_file_location("coming_from_acts", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    text: str = module.page()
    return text


def main() -> int:
    """Write the page, or return 1 if it is stale."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
            print(f"{PAGE} is stale; run: python tools/coming_from.py", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
