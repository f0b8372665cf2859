# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The version number of all distributions, which move together: read it, change it, close the changelog."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List

CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## [Unreleased]"


def setup_files(root: Path) -> List[Path]:
    """Return setup.cfg of core, of every plugin and of the metapackage."""
    return [root / "setup.cfg", *sorted(root.glob("plugins/*/setup.cfg")), *sorted(root.glob("packaging/*/setup.cfg"))]


def version_files(root: Path) -> List[Path]:
    """Return the files that have the version or a pin of it: setup.cfg, `__init__.py`, the template of new plugins."""
    packages = [root / "ppclas_core" / "__init__.py", *sorted(root.glob("plugins/*/src/*/__init__.py"))]
    return [*setup_files(root), *packages, root / "ppclas_core" / "scaffold" / "layout.py"]


def current_version(root: Path) -> str:
    """Return the version in setup.cfg of core."""
    found = re.search(r"^version = (.+)$", (root / "setup.cfg").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit("setup.cfg has no version")
    return found.group(1)


def check_version(new: str, old: str) -> None:
    """Refuse a version that is not MAJOR.MINOR.PATCH, or not later than the current one.

    Raises:
        SystemExit: it is refused; the message says why.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", new):
        raise SystemExit(f"'{new}' is no version; write MAJOR.MINOR.PATCH, such as 0.2.0")
    if _parts(new) <= _parts(old):
        raise SystemExit(f"{new} is not later than {old}, the version of this checkout")


def set_version(root: Path, new: str) -> List[Path]:
    """Replace the version everywhere, and every pin of one of our distributions; return the changed files.

    A pin is `~=MAJOR.MINOR.0`: before 1.0 a minor version may break the interface of plugins.
    """
    old = current_version(root)
    pin_old, pin_new = ("~=" + ".".join(each.split(".")[:2]) + ".0" for each in (old, new))
    changed = []
    for path in version_files(root):
        text = before = path.read_text(encoding="utf-8")
        if path.name == "setup.cfg":
            text = re.sub(rf"^version = {re.escape(old)}$", f"version = {new}", text, flags=re.MULTILINE)
        if path.name == "__init__.py":
            text = text.replace(f'__version__ = "{old}"', f'__version__ = "{new}"')
        else:  # the template of new plugins has only the pin
            text = re.sub(rf"(ppclas[a-z0-9-]*(?:\[\w+\])?){re.escape(pin_old)}", rf"\g<1>{pin_new}", text)
        if text != before:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def close_changelog(root: Path, new: str, date: str) -> str:
    """Give the unreleased changes of the changelog the version and date; return their text.

    Raises:
        SystemExit: the changelog has no unreleased changes.
    """
    path = root / CHANGELOG
    head, found, rest = path.read_text(encoding="utf-8").partition(UNRELEASED + "\n")
    changes = rest.partition("\n## [")[0].strip()
    if not found or not changes:
        raise SystemExit(f"{CHANGELOG} has nothing below '{UNRELEASED}': say what {new} changes")
    path.write_text(f"{head}{UNRELEASED}\n\n## [{new}] - {date}\n{rest}", encoding="utf-8")
    return changes


def _parts(version: str) -> List[int]:
    return [int(part) for part in version.split(".")]
