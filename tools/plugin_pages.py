# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write the generated parts of the author's guide, and the directory of plugins.

    python tools/plugin_pages.py [--check]

A generated part of a page stands between `<!-- KIND ARGUMENTS -->` and `<!-- end -->`:

    example KIND            the modules and the config that `ppclas new-plugin acme-x --kind KIND` writes
    fields MODULE CLASS     one row per field of a dataclass: type, default, and the meaning from its docstring
    methods MODULE CLASS    one row per public method: arguments and docstring
    directory               one row per first-party plugin

Core is read as source text, so that the page needs no Paddle. `--check` writes nothing and exits with 1 if a page is
stale.
"""

from __future__ import annotations

import ast
import configparser
import importlib
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List

sys.path.insert(0, str(Path(__file__).resolve().parent))
from generated import write_or_check
from usage import help_asked

ROOT = Path(__file__).resolve().parent.parent
PART = re.compile(r"(<!-- (example|fields|methods|directory)((?: [\w.]+)*) -->\n).*?(<!-- end -->\n)", re.DOTALL)
MANY = 8
"""Largest number of components of a kind that the directory names."""
EMPTY = {"dict": "{}", "list": "[]", "tuple": "()"}
"""Factory of a default -> its value."""
LANGUAGES = {".py": "python", ".yaml": "yaml"}


def pages() -> List[Path]:
    """Return the pages that have generated parts."""
    return [path for path in sorted((ROOT / "docs").rglob("*.md")) if PART.search(path.read_text(encoding="utf-8"))]


def filled(text: str) -> str:
    """Return the text of a page with its generated parts renewed."""
    makers = {"example": example, "fields": fields, "methods": methods, "directory": directory}
    return PART.sub(lambda found: found[1] + makers[found[2]](*found[3].split()) + found[4], text)


def example(kind: str) -> str:
    """Return the files of a new plugin that its author edits, as fenced blocks."""
    sys.path.insert(0, str(ROOT))
    from ppclas_core.scaffold import example_commands, plugin_files

    blocks = []
    for path, text in plugin_files("acme-x", kind).items():
        if path.endswith((".py", ".yaml")) and not path.endswith("__init__.py"):
            blocks.append(f"`{path}`:\n\n```{LANGUAGES[Path(path).suffix]}\n{text.strip()}\n```\n")
    commands = "\n".join([f"ppclas new-plugin acme-x --kind {kind}", "pip install ./acme-x",
                          *example_commands("acme-x", kind, "", "acme-x"), "pytest acme-x"])
    return "\n".join([f"```sh\n{commands}\n```\n", *blocks])


def fields(module: str, name: str) -> str:
    """Return the table of the fields of a dataclass."""
    node = _class(module, name)
    meanings = described(ast.get_docstring(node) or "", "Args")
    rows = ["| field | type | default | meaning |", "|---|---|---|---|"]
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            key = field.target.id
            if key not in meanings:
                raise SystemExit(f"{module}.{name}: the docstring has no line for '{key}' under Args")
            rows.append(f"| `{key}` | `{ast.unparse(field.annotation)}` | {_default(field.value)} | {meanings[key]} |")
    return "\n".join(rows) + "\n"


def methods(module: str, name: str) -> str:
    """Return the table of the public methods of a class."""
    rows = ["| method | purpose |", "|---|---|"]
    for node in _class(module, name).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node) or ""
            arguments = {key: value for key, value in described(text, "Args").items() if key != "run"}
            inputs = "; ".join(f"`{key}`: {value.rstrip('.')}" for key, value in arguments.items())
            purpose = re.split(r"\n\n(?=Args:|Raises:)", text)[0]
            rows.append(f"| `{node.name}({_arguments(node)})` | {_cell(f'{purpose} {inputs}')} |")
    return "\n".join(rows) + "\n"


def directory() -> str:
    """Return the table of the first-party plugins: what each provides, by kind."""
    rows = ["| distribution | description | provides |", "|---|---|---|"]
    for setup in sorted((ROOT / "plugins").glob("*/setup.cfg")):
        parser = configparser.RawConfigParser()
        parser.read(setup, encoding="utf-8")
        dist = parser["metadata"]["name"]
        text = re.sub(r",? (for|of) ppclas$", "", parser["metadata"]["description"])
        link = f"[`{dist}`](../../plugins/{dist}/README.md)"
        rows.append(f"| {link} | {_cell(text)} | {'; '.join(provided(setup.parent))} |")
    return "\n".join(rows) + "\n"


def provided(folder: Path) -> Iterator[str]:
    """Yield the names of the components of a plugin in the checkout by kind; the number, where there are many."""
    sys.path[:0] = [str(ROOT), str(folder / "src")]
    from ppclas_core.hookspecs import HOOKS

    module = importlib.import_module(f"{folder.name.replace('-', '_')}.plugin")
    for kind, (hook, _) in HOOKS.items():
        names = [f"`{record.name}`" for record in getattr(module, hook, tuple)()]
        title = kind.replace("_", " ") + ("" if len(names) == 1 else "es" if kind == "loss" else "s")
        if names and kind != "config_dir":
            yield f"{title} {', '.join(names)}" if len(names) <= MANY else f"{len(names)} {title}"


def described(text: str, section: str) -> Dict[str, str]:
    """Return name -> text of a section of a Google docstring; `a, b: text` gives both names the text."""
    found: Dict[str, str] = {}
    names: List[str] = []
    for line in _section(text, section):
        start = re.match(r"([\w, ]+): (.*)", line)
        if start and not line.startswith(" "):
            names = start[1].split(", ")
            found.update(dict.fromkeys(names, _cell(start[2])))
        else:
            found.update({name: f"{found[name]} {_cell(line)}" for name in names})
    return found


def _section(text: str, title: str) -> Iterator[str]:
    """Yield the lines of a section, its indentation removed."""
    inside = False
    for line in text.splitlines():
        if line == f"{title}:":
            inside = True
        elif inside and not line.startswith("    "):
            return
        elif inside:
            yield line[4:]


def _class(module: str, name: str) -> ast.ClassDef:
    tree = ast.parse(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8"))
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def _default(value: object) -> str:
    """Return the default of a field as text."""
    if not isinstance(value, ast.expr):
        return "required"
    if not isinstance(value, ast.Call):
        return f"`{ast.unparse(value)}`"
    given = {word.arg: ast.unparse(word.value) for word in value.keywords}  # dataclasses.field(...)
    return f"`{given.get('default', EMPTY.get(given.get('default_factory', ''), 'computed'))}`"


def _arguments(node: ast.FunctionDef) -> str:
    names = [argument.arg for argument in node.args.args[1:]]
    return ", ".join([*names, *(["*"] if node.args.kwonlyargs else []), *(each.arg for each in node.args.kwonlyargs)])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write the pages, or compare with them; return the exit code."""
    return max(write_or_check(page, filled(page.read_text(encoding="utf-8")), "python tools/plugin_pages.py")
               for page in pages())


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
