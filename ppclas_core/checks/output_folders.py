# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check that no run folder or cache is inside the class folders, where the next run would read it as a class."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Tuple

from ppclas_core.checks.finding import Finding
from ppclas_core.config.config import Config
from ppclas_core.data.readers.open import reader_of
from ppclas_core.errors import UserError, UserErrors


def check_output_folders(config: Config) -> List[Finding]:
    """Check the output folders of a run; return no findings.

    Raises:
        UserErrors: `model_save_dir` or a `cache_dir` is, or is inside, a folder of class folders.
    """
    errors = []
    for data_key, folder in _class_folders(config):
        for key, given in _written(config):
            if _lies_in(Path(given), folder):
                errors.append(UserError(f"{key} is {given}, inside {data_key} ({folder}), where each folder is a class",
                                        where=config.location(key), do="write to a folder outside of the data"))
    if errors:
        raise UserErrors(errors)
    return []


def _class_folders(config: Config) -> Iterator[Tuple[str, Path]]:
    """Yield key and folder of each section whose data is one folder per class."""
    for name in ("TRAIN", "VALID"):
        section = config.data_section(name)
        if section is None or not section.data_dir or section.file_list:
            continue
        reader = reader_of(section)
        if reader is not None and reader.class_folders:
            yield f"{name}.data_dir", Path(section.data_dir)


def _written(config: Config) -> Iterator[Tuple[str, str]]:
    """Yield key and value of each folder that a run writes to."""
    yield "model_save_dir", config.model_save_dir
    for name in ("TRAIN", "VALID"):
        section = config.data_section(name)
        if section is not None and section.cache == "disk" and section.cache_dir:
            yield f"{name}.cache_dir", section.cache_dir


def _lies_in(path: Path, folder: Path) -> bool:
    """Return whether a path is `folder` or inside it, except below a hidden folder, which readers ignore."""
    inner, outer = path.resolve(), folder.resolve()
    if inner != outer and outer not in inner.parents:
        return False
    return not any(part.startswith(".") for part in inner.relative_to(outer).parts)
