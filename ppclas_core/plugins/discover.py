# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Discovery of installed plugins from metadata, in a fixed order, with a version gate before any import."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from ppclas_core.api import API_VERSION, ENTRY_POINT_GROUP
from ppclas_core.plugins.distributions import Distribution, distributions, entry_points

DIRECT_GROUPS = {
    "ppclas.backbones": "backbone",
    "ppclas.ops": "op",
    "ppclas.losses": "loss",
    "ppclas.lr_schedules": "lr_schedule",
    "ppclas.exporters": "exporter",
}
"""Entry-point groups that register a class without a hook: group -> kind."""

_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_PLUGIN_GROUP = "ppclas.plugins.v"
"""Entry-point group of plugins without the version of the API."""


class Found(NamedTuple):
    """Entry point of an installed distribution that was not imported yet."""

    dist: str
    version: str
    group: str
    name: str
    value: str
    needs: Tuple[str, ...] = ()
    """Version specifiers of the distribution's requirements on ppclas-core."""
    problem: str = ""
    """Why the metadata is unusable, with the path; "" for valid metadata."""

    @property
    def kind(self) -> str:
        """`plugin`, or the kind of a directly registered class."""
        return DIRECT_GROUPS.get(self.group, "plugin")


class PluginFailure(NamedTuple):
    """Failure to load a plugin.

    Args:
        dist, version: the distribution.
        phase: phase that failed: `metadata`, `api`, `requires`, `import`, `register`, `call` or `record`.
        error: one-line message.
        where: location in the plugin's code, as `package/file.py:line`; "" if unknown.
        fix: one line on what to do; "" if the message says it.
    """

    dist: str
    version: str
    phase: str
    error: str
    where: str = ""
    fix: str = ""

    def __str__(self) -> str:
        label = f"{self.dist} {self.version}".strip()
        where = f"{self.where}: " if self.where else ""
        return f"plugin {label} is installed but could not be loaded ({self.phase}): {where}{self.error}"


def canonical(name: str) -> str:
    """Return a distribution name normalized by PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find() -> List[Found]:
    """Return the ppclas entry points of all installed distributions, sorted.

    A distribution with unreadable metadata is returned with a `problem`. Of a distribution in two folders of sys.path
    only the first counts, as for imports. Of two versions in one folder, the older one is returned with a `problem`.
    """
    sound: Dict[str, Tuple[Path, List[Found]]] = {}
    damaged: List[Found] = []
    for dist in distributions():
        entries = _entries(dist)
        if not entries:
            continue
        if entries[0].problem:
            damaged += entries
            continue
        name, folder = entries[0].dist, Path(dist.folder)
        before, others = sound.setdefault(name, (folder, entries))
        if folder == before or folder.parent != before.parent:
            continue
        newer, older = (folder, entries), (before, others)
        if _rank(others[0]) > _rank(entries[0]):
            newer, older = older, newer
        sound[name] = newer
        damaged.append(older[1][0]._replace(problem=f"{older[0]}: {newer[0].name} stands beside it; remove the folder"))
    return sorted({*damaged, *(entry for _, entries in sound.values() for entry in entries)})


def unknown_groups() -> List[str]:
    """Return a text for each entry point of a group that is almost one of ppclas; such entries are never loaded."""
    import difflib

    known = [ENTRY_POINT_GROUP, *DIRECT_GROUPS]
    lines = []
    for dist in distributions():
        try:
            entries = entry_points(dist.read("entry_points.txt") or "")
        except Exception:  # a damaged file, or a fault of another import system; `find` reports both
            continue
        for group, entry, value in entries:
            ours = group.lower().startswith("ppclas.") or group.lower() == "ppclas"
            if group in known or _api_version(group) or not (
                    ours or difflib.get_close_matches(group.lower(), known, cutoff=0.8)):
                continue
            name, version = _named(Path(dist.folder))
            near = (difflib.get_close_matches(group.lower(), known, n=1) or known)[0]
            lines.append(f"plugin {name} {version}: the entry-point group '{group}' is unknown, so "
                         f"'{entry} = {value}' is not loaded\n"
                         f"  write [project.entry-points.\"{near}\"] in pyproject.toml and reinstall {name}")
    return sorted(lines)


def chosen(found: Found, environment: Mapping[str, str] = os.environ) -> bool:
    """Return False if `PPCLAS_PLUGINS` or `PPCLAS_DISABLE_PLUGINS` exclude the plugin's distribution or entry name."""
    names = {canonical(found.dist), canonical(found.name)}
    if "PPCLAS_PLUGINS" in environment and not names & set(_words(environment["PPCLAS_PLUGINS"])):
        return False
    return not names & set(_words(environment.get("PPCLAS_DISABLE_PLUGINS", "")))


