# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Matching of the classes of data and model by name, as a class index means nothing without its list of names."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Collection, Dict, Iterable, List, Optional, Sequence

import numpy as np

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.system.text import one_line

SHOWN = 8
"""Number of names of each side in a message."""


class UnknownClasses(UserError):  # noqa: N818  # a public name
    """Raised when the data has images of classes that the model or the training data lacks."""


@dataclass(frozen=True)
class ClassNames:
    """Class names of a model, a label list or training data, to which the labels of other data are matched.

    Args:
        names: in the order of the class indices.
        owner: their source, for messages: "TRAIN", "the label list labels.txt", "the checkpoint output/A/last".
        certain: False if the names may be placeholders "0", "1", ... of unknown names; see `model_class_names`.
    """

    names: Sequence[str]
    owner: str
    certain: bool = True


def model_class_names(labels: Sequence[str], owner: str) -> Optional[ClassNames]:
    """Return the class names of a checkpoint or bundle; None if it has none.

    A model trained without names has the placeholders "0", "1", "2", ... Class folders of digits have the same
    names, so such names are matched if possible; otherwise the class indices are used.
    """
    return ClassNames(labels, owner, certain=not is_numbered(labels)) if labels else None


def is_numbered(names: Sequence[str]) -> bool:
    """Return whether each name is its own index: "0", "1", "2", ..."""
    return all(name == str(index) for index, name in enumerate(names))


def is_index(text: str) -> bool:
    """Return whether a text is an integer in ASCII digits that fits an int64.

    `str.isdigit` also accepts "²", which `int` refuses, and `int` refuses texts of thousands of digits.
    """
    return text.isascii() and text.isdigit() and len(text) <= 18


def in_class_order(names: Iterable[str]) -> List[str]:
    """Return names in class order: by number if all are numbers, else alphabetically."""
    listed = sorted(names)
    numbers = all(name.isascii() and name.isdigit() for name in listed)
    return sorted(listed, key=lambda name: (len(name.lstrip("0")), name.lstrip("0"))) if numbers else listed


def match_classes(known: ClassNames, found: Sequence[str], present: Collection[int], *, what: str = "the data",
                  where: Optional[str] = None) -> Optional[np.ndarray]:
    """Return the index in `known` of each class of `found`, (len(found),) int64; -1 for an unknown one without images.

    Names are compared exactly, then in Unicode form NFC, since macOS writes file names decomposed. The
    result is None if `known` is not certain and lacks one of the names: then only the indices can be used.

    Args:
        known: class names of the other side.
        found: class names of the data.
        present: indices in `found` of the classes that have images.
        what: name of the data, for messages: "VALID".
        where: location of the data, for errors.

    Raises:
        UnknownClasses: classes with images are missing in `known`.
        UserError: the name of a class with images is not unique on one side.
    """
    if list(known.names) == list(found):
        return np.arange(len(found), dtype=np.int64)
    indices_of = _indices_by_name(known.names)
    composed = _indices_by_name([unicodedata.normalize("NFC", name) for name in known.names])
    mapping = np.full(len(found), -1, np.int64)
    unknown: List[str] = []
    ambiguous: List[str] = []
    occurs = {name: len(indices) for name, indices in _indices_by_name(found).items()}
    for index, name in enumerate(found):
        candidates = indices_of.get(name) or composed.get(unicodedata.normalize("NFC", name)) or []
        if index in candidates and len(candidates) == occurs[name]:
            mapping[index] = index  # a repeated name on both sides: match by index
        elif len(candidates) == 1 and occurs[name] == 1:
            mapping[index] = candidates[0]
        elif index in present:
            (ambiguous if candidates else unknown).append(name)
    if unknown and not known.certain:
        return None
    if unknown:
        raise UnknownClasses(
            f"{what} has {_count(unknown, 'class')} that {known.owner} does not have: {_listed(unknown)}."
            f"{did_you_mean(unknown[0], known.names)}\n  {known.owner}: {_count(known.names, 'class')}: "
            f"{_listed(known.names)}\n  {what}: {_count(found, 'class')}: {_listed(found)}", where=where,
            do="leave these images out, or rename the classes so that both sides agree; a list of indices without "
               "label_list is not matched")
    if ambiguous:
        raise UserError(f"the class name {_listed(ambiguous[:1])} occurs twice in {what} or in {known.owner}, so it "
                        "identifies no class", where=where, do="give each class a name of its own")
    return mapping


def repeated(names: Sequence[str]) -> Dict[str, List[int]]:
    """Return repeated name -> its indices."""
    return {name: indices for name, indices in _indices_by_name(names).items() if len(indices) > 1}


def _indices_by_name(names: Sequence[str]) -> Dict[str, List[int]]:
    indices_of: Dict[str, List[int]] = {}
    for index, name in enumerate(names):
        indices_of.setdefault(name, []).append(index)
    return indices_of


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{one_line(name)}'" for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown


def _count(names: Sequence[str], noun: str) -> str:
    return f"1 {noun}" if len(names) == 1 else f"{len(names)} {noun}es"
