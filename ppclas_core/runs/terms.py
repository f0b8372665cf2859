# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Terms of a run: its data, and the division of the data into steps.

A saved position (epoch, step) has a meaning only for the terms of its run.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ppclas_core.config.config import Config
from ppclas_core.data.digest import list_digest, size_digest
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError

if TYPE_CHECKING:
    from ppclas_core.data.loader import Loader

PROCESSES = "processes"
"""Name of the number of processes in `--allow`; it is not a config key."""


@dataclass(frozen=True)
class Terms:
    """Terms of a run, as in `state.json` and `meta.yaml`; the values of VALID are 0 or "" if the config has no VALID.

    Args:
        images, valid_images: number of images of TRAIN and of VALID.
        list, valid_list: digest of their paths and labels, in order.
        sizes, valid_sizes: digest of the sizes of their files.
        batch: number of images of an optimizer step, over all processes.
        steps: number of optimizer steps per epoch.
        processes: number of processes.
        accumulate: number of parts in which each process computes its batch.
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
    """Difference between two runs: the key that permits it with `--allow`, and both values as text."""

    key: str
    was: str
    now: str


def terms_of(loader: Loader, valid: Optional[Source], *, processes: int, accumulate: int) -> Terms:
    """Return the terms of a run.

    Args:
        loader: loader of the training data of one process.
        valid: validation data, or None.
        processes: see `Terms`.
        accumulate: see `Terms`.
    """
    source = loader.source
    terms = Terms(images=len(source), list=list_digest(source), sizes=size_digest(source),
                  batch=loader.batch_size * processes, steps=len(loader), processes=processes, accumulate=accumulate)
    if valid is None:
        return terms
    return dataclasses.replace(terms, valid_images=len(valid), valid_list=list_digest(valid),
                               valid_sizes=size_digest(valid))


def read_terms(values: Mapping[str, Any]) -> Optional[Terms]:
    """Return the terms in the `state.json` of a checkpoint; None for a checkpoint of version 0.1, which has none.

    Raises:
        UserError: values are missing, unknown or have the wrong type.
    """
    if not values:
        return None
    fields = {field.name: str if "str" in str(field.type) else int for field in dataclasses.fields(Terms)}
    wrong = [name for name, kind in fields.items() if type(values.get(name)) is not kind] + [*(values.keys() - fields)]
    if wrong:
        raise UserError(f"'terms' has missing, unknown or wrong values: {', '.join(wrong)}")
    return Terms(**values)


def differences(config: Config, old: Terms, new: Terms) -> List[Difference]:
    """Return the differences after which a saved position, or the best metric so far, has another meaning."""
    found = []
    for section, prefix in (("TRAIN", ""), ("VALID", "valid_")):
        before, now = (tuple(getattr(terms, f"{prefix}{name}") for name in ("images", "list", "sizes"))
                       for terms in (old, new))
        if before != now and before[0] and now[0]:
            found.append(Difference(data_key(config, section), *_data_texts(before, now)))
    # Another number of processes may change the batch: 3 of them make 30 images of 32.
    batch_key = "TRAIN.batch_size" if old.processes == new.processes else PROCESSES
    for name, key in (("processes", PROCESSES), ("batch", batch_key), ("accumulate", "TRAIN.accumulate")):
        was, is_now = getattr(old, name), getattr(new, name)
        if was != is_now:
            unit = " images per step" if name == "batch" else ""
            found.append(Difference(key, f"{was}{unit}", f"{is_now}{unit}"))
    return found


def data_key(config: Config, section: str) -> str:
    """Return the config key of the data of a section: `file_list`, else `data_dir`."""
    data = config.data_section(section)
    return f"{section}.{'file_list' if data is not None and data.file_list else 'data_dir'}"


def permitted(key: str, allow: Sequence[str]) -> bool:
    """Return whether `--allow` contains a key or a section that has it."""
    return any(key == name or key.startswith(f"{name}.") for name in allow)


def _data_texts(before: Sequence[Any], now: Sequence[Any]) -> List[str]:
    """Return both data sets, given as (images, digest of the list, digest of the sizes), as text."""
    texts = []
    for images, paths, sizes in (before, now):
        text = f"{images} images (list {paths[:8]}"
        texts.append(text + (f", sizes {sizes[:8]})" if before[1] == now[1] else ")"))
    if before[0] == now[0]:
        texts[1] += f": {'sizes of files' if before[1] == now[1] else 'paths, labels or order'} differ"
    return texts