def unknown_choices(found: Iterable[Found], environment: Mapping[str, str] = os.environ) -> List[str]:
    """Return one line for each name in `PPCLAS_PLUGINS` and `PPCLAS_DISABLE_PLUGINS` that no plugin has."""
    known = {canonical(name) for each in found for name in (each.dist, each.name)}
    return [f"{variable} names '{word}', but no such plugin is installed"
            for variable in ("PPCLAS_PLUGINS", "PPCLAS_DISABLE_PLUGINS")
            for word in dict.fromkeys(_words(environment.get(variable, ""))) if word not in known]


def gate(found: Found, core_version: str) -> Tuple[str, str]:
    """Return `(phase, error)` if the plugin must not be imported, else `("", "")`."""
    if found.problem:
        return "metadata", found.problem
    built_for = _api_version(found.group)
    if built_for and found.group != ENTRY_POINT_GROUP:
        return "api", f"built for plugin API v{built_for}; this ppclas-core has v{API_VERSION}"
    for specifier in found.needs:
        fits = _fits(core_version, specifier)
        if fits is None:
            return "requires", f"unreadable requirement 'ppclas-core {specifier}'"
        if not fits:
            return "requires", f"needs ppclas-core {specifier}; installed is {core_version}"
    return "", ""


def _fits(version: str, specifier: str) -> Optional[bool]:
    """Return whether a version satisfies a specifier; None for an invalid specifier."""
    parts = [_plain_bound(part.strip()) for part in specifier.split(",")]
    if all(parts) and _numbers(version):  # common case, saves the import of packaging
        return all(_meets(version, *part) for part in parts if part)
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None


def _plain_bound(part: str) -> Optional[Tuple[str, str]]:
    """Return operator and version of a bound such as `>=0.1`; None for one that only packaging understands."""
    for operator in (">=", "~=", "<"):
        if part.startswith(operator):
            bound = part[len(operator):].strip()
            needed = 2 if operator == "~=" else 1
            return (operator, bound) if len(_numbers(bound)) >= needed else None
    return None


def _numbers(version: str) -> List[str]:
    """Return the numbers of a version of numbers; no numbers for any other version."""
    numbers = version.split(".")
    return numbers if all(number.isdecimal() for number in numbers) else []


def _meets(version: str, operator: str, bound: str) -> bool:
    """Return whether a version of numbers meets `>=`, `<` or `~=` of another."""
    if operator == "~=":  # at least the bound, and equal to it in all numbers but the last
        series = [int(number) for number in bound.split(".")[:-1]]
        numbers = [int(number) for number in version.split(".")]
        return _release(version) >= _release(bound) and (numbers + [0] * len(series))[:len(series)] == series
    return (_release(version) < _release(bound)) == (operator == "<")


