# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Installed export formats, and the requirements that the unusable ones lack."""

from __future__ import annotations

import importlib.util
from typing import Any, Dict, List, NamedTuple

import importlib_metadata
from packaging.requirements import InvalidRequirement, Requirement

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import Entry, catalogue, first_party
from ppclas_core.plugins.discover import canonical
from ppclas_core.plugins.install import how_to_install
from ppclas_core.system.environments import why_not


class Format(NamedTuple):
    """Format: its entry in the catalogue, and why it is unusable here ("" if it is usable)."""

    entry: Entry
    reason: str


def formats() -> List[Format]:
    """Return all installed formats, sorted by name, without importing them."""
    entries = sorted(catalogue().entries("exporter"), key=lambda entry: str(entry.record.name))
    return [Format(entry, unmet_requirement(entry)) for entry in entries]


def not_installed() -> Dict[str, str]:
    """Return name -> distribution of the first-party formats that are not installed."""
    here = {name for entry in catalogue().entries("exporter") for name in (entry.record.name, *entry.record.aliases)}
    return {name: dist for name, dist in sorted(first_party().get("exporter", {}).items()) if name not in here}


def format_rows() -> List[Dict[str, Any]]:
    """Return one row per format, installed or first-party.

    Keys: name, aliases, dist, doc, available (bool), reason (why it is unavailable, else "").
    """
    rows = [{"name": entry.record.name, "aliases": list(entry.record.aliases), "dist": entry.dist,
             "doc": entry.record.doc, "available": not reason, "reason": reason} for entry, reason in formats()]
    rows += [{"name": name, "aliases": [], "dist": dist, "doc": "", "available": False,
              "reason": f"not installed ({how_to_install(dist)})"} for name, dist in not_installed().items()]
    return rows


def find_format(name: str) -> Entry:
    """Return the entry of a usable format.

    Raises:
        UserError: the format is unknown, or a requirement is missing.
    """
    entry = catalogue().find("exporter", name)
    reason = unmet_requirement(entry)
    if reason:
        raise UserError(f"the format '{name}' is not available here: {reason}", do="'ppclas export --list' shows all")
    return entry


def unmet_requirement(entry: Entry) -> str:
    """Return the missing requirements of a format with the command that installs them; "" if none are missing."""
    missing = []
    for requirement in entry.record.requires:
        module, _, package = requirement.partition(":")
        if not _importable(module):
            missing.append(package or module)
    if not missing:
        return "" if entry.record.environment is None else why_not(entry.record.environment)
    excluded = [package for package in missing if _is_excluded(entry.dist, package)]
    if excluded:
        return f"{', '.join(excluded)} has no release for this Python or system"
    return f"it needs {', '.join(missing)} (pip install {' '.join(missing)})"


def _importable(module: str) -> bool:
    """Return whether a module can be found; the parents of a dotted name are imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except KeyboardInterrupt:
        raise
    except BaseException:  # the parent is missing or fails to import
        return False


def _is_excluded(dist: str, package: str) -> bool:
    """Return whether the distribution requires the package only under a marker that is false here."""
    try:
        lines = importlib_metadata.distribution(dist).requires or []
        wanted = [Requirement(line) for line in lines]
    except (importlib_metadata.PackageNotFoundError, InvalidRequirement):  # a one-file plugin has no metadata
        return False
    markers = [item.marker for item in wanted if canonical(item.name) == canonical(package)]
    return bool(markers) and all(marker is not None and not marker.evaluate({"extra": ""}) for marker in markers)
