# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Label lists: class names, one `id name` per line."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Union

from ppclas_core.data.class_match import is_index
from ppclas_core.data.class_names import check_class_names
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.system.paths import expand_path
from ppclas_core.system.text_files import as_utf8, write_text


def read_label_list(path: Union[str, Path]) -> List[str]:
    """Read class names in the order of their ids, UTF-8 or UTF-16 with a BOM; names may have spaces and commas.

    Raises:
        UserError: the file is missing, not UTF-8 or empty, or the ids are not 0..N-1.
        UserErrors: lines are not `id name`, or an id is repeated.
    """
    try:
        text = as_utf8(Path(path).read_bytes(), str(path)).decode("utf-8")
    except FileNotFoundError:
        raise UserError(f"no such label list: {path}") from None
    except UnicodeDecodeError:
        raise UserError("the label list is not UTF-8", where=str(path),
                        do="save it as UTF-8, e.g. iconv -f GBK -t UTF-8") from None
    lines = text.splitlines()
    names: Dict[int, str] = {}
    errors: List[UserError] = []
    for number, line in enumerate(lines, 1):
        fields = line.split(None, 1)
        if not fields:
            continue
        if len(fields) != 2 or not is_index(fields[0]):
            errors.append(UserError(f'expected "<id> <name>", got {line.strip()!r}', where=f"{path}:{number}"))
        elif int(fields[0]) in names:
            errors.append(UserError(f"id {int(fields[0])} is repeated", where=f"{path}:{number}"))
        else:
            names[int(fields[0])] = fields[1].strip()
    if errors:
        raise UserErrors(errors)
    if sorted(names) != list(range(len(names))) or not names:
        missing = next(index for index in range(len(names) + 1) if index not in names)
        raise UserError(f"the ids must be 0 to {max(len(names) - 1, 0)}, but {missing} is missing", where=str(path))
    found = [names[index] for index in range(len(names))]
    check_class_names(found, where=str(path), what="class", do="write another name")
    return found


def read_class_names(path: Union[str, Path]) -> List[str]:
    """Return the class names of a file in class order: `id name` lines, or one name per line.

    Raises:
        UserError: see `read_label_list`; also for a blank line or a repeated name.
    """
    path = expand_path(str(path))
    try:
        lines = as_utf8(Path(path).read_bytes(), path).decode("utf-8").rstrip().splitlines()
    except (OSError, UnicodeDecodeError):
        return read_label_list(path)  # it reports the error
    ids = [line.split(None, 1)[0] for line in lines if len(line.split(None, 1)) == 2]
    if not lines or sorted(ids) == sorted(str(index) for index in range(len(lines))):
        return read_label_list(path)
    names = [line.strip() for line in lines]
    for number, name in enumerate(names, 1):
        if not name or name in names[:number - 1]:
            raise UserError("a blank line between the class names" if not name else f"'{name}' occurs twice",
                            where=f"{path}:{number}", do="write one name per line, in the order of the class indices")
    check_class_names(names, where=path, what="class", do="write another name")
    return names


def write_label_list(path: Path, names: List[str]) -> None:
    """Write `id name` lines."""
    write_text(path, "".join(f"{index} {name}\n" for index, name in enumerate(names)))