def _release(text: str) -> List[int]:
    numbers = [int(number) for number in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def _entries(dist: Distribution) -> List[Found]:
    """Return the ppclas entry points of a distribution, or one `Found` with the problem of its metadata."""
    try:
        text = dist.read("entry_points.txt")
    except Exception:  # not UTF-8, or a disk error
        text = None
    if text is None:
        return _unreadable(dist.folder)
    if "ppclas." not in text:
        return []
    folder = Path(dist.folder)
    name, version = _named(folder)
    try:
        header = _header(dist)
        missing = [field for field in ("Name", "Version") if not any(header[field])]
        if missing:
            return [_damaged(name, version, folder, f"METADATA is missing or has no {missing[0]}")]
        name, version = canonical(header["Name"][0]), header["Version"][0]
        needs = tuple(_core_requirements(header["Requires-Dist"]))
    except Exception as error:  # a zip file or a finder of another import system may raise anything
        return [_damaged(name, version, folder, f"METADATA cannot be read ({type(error).__name__})")]
    if folder.name.startswith("~"):  # pip renames folders like this before removal
        return [_damaged(name, version, folder, "an interrupted pip left it")]
    try:
        return [Found(name, version, group, entry, value, needs) for group, entry, value in entry_points(text)
                if _api_version(group) or group in DIRECT_GROUPS]
    except ValueError:
        return [_damaged(name, version, folder, "entry_points.txt is damaged; a line is not 'name = module'")]


def _api_version(group: str) -> str:
    """Return the version of the API in the name of an entry-point group of plugins; "" for another group."""
    version = group[len(_PLUGIN_GROUP):] if group.startswith(_PLUGIN_GROUP) else ""
    return version if version.isdecimal() else ""


def _damaged(name: str, version: str, folder: Path, what: str) -> Found:
    return Found(name, version, "", name, "", (), f"{folder}: {what}; reinstall {name}, or remove the folder")


def _named(folder: Path) -> Tuple[str, str]:
    """Return name and version from the name of a folder such as `acme_net-0.1.dist-info`."""
    name, _, version = folder.name.rpartition(".")[0].lstrip("~").partition("-")
    return canonical(name), version


def _unreadable(path: str) -> List[Found]:
    """Return a problem if a distribution has an unreadable `entry_points.txt` that concerns ppclas, else nothing."""
    file = os.path.join(path, "entry_points.txt")
    if not os.path.exists(file):
        return []
    folder = Path(path)
    try:
        with open(file, "rb") as stream:
            ours = b"ppclas." in stream.read()
    except OSError:
        ours = "ppclas" in folder.name
    return [_damaged(*_named(folder), folder, "entry_points.txt cannot be read")] if ours else []


def _rank(found: Found) -> Tuple[List[int], str]:
    """Return the sort key that orders copies of a distribution by version."""
    plain = re.match(r"\d+(\.\d+)*", found.version)
    return _release(plain.group()) if plain else [], found.version


def _header(dist: Distribution) -> Dict[str, List[str]]:
    """Return the needed metadata fields, parsed by line: importlib uses the e-mail parser, whose import is slow."""
    fields: Dict[str, List[str]] = {"Name": [], "Version": [], "Requires-Dist": []}
    for line in (dist.read("METADATA") or dist.read("PKG-INFO") or "").splitlines():
        if not line:  # the description follows
            break
        key, _, value = line.partition(":")
        if key in fields:
            fields[key].append(value.strip())
    return fields


def _core_requirements(lines: List[str]) -> Iterator[str]:
    """Return the version specifiers of the requirements on ppclas-core that hold without an extra."""
    core = "ppclas-core"
    for line in lines:
        name = line[:len(core)].lower().replace("_", "-").replace(".", "-")
        if name != core or "extra ==" in line or line[len(core):len(core) + 1] in _NAME_CHARACTERS:
            continue
        rest = line[len(core):].split(";")[0].strip()
        if rest.startswith("["):
            rest = rest.partition("]")[2].strip()
        specifier = rest.lstrip("(").partition(")")[0].strip()
        if specifier and not specifier.startswith("@"):  # a requirement by URL has no version
            yield specifier


def _words(text: str) -> Iterator[str]:
    return map(canonical, text.replace(",", " ").split())
