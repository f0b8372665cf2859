# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Decision whether the labels of a table are class indices or class names; ambiguous tables are refused."""

from __future__ import annotations

import re
from typing import Dict, Optional, Sequence

from ppclas_core.data.class_match import is_index
from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line

AUTO, INDICES, NAMES = "auto", "indices", "names"
"""Values of the key `labels`."""

_WHOLE = re.compile(r"[0-9]{1,18}(\.0*)?")
"""Class index, also in the form `3.0` of spreadsheets and data frames."""

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def meaning_of(words: Sequence[str], meaning: str, names: Sequence[str], num_classes: Optional[int],
               where: str) -> str:
    """Return whether labels are `indices` or `names`.

    With `auto`, labels are names if one of them is not a number. Digits are indices if all are below `num_classes` (or
    below the number of `names`); if neither is known, they must be exactly 0 to K - 1. Numbers that fit neither rule
    are refused, and so is a label that is a class name and also the index of another class.

    Args:
        words: the distinct labels of the table, as written.
        meaning: key `labels`: `auto`, `indices` or `names`.
        names: possible class names; empty if unknown.
        num_classes: number of classes, if it is configured.
        where: location for errors.

    Raises:
        UserError: see above; also for `indices` with labels that are not indices.
    """
    if meaning == NAMES or (meaning == AUTO and not all(map(_is_numeric, words))):
        return NAMES
    if meaning == INDICES:
        _check_indices(words, where)
        return INDICES
    if not all(map(is_index, words)):
        raise _undecided(f"the labels are numbers, but not all are indices of classes: {_some(words, is_index)}", where)
    numbers = {int(word) for word in words}
    if len(numbers) < len(words):
        raise _undecided(f"two labels are the same number but different texts: {_spellings(words)}", where)
    named = bool(names) and set(words) <= set(names)
    limit = len(names) or num_classes
    fits = max(numbers) < limit if limit else numbers == set(range(len(numbers)))
    if named and fits and any(names[int(word)] != word for word in words):
        raise _undecided("the labels are class names, and also indices of other classes: "
                         f"'{one_line(words[0])}' is the name of class {list(names).index(words[0])}", where)
    if named:
        return NAMES
    if fits:
        return INDICES
    bound = f"below {limit}, the number of classes" if limit else f"0 to {len(numbers) - 1}"
    raise _undecided(f"the labels are {len(numbers)} different numbers that are not {bound}: {_some(words)}", where)


def as_index(word: str) -> int:
    """Return the index of a label under `indices`."""
    return int(word.partition(".")[0])


def _check_indices(words: Sequence[str], where: str) -> None:
    wrong = [word for word in words if not _WHOLE.fullmatch(word)]
    if wrong:
        raise UserError(f"the labels must be indices, but '{one_line(wrong[0][:40])}' is not an index", where=where,
                        do="number the classes from 0, or set labels: names")


def _is_numeric(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word)) or word.isnumeric()


def _undecided(what: str, where: str) -> UserError:
    return UserError(what, where=where, do="labels: names takes each as a class name, labels: indices as a class "
                     "index from 0 (a key beside file_list in the config; --labels in commands that have it)")


def _some(words: Sequence[str], right: object = None) -> str:
    wrong = [word for word in words if not (callable(right) and right(word))]
    return ", ".join(f"'{one_line(word[:40])}'" for word in wrong[:4]) + (" ..." if len(wrong) > 4 else "")


def _spellings(words: Sequence[str]) -> str:
    by_number: Dict[int, str] = {}
    for word in words:
        if int(word) in by_number:
            return f"'{by_number[int(word)]}' and '{word}'"
        by_number[int(word)] = word
    return ""
