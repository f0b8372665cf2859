# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An import stands inside a function for a reason, which the docstring of its package gives.

A paragraph `Imports inside functions: ...` in the `__init__.py` of a package covers the package and those below it that
have no such paragraph. The paragraph of `ppclas_core` covers its own modules only.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Dict, List, Optional

from tests.structure.sources import ROOT, functions, location, parsed, source_files

PARAGRAPH = re.compile(r"(?:^|\n\n)Imports inside functions: \S")


def gives_reason(package: Path) -> bool:
    """Return whether the docstring of a package has the paragraph."""
    return bool(PARAGRAPH.search(ast.get_docstring(parsed(package / "__init__.py")) or ""))


def imports_inside_functions(path: Path) -> List[str]:
    """Return the locations of the imports inside functions of a file."""
    found = {location(path, node) for _, function in functions(path) for node in ast.walk(function)
             if isinstance(node, (ast.Import, ast.ImportFrom))}
    return sorted(found)


def covering(path: Path) -> Optional[Path]:
    """Return the nearest package of a file that gives the reason, or None."""
    core = ROOT / "ppclas_core"
    for package in path.parents:
        if not (package / "__init__.py").is_file() or (package == core and path.parent != core):
            return None
        if gives_reason(package):
            return package
    return None


def test_every_package_with_imports_inside_functions_says_why() -> None:
    missing: Dict[str, List[str]] = defaultdict(list)
    for path in source_files():
        if covering(path) is None and (found := imports_inside_functions(path)):
            missing[str(path.parent.relative_to(ROOT))] += found
    assert not missing, "\n".join(f"{package}: {', '.join(found)}" for package, found in missing.items())


def test_no_package_gives_a_reason_for_nothing() -> None:
    used = {covering(path) for path in source_files() if imports_inside_functions(path)}
    idle = [str(path.parent.relative_to(ROOT)) for path in source_files()
            if path.name == "__init__.py" and gives_reason(path.parent) and path.parent not in used]
    assert not idle, f"these packages have no import inside a function: {', '.join(idle)}"
