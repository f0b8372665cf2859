# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loader of the runtime of a bundle: that of its format, or of another format that can read it.

A `Bundle` comes in, a callable goes out: `export.write` verifies with it, `predict` predicts with it.
"""

from __future__ import annotations

from typing import Callable, List, Optional

import numpy as np

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.formats import find_format, formats
from ppclas_core.errors import UserError
from ppclas_core.plugins import signature
from ppclas_core.plugins.catalogue import Entry, resolve
from ppclas_core.plugins.ownership import Owner, owned_by

Runtime = Callable[[np.ndarray], np.ndarray]
"""Callable from a batch to logits (N, num_classes) float32, or log-probabilities for bundles with softmax."""


def load_runtime(bundle: Bundle, runtime: Optional[str] = None, **options: object) -> Runtime:
    """Load a runtime for a bundle.

    Args:
        bundle: the bundle to run.
        runtime: name of a format or of its runtime; None: that of the bundle.
        options: arguments of the format's `load` (`threads`, `device`), checked by name; None: its default.

    Raises:
        UserError: the format is not installed or cannot run this bundle, or its runtime has no such option.
    """
    entry = find_format(runtime or bundle.format)
    if entry.record.name != bundle.format and bundle.format not in entry.record.reads:
        raise UserError(f"this bundle is of the format '{bundle.format}'; '{runtime}' cannot run it",
                        where=str(bundle.path), do=f"runtimes that can: {', '.join(runtimes_of(bundle))}; or give the "
                        "run folder")
    owner = entry.component._replace(component=f"runtime '{runtime_name(entry)}'")
    load = resolve(entry.record.load, owner=owner)
    given = {key: value for key, value in options.items() if value is not None}
    with owned_by(owner):
        bound = signature.bind_parameters(load, given, owner=f"the runtime '{runtime_name(entry)}'", hidden=("folder",))
        found: Runtime = load(bundle.path, **bound)
    return found if owner.is_core else OwnedRuntime(found, owner)


class OwnedRuntime:
    """Wrapper of a plugin's runtime, with its attributes; exceptions in a call name the plugin."""

    def __init__(self, runtime: Runtime, owner: Owner) -> None:
        self._runtime = runtime
        self._owner = owner

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Map a batch to logits, see `Runtime`."""
        with owned_by(self._owner):
            return self._runtime(batch)

    def __getattr__(self, name: str) -> object:
        return getattr(self._runtime, name)


def runtimes_of(bundle: Bundle) -> List[str]:
    """Return the installed runtimes that can run a bundle, that of its own format first."""
    usable = [entry for entry, reason in formats() if not reason]
    own = [runtime_name(entry) for entry in usable if entry.record.name == bundle.format]
    return own + [runtime_name(entry) for entry in usable if bundle.format in entry.record.reads]


def runtime_name(entry: Entry) -> str:
    """Return the name of a format's runtime: its first alias, else the name of the format."""
    return str((entry.record.aliases or (entry.record.name,))[0])
