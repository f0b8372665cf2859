# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write ppclas_core/plugins/first_party.json: the names that each first-party distribution provides.

    python tools/make_index.py [--check]

Reads the records of every plugin in this checkout. `--check` writes nothing and exits with 1 if the file is stale.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Dict, List, Set

sys.path.insert(0, str(Path(__file__).resolve().parent))
from generated import write_or_check
from usage import help_asked

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "ppclas_core" / "plugins" / "first_party.json"


def index() -> Dict[str, Dict[str, List[str]]]:
    """Return sorted names (with aliases and weights entries) per distribution, by kind or role."""
    sys.path.insert(0, str(ROOT))
    from ppclas_core.hookspecs import HOOKS

    result: Dict[str, Dict[str, List[str]]] = {}
    for plugin in sorted((ROOT / "plugins").glob("*/src/*/plugin.py")):
        dist = plugin.parents[2].name
        sys.path.insert(0, str(plugin.parents[1]))
        module = importlib.import_module(f"{plugin.parent.name}.plugin")
        for kind, (hook, _) in HOOKS.items():
            if kind == "config_dir" or not hasattr(module, hook):
                continue
            names: Set[str] = set()
            for record in getattr(module, hook)():
                names.update([record.name, *getattr(record, "aliases", ())])
                names.update(weights.name for weights in getattr(record, "weights", ()))
            result.setdefault(kind, {})[dist] = sorted(names)
        for role, provided in _roles(module).items():
            if provided:
                result.setdefault(role, {})[dist] = sorted(provided)
    return result


def _roles(module: ModuleType) -> Dict[str, List[str]]:
    """Return the names for which core recommends an installation: ops by level, config keys that need a callback."""
    ops = list(getattr(module, "ppclas_ops", tuple)())
    callbacks = list(getattr(module, "ppclas_callbacks", tuple)())
    return {"decoder": [op.name for op in ops if op.level == "decode"],
            "batch_op": [op.name for op in ops if op.level == "batch"],
            "config_key": [callback.enabled_by for callback in callbacks if callback.enabled_by]}


def main() -> int:
    """Write the file, or compare with it; return the exit code."""
    return write_or_check(INDEX, json.dumps(index(), indent=1) + "\n", "python tools/make_index.py")


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
