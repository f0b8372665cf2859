# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write tests/golden/public_api.txt: every public name of core with its signature, one a line.

    python tools/public_api.py [--check]

The lines are made from the source files; core is not imported. `--check` writes nothing, prints the difference and
exits with 1 if there is one. A name that changes or disappears must stand in backticks below `[Unreleased]` in
CHANGELOG.md before the file is written.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Set

sys.path.insert(0, str(Path(__file__).resolve().parent))
from api_page import CORE, ROOT, documented, parsed, source_file
from usage import help_asked
from versions import CHANGELOG, UNRELEASED

GOLDEN = ROOT / "tests" / "golden" / "public_api.txt"
SHORT = 40
"""Length of the longest value that is part of the interface; longer ones are texts for people."""


def lines() -> List[str]:
    """Return one line for each public name, method, attribute and hook."""
    known = documented()
    found: List[str] = []
    for module, names in known.items():
        for name, origin in names.items():
            found += described(f"{module}.{name}", name, known.get(origin, {}).get(name, origin))
    hooks = parsed(source_file(f"{CORE}.hookspecs")).body
    found += [f"hook {node.name}({parameters(node.args)})" for node in hooks
              if isinstance(node, ast.FunctionDef) and node.name.startswith("ppclas_")]
    return sorted(found, key=subject)


def described(path: str, name: str, origin: str) -> Iterator[str]:
    """Yield the line of a public name, and those of the members of a class.

    Args:
        path: name with its public module.
        name: the name.
        origin: module that defines it.
    """
    for node in parsed(source_file(origin)).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            yield f"def {path}({parameters(node.args)})"
            return
        if isinstance(node, ast.ClassDef) and node.name == name:
            yield from members(path, node)
            return
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = getattr(node, "value", None)
            text = ast.unparse(value) if isinstance(value, ast.Constant) and name != "__version__" else ""
            yield f"value {path}" + (f" = {text}" if 0 < len(text) <= SHORT else "")
            return
    yield f"module {path}"


def members(path: str, node: ast.ClassDef) -> Iterator[str]:
    """Yield the line of a class with the parameters of its constructor, and its public methods and attributes."""
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)]
    methods = {item.name: item for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))}
    is_record = "dataclass" in {_word(item) for item in node.decorator_list} or "NamedTuple" in map(_word, node.bases)
    if is_record:
        arguments = ", ".join(_field(item) for item in fields if not _is_set_later(item))
    else:
        arguments = parameters(methods["__init__"].args, bound=True) if "__init__" in methods else ""
    bases = ", ".join(filter(_is_known, map(_word, node.bases)))
    yield f"class {path}({arguments})" + (f" of {bases}" if bases else "")
    for item in [] if is_record else fields:
        if not _is_private(item.target.id):  # type: ignore[union-attr]  # `fields` has names only
            yield f"attribute {path}.{item.target.id}"  # type: ignore[union-attr]  # as above
    for name, method in methods.items():
        if _is_private(name) and name != "__call__":
            continue
        decorators = {_word(item) for item in method.decorator_list}
        if decorators & {"property", "cached_property"}:
            yield f"attribute {path}.{name}"
        elif "setter" not in decorators:
            yield f"def {path}.{name}({parameters(method.args, bound='staticmethod' not in decorators)})"


def parameters(arguments: ast.arguments, *, bound: bool = False) -> str:
    """Return parameters as text: names, kinds and defaults, without types; `bound` omits the first one."""
    copy = ast.parse(f"def f({ast.unparse(arguments)}): pass").body[0].args  # type: ignore[attr-defined]  # a function
    for item in [*copy.posonlyargs, *copy.args, *copy.kwonlyargs, copy.vararg, copy.kwarg]:
        if item is not None:
            item.annotation = None
    text = ast.unparse(copy)
    return text.partition(", ")[2] if bound else text


def changed(old: List[str], new: List[str]) -> Set[str]:
    """Return the names whose line is gone or different; a new name is no change."""
    return {subject(line) for line in set(old) - set(new)}


def unannounced(names: Set[str], changelog: str) -> List[str]:
    """Return the names that the unreleased changes do not have in backticks."""
    section = changelog.partition(UNRELEASED)[2].partition("\n## [")[0]
    quoted = " ".join(re.findall(r"`([^`]+)`", section))
    return sorted(name for name in names if not re.search(rf"\b{re.escape(name.rpartition('.')[2])}\b", quoted))


def subject(line: str) -> str:
    """Return the full name that a line is about."""
    return re.split(r"[( ]", line.partition(" ")[2])[0]


def _field(item: ast.AnnAssign) -> str:
    name = ast.unparse(item.target)
    if item.value is None:
        return name
    if isinstance(item.value, ast.Call) and _word(item.value.func) == "field":
        options: Dict[str, str] = {str(each.arg): ast.unparse(each.value) for each in item.value.keywords}
        factory = options.get("default_factory", "")
        default = options.get("default", f"{factory}()" if factory else "")
        return f"{name}={default}" if default else name
    return f"{name}={ast.unparse(item.value)}"


def _is_set_later(item: ast.AnnAssign) -> bool:
    return "ClassVar" in ast.unparse(item.annotation) or "init=False" in ast.unparse(item.value or ast.Constant(0))


def _is_known(base: str) -> bool:
    """Return whether a base class is public, or one of Python; others may change."""
    return hasattr(builtins, base) or base == "NamedTuple" or any(base in names for names in documented().values())


def _is_private(name: str) -> bool:
    return name.startswith("_")


def _word(node: ast.expr) -> str:
    """Return the last part of a dotted name, of a call without its arguments."""
    return ast.unparse(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]


def main() -> int:
    """Write the file, or compare with it; return the exit code."""
    old = GOLDEN.read_text(encoding="utf-8").splitlines() if GOLDEN.is_file() else []
    new = lines()
    if "--check" in sys.argv[1:]:
        difference = [line for line in difflib.unified_diff(old, new, "frozen", "now", n=0, lineterm="")
                      if not line.startswith("@@")]
        print("\n".join([*difference, f"{GOLDEN.name} is stale: write the change into {CHANGELOG} and run "
                         "python tools/public_api.py"]) if difference else f"{GOLDEN.name} is current")
        return 1 if difference else 0
    silent = unannounced(changed(old, new), (ROOT / CHANGELOG).read_text(encoding="utf-8"))
    if silent:
        print(f"{GOLDEN.name} is not written. These names change or disappear, but {CHANGELOG} does not have them in "
              f"backticks below '{UNRELEASED}':\n  " + "\n  ".join(silent))
        return 1
    GOLDEN.write_text("\n".join(new) + "\n", encoding="utf-8", newline="\n")
    print(f"wrote {GOLDEN}")
    return 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
