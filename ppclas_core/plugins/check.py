# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of `ppclas plugins --check`: targets and their signatures, imports, entry-point groups."""

from __future__ import annotations

from typing import Any, Callable, Iterator, List, Sequence, Tuple

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import SUPPLIED_PARAMETERS, Catalogue, Entry, resolve
from ppclas_core.plugins.discover import DIRECT_GROUPS, unknown_groups
from ppclas_core.plugins.import_probe import SLOWEST, ImportReport, measure_imports
from ppclas_core.plugins.locate import defined_at
from ppclas_core.plugins.manager import LoadedPlugin
from ppclas_core.plugins.ownership import CORE
from ppclas_core.plugins.signature import schema_problems

_TARGETS = ("target", "load", "weight_names", "detect")
_WITHOUT_SCHEMA = frozenset((("command", "target"), ("backbone", "weight_names"), ("reader", "detect")))
"""Kind and field of the targets that configs pass no parameters to."""


def plugin_problems(
    known: Catalogue, measure: Callable[[Sequence[str]], List[ImportReport]] = measure_imports
) -> List[str]:
    """Return what is wrong with the loaded plugins beyond their failures to load, a text per problem.

    Args:
        known: the plugins; all their targets are imported.
        measure: returns a report per module of a plugin.
    """
    return [*unknown_groups(), *import_problems(known.plugins, measure), *target_problems(known)]


def target_problems(known: Catalogue) -> List[str]:
    """Import the targets of all plugins' records; return a text for each that fails or whose signature is no schema."""
    lines = []
    for plugin in known.plugins:
        if plugin.dist == CORE:  # checked by the tests of core; its targets need Paddle
            continue
        seen = set()
        for kind, record in plugin.records:
            owner = Entry(kind, record, plugin.dist, plugin.version).component
            for field, target in targets(record):
                try:
                    value = resolve(target, owner=owner)
                except UserError as error:
                    lines.append(str(error))
                    continue
                key = (target, *sorted(getattr(record, "preset", ())))
                if key not in seen:
                    seen.add(key)
                    lines += [f"plugin {owner.label}: {owner.component}: {defined_at(value)}: {problem}"
                              for problem in signature_problems(kind, record, field, value)]
    return list(dict.fromkeys(lines))


def targets(record: object) -> Iterator[Tuple[str, str]]:
    """Yield the name and the import path of each field of a record that names a target."""
    for field in _TARGETS:
        if getattr(record, field, ""):
            yield field, getattr(record, field)


def signature_problems(kind: str, record: object, field: str, target: Callable[..., Any]) -> List[str]:
    """Return why the signature of a target is no schema of a config, a text with its fix per parameter.

    Args:
        kind: kind of the record, e.g. `op`.
        record: the record.
        field: field of the record that names the target.
        target: the class or function.
    """
    if (kind, field) in _WITHOUT_SCHEMA:
        return []
    hidden = ("folder",) if field == "load" else SUPPLIED_PARAMETERS.get(kind, ())
    return schema_problems(target, hidden=[*hidden, *getattr(record, "preset", ())])


def import_problems(
    plugins: Sequence[LoadedPlugin], measure: Callable[[Sequence[str]], List[ImportReport]] = measure_imports
) -> List[str]:
    """Return a text for each plugin whose import is slow, prints, or imports a heavy module."""
    owners = {plugin.module: plugin for plugin in plugins
              if plugin.dist != CORE and plugin.version and plugin.hooks and not set(plugin.hooks) & set(DIRECT_GROUPS)}
    lines = []
    for report in measure(list(owners)):
        start = f"plugin {owners[report.module].dist} {owners[report.module].version}: importing {report.module}"
        if report.heavy:
            lines.append(f"{start} also imports {', '.join(report.heavy)}, which every command waits for\n"
                         "  import them in the modules of the targets, not in the module of the entry point")
        if report.seconds > SLOWEST:
            lines.append(f"{start} takes {report.seconds * 1000:.0f} ms; every command waits for it "
                         f"(limit {SLOWEST * 1000:.0f} ms)\n"
                         "  move the work into the targets, which are imported at first use")
        text = " ".join(report.output.split())
        if text:
            lines.append(f"{start} prints {text[:60]!r}\n"
                         "  remove the print, or use logging")
    return lines
