# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Find the installed plugins from metadata alone, in a fixed order, and gate each before anything is imported."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

import importlib_metadata

from ppclas_core.api import API_VERSION, ENTRY_POINT_GROUP

DIRECT_GROUPS = {
    "ppclas.backbones": "backbone",
    "ppclas.ops": "op",
    "ppclas.losses": "loss",
    "ppclas.lr_schedules": "lr_schedule",
    "ppclas.exporters": "exporter",
}
"""Entry-point groups that name one class each, without a hook: group -> kind."""

_PLUGIN_GROUP = re.compile(r"ppclas\.plugins\.v(\d+)")
_PLAIN_BOUND = re.compile(r"(>=|<)\s*(\d+(?:\.\d+)*)")
_CORE_REQUIREMENT = re.compile(r"ppclas[-_.]core\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?", re.IGNORECASE)


class Found(NamedTuple):
    """One entry point of one installed distribution; nothing of it has been imported."""

    dist: str
    version: str
    group: str
    name: str
    value: str
    needs: Tuple[str, ...] = ()
    """Version specifiers of its requirements on ppclas-core."""

    @property
    def kind(self) -> str:
        """`plugin`, or the kind of a directly registered class."""
        return DIRECT_GROUPS.get(self.group, "plugin")


@dataclass(frozen=True)
class PluginFailure:
    """A plugin that did not load, and where it stopped.

    Args:
        dist, version: the distribution.
        phase: `api`, `requires`, `import`, `register`, `call` or `record`.
        error: message of one line.
    """

    dist: str
    version: str
    phase: str
    error: str

    def __str__(self) -> str:
        return f"plugin {self.dist} {self.version} is installed but could not be loaded ({self.phase}): {self.error}"


def canonical(name: str) -> str:
    """Distribution name in the normal form of PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find() -> List[Found]:
    """All entry points of all distributions that concern ppclas, sorted; a distribution met twice counts once."""
    seen: Dict[str, None] = {}
    found: List[Found] = []
    for dist in importlib_metadata.distributions():
        text = dist.read_text("entry_points.txt")
        if not text or "ppclas." not in text:  # parsing every distribution's entry points would double the cost
            continue
        header = _header(dist)
        name = canonical(header["Name"][0])
        if name in seen:  # the same folder twice on sys.path
            continue
        seen[name] = None
        for entry in dist.entry_points:
            if _PLUGIN_GROUP.fullmatch(entry.group) or entry.group in DIRECT_GROUPS:
                needs = tuple(_core_requirements(header["Requires-Dist"]))
                found.append(Found(name, header["Version"][0], entry.group, entry.name, entry.value, needs))
    return sorted(found)


def chosen(found: Found, environment: Mapping[str, str] = os.environ) -> bool:
    """False when `PPCLAS_PLUGINS` or `PPCLAS_DISABLE_PLUGINS` exclude this plugin (by distribution or entry name)."""
    names = {found.dist, found.name}
    if "PPCLAS_PLUGINS" in environment and not names & set(_words(environment["PPCLAS_PLUGINS"])):
        return False
    return not names & set(_words(environment.get("PPCLAS_DISABLE_PLUGINS", "")))


def gate(found: Found, core_version: str) -> Tuple[str, str]:
    """`(phase, error)` when the plugin must not be imported, else `("", "")`."""
    group = _PLUGIN_GROUP.fullmatch(found.group)
    if group and found.group != ENTRY_POINT_GROUP:
        return "api", f"built for plugin API v{group.group(1)}; this ppclas-core has v{API_VERSION}"
    for specifier in found.needs:
        fits = _fits(core_version, specifier)
        if fits is None:
            return "requires", f"unreadable requirement 'ppclas-core {specifier}'"
        if not fits:
            return "requires", f"needs ppclas-core {specifier}; installed is {core_version}"
    return "", ""


def _fits(version: str, specifier: str) -> Optional[bool]:
    """Whether a version lies in a specifier; None when that cannot be read."""
    parts = [_PLAIN_BOUND.fullmatch(part.strip()) for part in specifier.split(",")]
    if all(parts) and re.fullmatch(r"[\d.]+", version):  # the usual range needs no library, which costs 10 ms
        return all((_release(version) < _release(part[2])) == (part[1] == "<") for part in parts if part)
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None


def _release(text: str) -> List[int]:
    numbers = [int(number) for number in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def _header(dist: importlib_metadata.Distribution) -> Dict[str, List[str]]:
    """The fields that matter, read as lines: importlib's parser is that of e-mail, and slow to import."""
    fields: Dict[str, List[str]] = {"Name": [], "Version": [], "Requires-Dist": []}
    for line in (dist.read_text("METADATA") or dist.read_text("PKG-INFO") or "").split("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        if key in fields:
            fields[key].append(value.strip())
    return fields


def _core_requirements(lines: List[str]) -> Iterator[str]:
    for line in lines:
        match = _CORE_REQUIREMENT.match(line)
        if match and "extra ==" not in line and match.group(1).strip():
            yield match.group(1).strip()


def _words(text: str) -> Iterator[str]:
    return (canonical(word) for word in re.split(r"[,\s]+", text) if word)
