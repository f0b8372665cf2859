# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Templates of complete plugin distributions, used for first-party and third-party plugins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List

from ppclas_core.errors import UserError
from ppclas_core.scaffold import (
    backbone,
    batch_op,
    callback,
    command,
    decoder,
    exporter,
    loss,
    lr_schedule,
    metric,
    op,
    optimizer,
    reader,
)
from ppclas_core.scaffold.layout import distribution_files
from ppclas_core.scaffold.names import check_free, check_identifiers, check_modules
from ppclas_core.scaffold.publishing import check_metadata
from ppclas_core.system.atomic import atomic_folder

KINDS = {
    "backbone": backbone,
    "op": op,
    "batch_op": batch_op,
    "decoder": decoder,
    "loss": loss,
    "lr_schedule": lr_schedule,
    "exporter": exporter,
    "callback": callback,
    "command": command,
    "reader": reader,
    "metric": metric,
    "optimizer": optimizer,
}
"""Kind of component -> template."""
NAMED_FOR = {"command": "module", "metric": "module"}
"""Kinds whose names are in lower case, by the field that has the name of the record; all others: `component`."""


def plugin_files(dist: str, kind: str, component: str = "", *, author: str = "", url: str = "") -> Dict[str, str]:
    """Return the files of a new plugin: relative path -> text.

    Args:
        dist: distribution name, e.g. `acme-net`.
        kind: one of `KINDS`.
        component: name of the backbone, op, ...; default: derived from `dist`.
        author: name for the metadata; "": "The authors of `dist`".
        url: address of the repository; "": a comment in setup.cfg has its place.

    Raises:
        UserError: pip, Python or the catalogue would refuse a name.
    """
    check_metadata(author, url)
    fields = _fields(dist, kind, component)
    commands = [_fill(command, {**fields, "folder": ""}) for command in KINDS[kind].COMMANDS]
    fields.update(author=author or f"The authors of {dist}", url=f"url = {url}" if url else "# url = https://...",
                  commands="\n".join(commands), steps="".join(f"      - run: {command}\n" for command in commands))
    files = distribution_files(fields, what=KINDS[kind].WHAT)
    for path, text in KINDS[kind].FILES.items():
        files[_fill(path, fields)] = _fill(text, fields)
    check_modules(fields["component"], files)
    return files


def example_commands(dist: str, kind: str, component: str, folder: str) -> List[str]:
    """Return the commands that try a new plugin after its installation.

    Args:
        dist: as in `plugin_files`.
        kind: as in `plugin_files`.
        component: as in `plugin_files`.
        folder: path of the plugin, quoted for a shell.
    """
    fields = {**_fields(dist, kind, component), "folder": f"{folder}/"}
    return [_fill(command, fields) for command in KINDS[kind].COMMANDS]


def new_plugin(dist: str, kind: str, component: str = "", *, author: str = "", url: str = "") -> Dict[str, str]:
    """Return the files of a plugin whose names are not taken in this environment; arguments as in `plugin_files`.

    Raises:
        UserError: see `plugin_files` and `check_free`.
    """
    files = plugin_files(dist, kind, component, author=author, url=url)
    check_free(dist, package_name(dist), kind, component or component_name(dist))
    return files


def package_name(dist: str) -> str:
    """Return the package of a distribution: `acme-net` -> `acme_net`."""
    return re.sub(r"[-.]+", "_", dist).lower()


def component_name(dist: str) -> str:
    """Return the default name of a component: `acme-net` -> `AcmeNet`."""
    return "".join(word.capitalize() for word in re.split(r"[-_.]+", dist))


def write_plugin(folder: Path, files: Dict[str, str]) -> None:
    """Write the files into a new folder, atomically.

    Raises:
        UserError: the folder exists and is not empty.
    """
    if folder.exists():
        if any(folder.iterdir()):
            raise UserError(f"{folder} exists and is not empty", do="choose another name, or remove it")
        folder.rmdir()
    with atomic_folder(folder) as partial:
        for name, text in files.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))


def _fields(dist: str, kind: str, component: str) -> Dict[str, str]:
    """Return the names that the templates refer to as `@field@`, checked."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", dist):
        raise UserError(f"'{dist}' is not a valid distribution name", do="use letters, digits, '-', '_' and '.'")
    package = package_name(dist)
    if not package.isidentifier():
        raise UserError(f"'{dist}' gives the package name '{package}', which is not a Python identifier",
                        do="start with a letter")
    component = component or component_name(dist)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", component):
        raise UserError(f"'{component}' is not a valid component name",
                        do="use letters, digits and '_', starting with a letter")
    check_identifiers(package, component, _snake(component))
    fields = {"dist": dist, "package": package, "component": component, "module": _snake(component),
              "entry": dist.lower().replace("ppclas-", "")}
    return {**fields, "name": fields[NAMED_FOR.get(kind, "component")]}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _fill(text: str, fields: Dict[str, str]) -> str:
    for key, value in fields.items():
        text = text.replace(f"@{key}@", value)
    return text
