# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lookup of models by name or pattern: architectures and published weights of the installed families."""

from __future__ import annotations

import fnmatch
from typing import Any, List, Mapping, Optional, Set, Tuple

from ppclas_core import api
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import Entry, catalogue


def list_models(pattern: str = "*", pretrained: bool = False) -> List[str]:
    """Return the sorted names of all architectures and published weights that match a pattern.

    Args:
        pattern: shell pattern, in any case.
        pretrained: only the names of published weights.
    """
    names: Set[str] = set()
    for entry in catalogue().entries("backbone"):
        names.update(weights.name for weights in entry.record.weights)
        if not pretrained:
            names.add(entry.record.name)
    return sorted(name for name in names if matches(name, pattern))


def matches(name: str, pattern: str) -> bool:
    """Return whether a name matches a shell pattern, in any case."""
    return fnmatch.fnmatchcase(name.lower(), pattern.lower())


def model_name(name: str) -> str:
    """Return a model's name as its record spells it, for a name in any case; an unknown name is returned unchanged.

    The exact name takes precedence; a name that fits several models in another case is unknown.
    """
    bare = name.rpartition(":")[2]
    aliases: List[str] = [alias for entry in catalogue().entries("backbone") for alias in entry.record.aliases]
    names = [*list_models(), *aliases]
    same = {known for known in names if known.lower() == bare.lower()}
    if bare in same or len(same) != 1:
        return name
    return name[: len(name) - len(bare)] + same.pop()


def find_model(name: str) -> Tuple[Entry, Optional[api.Weights]]:
    """Return the architecture of a name in any case, and the published weights if the name is one of such.

    Raises:
        UserError: the name is unknown.
    """
    known = catalogue()
    name = model_name(name)
    bare = name.rpartition(":")[2]
    for entry in known.entries("backbone"):
        for weights in entry.record.weights:
            if weights.name == bare:
                qualified = name[: len(name) - len(bare)] + entry.record.name
                return known.completed(known.find("backbone", qualified)), weights
    try:
        entry = known.find("backbone", name)
    except UserError as error:
        error.what += did_you_mean(bare, list_models()) if "Did you mean" not in error.what else ""
        raise
    return known.completed(entry), None


def same_network(record: api.Backbone) -> List[api.Weights]:
    """Return the published weights of an architecture and of all records with the same target and preset."""
    twins = [entry.record for entry in catalogue().entries("backbone")
             if (entry.record.target, entry.record.preset) == (record.target, record.preset)]
    return [weights for twin in twins for weights in twin.weights]


def check_model_parameters(name: str, params: Mapping[str, Any]) -> None:
    """Raise a UserError for an unknown model or for parameters that its architecture does not accept."""
    entry, _ = find_model(name)
    qualified = f"{entry.dist}:{entry.record.name}"
    catalogue().bind("backbone", qualified, {"num_classes": 2, "in_channels": 3, **params})
