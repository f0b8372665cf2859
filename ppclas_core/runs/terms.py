# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Terms of a run: its data, and the division of the data into steps.

A saved position (epoch, step) is valid under the terms of its run only.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ppclas_core.data.digest import list_digest, size_digest
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError

PROCESSES = "processes"
"""What `--allow` calls the number of processes, which is no key of the config."""


@dataclass(frozen=True)
class Terms:
    """What `state.json` and `meta.yaml` hold of them.

    Args:
        images, valid_images: of TRAIN and VALID; 0 without VALID.
        list, valid_list: digest of paths and labels in their order; sizes, valid_sizes: of the sizes of the files.
        batch: images of an optimizer step over all processes. steps: optimizer steps of an epoch.
        processes: that train together. accumulate: parts in which each of them computes its batch.
    """

    images: int
    list: str
    sizes: str
    batch: int
    steps: int
    processes: int = 1
    accumulate: int = 1
    valid_images: int = 0
    valid_list: str = ""
    valid_sizes: str = ""

    def to_dict(self) -> Dict[str, Any]:
        """Return plain values for JSON and YAML."""
        return dataclasses.asdict(self)


class Difference(NamedTuple):
    """One term that differs: the key that permits it, and both values as text."""

    key: str
    was: str
    now: str


def terms_of(loader: Any, valid: Optional[Source], *, processes: int, accumulate: int) -> Terms:
    """Return the terms of a run.

    Args:
        loader: of the training data; valid: the validation data, None without.
        processes: that train together; accumulate: parts in which each of them computes its batch.
    """
    source = loader.source
    validation: Dict[str, Any] = {} if valid is None else {"valid_images": len(valid), "valid_list": list_digest(valid),
                                           "valid_sizes": size_digest(valid)}
    return Terms(images=len(source), list=list_digest(source), sizes=size_digest(source),
                 batch=loader.batch_size * processes, steps=len(loader), processes=processes,
                 accumulate=accumulate, **validation)


def read_terms(values: Mapping[str, Any]) -> Optional[Terms]:
    """Return the terms of a checkpoint from its `state.json`; None where it has none, as up to version 0.1.

    Raises:
        UserError: they are incomplete or of wrong types.
    """
    if not values:
        return None
    fields = {field.name: str if "str" in str(field.type) else int for field in dataclasses.fields(Terms)}
    wrong = [name for name, kind in fields.items() if type(values.get(name)) is not kind] + [*(values.keys() - fields)]
    if wrong:
        raise UserError(f"its 'terms' are not those of a run: {', '.join(wrong)}")
    return Terms(**values)


def differences(config: Any, old: Terms, new: Terms) -> List[Difference]:
    """Return what differs in a way that gives a position another meaning, or the best metric another measure."""
    found = []
    for section, prefix in (("TRAIN", ""), ("VALID", "valid_")):
        before, now = (tuple(getattr(terms, f"{prefix}{name}") for name in ("images", "list", "sizes"))
                       for terms in (old, new))
        if before != now and before[0] and now[0]:
            found.append(Difference(data_key(config, section), *_data_texts(before, now)))
    batch_key = "TRAIN.batch_size" if old.processes == new.processes else PROCESSES  # 3 of them make 30 of 32
    for name, key in (("processes", PROCESSES), ("batch", batch_key), ("accumulate", "TRAIN.accumulate")):
        was, is_now = getattr(old, name), getattr(new, name)
        if was != is_now:
            unit = " images per step" if name == "batch" else ""
            found.append(Difference(key, f"{was}{unit}", f"{is_now}{unit}"))
    return found


def data_key(config: Any, section: str) -> str:
    """Return the key that names the data of a section: its list, else its folder."""
    return f"{section}.{'file_list' if config[section].get('file_list') else 'data_dir'}"


def permitted(key: str, allow: Sequence[str]) -> bool:
    """Return whether `--allow` names a key or a section of it."""
    return any(key == name or key.startswith(f"{name}.") for name in allow)


def _data_texts(before: Sequence[Any], now: Sequence[Any]) -> List[str]:
    texts = []
    for images, paths, sizes in (before, now):
        text = f"{images} images (list {paths[:8]}"
        texts.append(text + (f", sizes {sizes[:8]})" if before[1] == now[1] else ")"))
    if before[0] == now[0]:
        texts[1] += ": " + ("files of other sizes" if before[1] == now[1] else "other paths, labels or order")
    return texts
