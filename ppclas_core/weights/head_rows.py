# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Transfer of classifier rows by class name, when model and checkpoint have different classes."""

from __future__ import annotations

from collections import Counter
from typing import Iterable, List, NamedTuple, Optional, Sequence

import numpy as np

from ppclas_core.system.text import one_line

_SHOWN = 5


class HeadRows(NamedTuple):
    """Mapping from the classes of a model to those of a checkpoint.

    Args:
        ours, theirs: class names of the model and of the checkpoint, in the order of the logits.
        taken: (len(ours),) int64, index in `theirs`; -1 for a class that the checkpoint lacks.
    """

    ours: List[str]
    theirs: List[str]
    taken: np.ndarray

    @property
    def moved(self) -> int:
        """Number of classes of the model that the checkpoint also has."""
        return int((self.taken >= 0).sum())

    @property
    def new(self) -> List[str]:
        """Names of the model's classes that the checkpoint lacks."""
        return [name for name, index in zip(self.ours, self.taken) if index < 0]

    def fits(self, theirs: Sequence[int], ours: Sequence[int]) -> bool:
        """Return whether tensors of these shapes (in the file, in the model) have one row per class."""
        return (len(theirs) == len(ours) > 0 and theirs[_axis(theirs)] == len(self.theirs)
                and ours[_axis(ours)] == len(self.ours))

    def move(self, fresh: np.ndarray, loaded: np.ndarray) -> np.ndarray:
        """Return a copy of the model's tensor `fresh` with the rows of `loaded` for the classes that both have."""
        axis = _axis(fresh.shape)
        known = self.taken >= 0
        result = np.moveaxis(fresh.copy(), axis, 0)
        result[known] = np.moveaxis(loaded, axis, 0)[self.taken[known]]
        return np.ascontiguousarray(np.moveaxis(result, 0, axis))

    def __str__(self) -> str:
        renewed = f"head re-initialised ({len(self.theirs)} -> {len(self.ours)})"
        if not self.moved:
            return f"{renewed}, no class name in common"
        if not self.new:
            return f"head: all {self.moved} rows moved by class name"
        return f"{renewed} but for {self.moved} rows moved by class name, new classes: {_listed(self.new)}"


def head_rows(ours: Optional[Sequence[str]], theirs: Iterable[Sequence[str]]) -> Optional[HeadRows]:
    """Match the classes of a model with those of a checkpoint by name; return None when names and order are equal.

    The result is also None when one side has no class names. A run without class names stores "0", "1", "2", ...; such
    names are used only if they contain all class names of the model.

    Args:
        ours: class names of the model, one per logit.
        theirs: class names of each loaded file, empty if unknown; those of the last file with names are used.
    """
    named = [list(names) for names in theirs if names]
    if not ours or not named or list(ours) == named[-1]:
        return None
    names = named[-1]
    numbered = all(name == str(index) for index, name in enumerate(names))
    if numbered and not set(ours) <= set(names):
        return None
    our_count = Counter(ours)
    their_count = Counter(names)  # a name that occurs twice is ambiguous and matches nothing
    index_of = {name: index for index, name in enumerate(names) if their_count[name] == 1}
    taken = np.array([index_of.get(name, -1) if our_count[name] == 1 else -1 for name in ours], np.int64)
    return HeadRows(list(ours), names, taken)


def _axis(shape: Sequence[int]) -> int:
    """Return the class axis of a head tensor: (in, classes), (classes, in, 1, 1) or (classes,)."""
    return 1 if len(shape) == 2 else 0


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name) for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
