# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Sources and loaders of a config, and the checks of its data that need no model.

In: a config. Out: a `Source` (`open_checked`), and a `Loader` (`train_loader`, `valid_loader`), which joins the source
with the pipeline of the section.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple, Union

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.errors import BadImage
from ppclas_core.data.image_shape import shape_advice
from ppclas_core.data.loader import Loader
from ppclas_core.data.pipeline import Pipeline, build_pipeline
from ppclas_core.data.readers.open import open_source, source_section
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import build_named
from ppclas_core.system.rank import Rank

_log = logging.getLogger(__name__)
_FEW_CLASSES = 1000
_PER_IMAGE = 10
"""`classes_num: auto` refuses unnamed labels above `_FEW_CLASSES` and `_PER_IMAGE` per image: they may be codes."""

_TRIED = 20
"""Number of images at the start of a list that are tried to find a usable one."""


def settle_classes(config: Config, num_classes: Optional[int] = None) -> Config:
    """Return the config with `classes_num: auto` replaced by the number of classes.

    The number is that of the label list, else of TRAIN, else of VALID.

    Args:
        config: the config.
        num_classes: number of classes of the evaluated model; the data is not opened then.

    Raises:
        UserError: the data cannot be opened, has one class, or has labels too high for class indices.
    """
    if config.classes_num != "auto":
        return config
    if num_classes is not None:
        return config.with_value("classes_num", num_classes)
    name = "VALID" if config.train is None else "TRAIN"
    source = _open(config, name, whole=True)
    if source.class_names is None and source.num_classes > max(_FEW_CLASSES, _PER_IMAGE * len(source)):
        raise UserError(f"labels of {name} go up to {source.num_classes - 1}, far above its {len(source)} images, so "
                        "'classes_num: auto' does not take them for indices", where=config.location("classes_num"),
                        do=f"set classes_num: {source.num_classes} if they are indices; else number the classes from "
                           "0, or use a table .csv with labels: names")
    if source.num_classes < 2:
        raise UserError(f"the data has {source.num_classes} class; there must be 2",
                        where=config.location("classes_num"))
    return config.with_value("classes_num", source.num_classes)


def open_checked(config: Config, name: str, known: Optional[ClassNames] = None) -> Source:
    """Open the section TRAIN or VALID and check its labels against `classes_num`.

    Args:
        config: the config.
        name: TRAIN or VALID.
        known: class names to which those of the data are matched.

    Raises:
        UserError: the section is missing or has no images, a label is out of range, or there are too many names.
        UnknownClasses: the data has images of a class that `known` lacks.
    """
    section = config.data_section(name)
    if section is None:
        raise UserError(f"the config has no section {name}", where=config.location("mode"))
    source = _open(config, name, known=known)
    classes = config.num_classes
    place = config.location(f"{name}.file_list" if section.file_list else f"{name}.data_dir")
    if len(source) == 0:
        raise UserError(f"{name} has no images", where=place)
    low = int(source.labels.min())
    high = int(source.labels.max())
    if source.multilabel and high < 0:
        raise UserError(f"no image of {name} has a label", where=place, do="write labels as 'path 1,4'")
    if low < 0 or high >= classes:
        hint = " did you start at 1?" if high == classes and low >= 1 else ""
        raise UserError(f"labels go from {low} to {high} but classes_num is {classes};{hint}" if hint else
                        f"labels go from {low} to {high} but classes_num is {classes}", where=place,
                        do=f"labels must be 0 to {classes - 1}; else set classes_num: {high + 1}")
    if source.class_names is not None and len(source.class_names) > classes:
        raise UserError(f"there are {len(source.class_names)} class names but classes_num is {classes}", where=place,
                        do=f"set classes_num: {len(source.class_names)}")
    return source


def _open(config: Config, name: str, known: Optional[ClassNames] = None, *, whole: bool = False) -> Source:
    """Open a section; `whole` ignores `max_samples` and caches nothing."""
    section = source_section(config, name)
    if "classes_num" not in config.origins:  # the default is independent of the data
        section = replace(section, classes_num=None)
    if whole:
        section = replace(section, max_samples=None, cache="none", cache_dir=None)
    return open_source(section, what=name, known=known,
                       where=lambda key: config.location(key if key == "label_list" else f"{name}.{key}"))


