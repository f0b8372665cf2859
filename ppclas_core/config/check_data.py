# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Does the data of a config exist, decode and fit the network? Lists line by line, all files, a sample of images."""

from __future__ import annotations

import os
import random
from typing import Any, Callable, Dict, List, Set

from ppclas_core.config.check import Finding
from ppclas_core.config.config import Config
from ppclas_core.errors import PluginError, UserError, UserErrors
from ppclas_core.system.text import one_line

FIRST = 64
RANDOM = 64
SHOWN = 20
"""Images that are decoded and transformed: so many from the start, so many from anywhere. Missing files that are
looked for under another spelling."""


def check_data(config: Config) -> List[Finding]:
    """TRAIN and VALID.

    Raises:
        UserErrors: bad lines, missing files, labels out of range, images that cannot be used, sizes that do not fit.
    """
    from ppclas_core.engine.datasets import loss_weights, names_of, open_checked

    findings: List[Finding] = []
    errors: List[UserError] = []

    def attempt(step: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return step(*arguments)
        except UserErrors as error:
            errors.extend(error.errors)
        except UserError as error:
            errors.append(error)
        return None

    train: Any = None
    for section in ("TRAIN", "VALID"):
        if config[section] is None:
            continue
        shapes = attempt(check_shapes, config, section)
        source = attempt(open_checked, config, section, names_of(train) if train is not None else None)
        if section == "TRAIN" and source is not None:
            train = source
            findings += _repeated_names(config, source)
            attempt(loss_weights, config, source)
        if source is not None and shapes is not None:
            findings += [*shapes, *(attempt(_check_source, config, section, source) or ())]
    if errors:
        raise UserErrors(errors)
    return findings


def _repeated_names(config: Config, source: Any) -> List[Finding]:
    """Names that stand for several classes: predictions cannot tell these apart, and names cannot be matched."""
    from ppclas_core.data.class_match import repeated

    twice = repeated(source.class_names or ())
    return [Finding("note", f"the name '{one_line(name)}' stands for {len(classes)} classes, "
                    f"{', '.join(map(str, classes[:5]))}: predictions will not tell them apart",
                    config.place("label_list")) for name, classes in list(twice.items())[:5]]


def check_shapes(config: Config, section: str) -> List[Finding]:
    """Send two made-up photos, one wide and one tall, through the transforms and compare with `image_shape`.

    Raises:
        UserError: they come out in different sizes, or VALID in another size than `image_shape`.
    """
    import numpy as np

    from ppclas_core.data.cv import cv2
    from ppclas_core.data.errors import TransformError

    pipeline = _pipeline(config, section)
    if pipeline is None:
        return []
    where, shapes = config.place(f"{section}.transforms"), []
    for height, width in ((600, 800), (800, 600)):
        image = np.full((height, width, 3), 127, np.uint8)
        try:
            made = pipeline(cv2.imencode(".png", image)[1].tobytes(), np.random.default_rng(0))
        except PluginError as error:
            raise error.at(where or "") from None
        except (UserError, TransformError) as error:
            text = f"{section}.transforms fail on a photo of {width}x{height}: {error}"
            raise UserError(text, where=where) from error
        shapes.append(list(made.shape))
    if shapes[0] != shapes[1]:
        raise UserError(f"{section}.transforms give images of different sizes, {shapes[0]} and {shapes[1]}: they "
                        "cannot form a batch", where=where,
                        do="end the resizing with CropImage, or with ResizeImage: {size: ...}")
    wanted = config["image_shape"]
    if shapes[0] == wanted:
        return []
    text = f"{section}.transforms give images of {shapes[0]}, but image_shape is {wanted}"
    if section == "TRAIN" and shapes[0][0] == wanted[0]:  # training smaller than testing is a known recipe
        return [Finding("note", text, where)]
    raise UserError(text, where=where, do="make image_shape and the crop agree")


def _check_source(config: Config, section: str, source: Any) -> List[Finding]:
    from ppclas_core.data.image_file import other_spelling

    findings = [Finding("ok", f"{section}: {len(source)} images, {_classes(source)} classes{_per_image(source)}")]
    listed = config.place(f"{section}.file_list" if config[section]["file_list"] else f"{section}.data_dir")
    findings += [Finding("note", f"{section}: {note}", listed) for note in source.notes()]
    absent = missing_files(source)
    if absent:
        if len(absent) > _budget(config, section) * len(source):
            text = f"no such file (one of {len(absent)} that {section} misses)"
            raise UserErrors(UserError(text + (other_spelling(source.path(index)) if number < SHOWN else ""),
                                       where=source.path(index)) for number, index in enumerate(absent))
        findings.append(Finding("note", f"{len(absent)} files are missing and will be skipped", listed))
    findings += _try_images(config, section, source, set(absent))
    if section == "TRAIN":
        findings += _check_amount(config, source)
    return findings


def missing_files(source: Any) -> List[int]:
    """Indices of the files that do not exist; each folder is listed once, so that a million files take seconds."""
    if hasattr(source, "files"):  # images in containers, whose sizes were compared when they were opened
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
        if name not in folders[folder] and not os.path.isfile(path):  # file systems that ignore case
            missing.append(index)
    return missing


def _try_images(config: Config, section: str, source: Any, absent: Set[int]) -> List[Finding]:
    pipeline = _pipeline(config, section)
    if pipeline is None:
        return [Finding("note", f"{section}: its transforms are not complete here, no image was tried")]
    import numpy as np

    from ppclas_core.data.errors import BadImage, TransformError

    chosen = sample(len(source))
    bad: List[UserError] = []
    for index in chosen:
        if index in absent:
            continue
        try:
            pipeline(source.read(index), np.random.default_rng([config["seed"], index]), source.path(index))
        except BadImage as error:
            bad.append(error)
        except PluginError as error:
            raise error.at(config.place(f"{section}.transforms")) from None
        except TransformError as error:
            bad.append(UserError(str(error), where=config.place(f"{section}.transforms")))
    if len(bad) > _budget(config, section) * len(chosen):
        raise UserErrors(bad)
    skipped = [Finding("note", f"will be skipped: {error}") for error in bad]
    return [*skipped, Finding("ok", f"{section}: {len(chosen)} images tried, {len(chosen) - len(bad)} are fine")]


def _budget(config: Config, section: str) -> float:
    """Return the ratio of images that may be bad."""
    return float(config[section]["bad_image_budget"]) if config[section]["on_bad_image"] == "skip" else 0.0


def sample(count: int) -> List[int]:
    """Indices of the first 64 and of 64 random others, always the same for the same count."""
    first = range(min(FIRST, count))
    rest = range(len(first), count)
    return [*first, *sorted(random.Random(0).sample(rest, min(RANDOM, len(rest))))]


def _check_amount(config: Config, source: Any) -> List[Finding]:
    findings = []
    count, batch, total = len(source), config["TRAIN"]["batch_size"], config["total_images"]
    if batch > count:
        findings.append(Finding("note", f"a batch of {batch} is more than the {count} training images: one smaller "
                                "batch is an epoch", config.place("TRAIN.batch_size")))
    if total is not None and total != count:
        findings.append(Finding("note", f"total_images is {total} but TRAIN has {count} images; the data decides",
                                config.place("total_images")))
    empty = [index for index, number in enumerate(source.images_per_class(config["classes_num"])) if not number]
    if empty:
        names = source.class_names or []
        shown = ", ".join(f"{index} ({one_line(names[index])})" if index < len(names) else str(index)
                          for index in empty[:10]) + (" ..." if len(empty) > 10 else "")
        text = f"{len(empty)} of {config['classes_num']} classes have no training image: {shown}"
        findings.append(Finding("note", text, config.place("classes_num")))
    return findings


def _classes(source: Any) -> int:
    return int((source.images_per_class(0) > 0).sum())


def _per_image(source: Any) -> str:
    """How many labels an image has, where that differs."""
    if not source.multilabel:
        return ""
    counts = source.labels.counts
    none = int((counts == 0).sum())
    return f", {counts.mean():.2f} labels per image" + (f", {none} images of no class" if none else "")


def _pipeline(config: Config, section: str) -> Any:
    """The transforms of a section; None when they are wrong, which `check_components` reports."""
    from ppclas_core.data.pipeline import build_pipeline

    try:
        return build_pipeline(config[section]["transforms"])
    except UserError:
        return None
