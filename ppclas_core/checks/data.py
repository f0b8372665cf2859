# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check of the data of a config: every line of the lists, the existence of all files, and a sample of images."""

from __future__ import annotations

import os
from functools import partial
from typing import Callable, Dict, List, Optional, Set, TypeVar

from ppclas_core.checks.finding import Finding
from ppclas_core.checks.images import bad_ratio, try_images
from ppclas_core.config.config import Config
from ppclas_core.data.class_match import model_class_names, repeated
from ppclas_core.data.class_weights import loss_weights
from ppclas_core.data.from_config import names_of, open_checked
from ppclas_core.data.readers.image_file import other_spelling
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.models.evaluated_weights import weights_meta
from ppclas_core.system.text import one_line

Result = TypeVar("Result")

SHOWN = 20
"""Number of missing files for which a similar file name is suggested."""


def check_data(config: Config) -> List[Finding]:
    """Check the data of TRAIN and VALID.

    Raises:
        UserErrors: invalid lines, missing files, labels out of range, unusable images, sizes that do not fit.
    """
    findings: List[Finding] = []
    errors: List[UserError] = []

    def attempt(step: Callable[[], Result]) -> Optional[Result]:
        try:
            return step()
        except UserErrors as error:
            errors.extend(error.errors)
        except UserError as error:
            errors.append(error)
        return None

    train: Optional[Source] = None
    meta = weights_meta(config)
    for section in ("TRAIN", "VALID"):
        if config.data_section(section) is None:
            continue
        known = names_of(train) if train is not None else None
        if meta is not None:
            known = model_class_names(meta.labels, "the checkpoint")
        source = attempt(partial(open_checked, config, section, known))
        if section == "TRAIN" and source is not None:
            train = source
            findings += _repeated_names(config, source)
            attempt(partial(loss_weights, config, source))
        if source is not None:
            findings += attempt(partial(_check_source, config, section, source)) or ()
    if errors:
        raise UserErrors(errors)
    return findings


def _repeated_names(config: Config, source: Source) -> List[Finding]:
    """Note class names shared by several classes: their predictions look the same and names cannot be matched."""
    twice = repeated(source.class_names or ())
    return [Finding("note", f"the name '{one_line(name)}' stands for {len(classes)} classes, "
                    f"{', '.join(map(str, classes[:5]))}: predictions cannot distinguish them",
                    config.location("label_list")) for name, classes in list(twice.items())[:5]]


def _check_source(config: Config, section: str, source: Source) -> List[Finding]:

    findings = [Finding("ok", f"{section}: {len(source)} images, {_classes(source)} classes{_per_image(source)}")]
    data = config.require_data(section)
    listed = config.location(f"{section}.file_list" if data.file_list else f"{section}.data_dir")
    findings += [Finding("note", f"{section}: {note}", listed) for note in source.notes()]
    absent = missing_files(source)
    if absent:
        if len(absent) > bad_ratio(data) * len(source):
            text = f"no such file (one of {len(absent)} missing files of {section})"
            raise UserErrors(UserError(text + (other_spelling(source.path(index)) if number < SHOWN else ""),
                                       where=source.path(index)) for number, index in enumerate(absent))
        findings.append(Finding("note", f"{len(absent)} files are missing and will be skipped", listed))
    findings += try_images(config, section, source, set(absent))
    if section == "TRAIN":
        findings += _check_amount(config, source)
    return findings


def missing_files(source: Source) -> List[int]:
    """Return the indices of missing files; lists each folder once, so a million files take seconds."""
    if not source.storage.single_files:  # the reader of a container checks its size at opening
        return []
    folders: Dict[str, Set[str]] = {}
    missing = []
    for index in range(len(source)):
        path = source.path(index)
        folder, name = os.path.split(path)
        if folder not in folders:
            try:
                folders[folder] = set(os.listdir(folder or "."))
            except OSError:
                folders[folder] = set()
        if name not in folders[folder] and not os.path.isfile(path):  # `isfile`: case-insensitive file systems
            missing.append(index)
    return missing


def _check_amount(config: Config, source: Source) -> List[Finding]:
    findings = []
    count, batch, total = len(source), config.require_train().batch_size, config.total_images
    if batch > count:
        findings.append(Finding("note", f"batch_size {batch} exceeds the {count} training images: an epoch is one "
                                "smaller batch", config.location("TRAIN.batch_size")))
    if total is not None and total != count:
        findings.append(Finding("note", f"total_images is {total} but TRAIN has {count} images; the data decides",
                                config.location("total_images")))
    empty = [index for index, number in enumerate(source.images_per_class(config.num_classes)) if not number]
    if empty:
        names = source.class_names or []
        shown = ", ".join(f"{index} ({one_line(names[index])})" if index < len(names) else str(index)
                          for index in empty[:10]) + (" ..." if len(empty) > 10 else "")
        text = f"{len(empty)} of {config.num_classes} classes have no training image: {shown}"
        findings.append(Finding("note", text, config.location("classes_num")))
    return findings


def _classes(source: Source) -> int:
    return int((source.images_per_class(0) > 0).sum())


def _per_image(source: Source) -> str:
    """Describe the number of labels per image; "" for single-label data."""
    if not source.multilabel:
        return ""
    counts = source.labels.counts
    none = int((counts == 0).sum())
    return f", {counts.mean():.2f} labels per image" + (f", {none} images of no class" if none else "")
