# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lookup of models by name or pattern: architectures and published weights of the installed families."""

from __future__ import annotations

import fnmatch
from typing import Any, List, Mapping, Optional, Tuple

from ppclas_core import api
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import Entry, catalogue


def list_models(pattern: str = "*") -> List[str]:
    """Return the sorted names of all architectures and published weights that match a shell pattern."""
    names = set()
    for entry in catalogue().entries("backbone"):
        names.update([entry.record.name, *(weights.name for weights in entry.record.weights)])
    return sorted(name for name in names if fnmatch.fnmatchcase(name, pattern))


def find_model(name: str) -> Tuple[Entry, Optional[api.Weights]]:
    """Return the architecture of a name, and the published weights if the name is one of published weights.

    Raises:
        UserError: the name is unknown.
    """
    known = catalogue()
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


def check_model_parameters(name: str, params: Mapping[str, Any]) -> None:
    """Raise a UserError for an unknown model or for parameters that its architecture does not accept."""
    entry, _ = find_model(name)
    qualified = f"{entry.dist}:{entry.record.name}"
    catalogue().bind("backbone", qualified, {"num_classes": 2, "in_channels": 3, **params})