def open_both(config: Config, known: Optional[ClassNames] = None) -> Tuple[Source, Optional[Source]]:
    """Return the sources of TRAIN and of VALID (None without validation), with the classes of VALID matched to TRAIN.

    Args:
        config: the config.
        known: class names of the checkpoint that a run resumes from; TRAIN is matched to them.

    Raises:
        UserError: see `open_checked`.
    """
    train = open_checked(config, "TRAIN", known)
    if not config.validate:
        return train, None
    return train, open_checked(config, "VALID", names_of(train))


def names_of(train: Source) -> Optional[ClassNames]:
    """Return the class names to which VALID is matched; None if the training data has none."""
    return None if train.class_names is None else ClassNames(train.class_names, "TRAIN")


def class_names(classes: int, source: Optional[Source], other: Union[Source, ClassNames, None] = None) -> List[str]:
    """Return one name per logit: of `source`, else of `other`, else the class index."""
    names = [] if source is None else source.class_names or []
    if not names and other is not None:
        names = list(other.names) if isinstance(other, ClassNames) else other.class_names or []
    return [*names, *(str(index) for index in range(len(names), classes))]


def train_loader(config: Config, source: Source, rank: Rank) -> Loader:
    """Return the training loader: shuffled and mixed; an incomplete last batch is dropped unless it is the only one.

    Raises:
        UserError: there are more processes than images of a batch, or than images.
    """
    section = config.require_train()
    batch = section.batch_size // rank.world
    if batch < 1:
        raise UserError(f"a batch of {section.batch_size} cannot be divided over {rank.world} processes",
                        where=config.location("TRAIN.batch_size"))
    if section.batch_size % rank.world:
        _log.info("TRAIN.batch_size: %d does not divide over %d processes: each step takes %d images, %d in each "
                  "process", section.batch_size, rank.world, batch * rank.world, batch)
    drop_last = section.drop_last
    if drop_last and len(source) < batch * rank.world:
        _log.info("TRAIN has %d images, less than one batch of %d: drop_last is off", len(source), batch * rank.world)
        drop_last = False
    total = config.total_images
    if total and total != len(source):
        _log.info("total_images is %d but the training data has %d images: the data decides", total, len(source))
    seed = section.shuffle_seed
    mix = build_named("op", section.mix or ()) if config.use_mix else []
    loader = Loader(source, _pipeline(config, "TRAIN"), batch, shuffle=True, drop_last=drop_last, mix=mix,
                    sampler=section.sampler, seed=config.seed if seed is None else seed,
                    **_shared_options(config, "TRAIN", rank))
    for note in source.notes():
        _log.info("TRAIN: %s", note)
    _log.info("training data: %s", loader.workers)
    return loader


def valid_loader(config: Config, source: Source, rank: Rank) -> Loader:
    """Return the evaluation loader: every image once, in the order of the list."""
    batch = max(config.require_valid().batch_size // rank.world, 1)
    return Loader(source, _pipeline(config, "VALID"), batch, shuffle=False, drop_last=False, seed=config.seed,
                  **_shared_options(config, "VALID", rank))


def check_size(config: Config, name: str, loader: Loader) -> None:
    """Transform the first usable image of a section and compare its shape with `image_shape`.

    Raises:
        UserError: VALID has another shape, or TRAIN another number of channels (its size may differ).
        BadImage: an image is unusable, and bad images are not skipped.
    """
    wanted = list(config.image_shape)
    rng = np.random.default_rng(config.seed)
    for index in range(min(len(loader.source), _TRIED)):
        try:
            shape = list(loader.pipeline(loader.source.read(index), rng, loader.source.path(index)).shape)
        except BadImage:
            if config.require_data(name).on_bad_image != "skip":
                raise
            continue
        if shape == wanted:
            return
        text = f"{name}.transforms give images of {shape}, but image_shape is {wanted}"
        if name == "VALID" or shape[0] != wanted[0]:
            raise UserError(text, where=config.location("image_shape"), do=shape_advice(shape, wanted))
        _log.info("%s", text)
        return


def _pipeline(config: Config, name: str) -> Pipeline:
    return build_pipeline(config.require_data(name).transforms, where=lambda key: config.location(f"{name}.{key}"))


def _shared_options(config: Config, name: str, rank: Rank) -> Dict[str, Any]:
    """Return the options of a loader that training and evaluation define alike."""
    section = config.require_data(name)
    return {"num_workers": section.num_workers, "worker_type": section.worker_type, "decoder": config.decoder,
            "rank": rank.number, "world_size": rank.world, "profile": config.profile_data,
            "on_bad_image": section.on_bad_image, "bad_image_budget": section.bad_image_budget,
            "num_classes": config.num_classes}
