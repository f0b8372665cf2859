# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The data of a run: sources and loaders from a config, and the checks that need no model."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional, Tuple, Union

import numpy as np

from ppclas_core.data.balanced import class_weights, positive_weights
from ppclas_core.data.class_match import ClassNames, repeated
from ppclas_core.data.errors import BadImage
from ppclas_core.data.image_shape import shape_advice
from ppclas_core.data.loader import Loader
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.data.readers.open import config_section, open_source
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import build_named
from ppclas_core.plugins.signature import coerce
from ppclas_core.system.rank import Rank
from ppclas_core.system.text import one_line
from ppclas_core.system.text_files import write_text

_FEW_CLASSES, _PER_IMAGE = 1000, 10
"""`classes_num: auto` refuses labels without names above both, `_PER_IMAGE` per image: they are codes of something."""

_TRIED = 20
"""Images at the start of a list that are tried for a usable one, to see its size."""


def settle_classes(config: Any, num_classes: Optional[int] = None) -> Any:
    """The config with `classes_num: auto` replaced by the number: of the label list, else of the first of TRAIN and
    VALID that is there.

    Args:
        num_classes: that of the model which is evaluated; with it no data is asked.

    Raises:
        UserError: neither tells, the data has one class, or labels so high that they are no indices.
    """
    if config["classes_num"] != "auto":
        return config
    if num_classes is not None:
        return config.with_value("classes_num", num_classes)
    name = "TRAIN" if config.get("TRAIN") else "VALID"
    source = _open(config, name, {"max_samples": None, "cache": "none", "cache_dir": None})
    if source.class_names is None and source.num_classes > max(_FEW_CLASSES, _PER_IMAGE * len(source)):
        raise UserError(f"labels of {name} go up to {source.num_classes - 1}, far above its {len(source)} images, so "
                        "'classes_num: auto' does not take them for indices", where=config.place("classes_num"),
                        do=f"set classes_num: {source.num_classes} where they are, else number the classes from 0; a "
                           "table .csv with labels: names does it")
    if source.num_classes < 2:
        raise UserError(f"the data has {source.num_classes} class; there must be 2", where=config.place("classes_num"))
    return config.with_value("classes_num", source.num_classes)


def loss_weights(config: Any, source: Source) -> Optional[List[float]]:
    """The weight of each class in the loss, from `class_weights`; None without.

    Raises:
        UserError: a list of another length than `classes_num`, a name that is no class, a weight that is no number.
    """
    given, classes = config.get("class_weights"), config["classes_num"]
    if given == "balanced" and source.multilabel:
        return positive_weights(source.images_per_class(classes), len(source))
    if given == "balanced":
        return class_weights(source.labels, classes)
    if isinstance(given, dict):
        return _weights_by_name(config, given, class_names(classes, source))
    if given is not None and len(given) != classes:
        raise UserError(f"class_weights has {len(given)} values, but there are {classes} classes",
                        where=config.place("class_weights"))
    return None if given is None else list(given)


def _weights_by_name(config: Any, given: Mapping[Any, Any], names: List[str]) -> List[float]:
    weights = dict.fromkeys(names, 1.0)
    twice = repeated(names)
    for name, value in given.items():
        where = config.place(f"class_weights.{name}")
        if str(name) in twice:
            raise UserError(f"class_weights: '{name}' is the name of {len(twice[str(name)])} classes, "
                            f"{', '.join(map(str, twice[str(name)]))}", where=where,
                            do="give each class of the label list a name of its own")
        if str(name) not in weights:
            raise UserError(f"class_weights: there is no class '{name}'.{did_you_mean(str(name), names)}", where=where,
                            do=f"the classes: {', '.join(names[:20])}{' ...' if len(names) > 20 else ''}")
        weight = coerce(value, float, what=f"class_weights.{name}")
        if weight < 0:
            raise UserError(f"class_weights.{name} is {weight:g}; it must be at least 0", where=where)
        weights[str(name)] = weight
    return [weights[name] for name in names]


def open_checked(config: Any, name: str, known: Optional[ClassNames] = None) -> Source:
    """The source of section TRAIN or VALID, with labels that fit `classes_num`.

    Args:
        known: names of classes that those of the data are matched to.

    Raises:
        UserError: no such section, no images, a label outside 0..classes_num - 1, more names than classes.
        UnknownClasses: images of a class that `known` lacks.
    """
    section = config.get(name)
    if not section:
        raise UserError(f"the config has no section {name}", where=config.place("mode"))
    source = _open(config, name, known=known)
    classes = config["classes_num"]
    place = config.place(f"{name}.file_list" if section.get("file_list") else f"{name}.data_dir")
    if len(source) == 0:
        raise UserError(f"{name} has no images", where=place)
    low, high = int(source.labels.min()), int(source.labels.max())
    if source.multilabel and high < 0:
        raise UserError(f"no image of {name} shows any class", where=place, do="write labels as 'path 1,4'")
    if low < 0 or high >= classes:
        hint = " did you start at 1?" if high == classes and low >= 1 else ""
        raise UserError(f"labels go from {low} to {high} but classes_num is {classes};{hint}" if hint else
                        f"labels go from {low} to {high} but classes_num is {classes}", where=place,
                        do=f"labels must be 0 to {classes - 1}; else set classes_num: {high + 1}")
    if source.class_names is not None and len(source.class_names) > classes:
        raise UserError(f"there are {len(source.class_names)} class names but classes_num is {classes}", where=place,
                        do=f"set classes_num: {len(source.class_names)}")
    return source


def _open(config: Any, name: str, changes: Optional[Mapping[str, Any]] = None,
          known: Optional[ClassNames] = None) -> Source:
    section = config_section(config, name)
    if "classes_num" not in config.origins:  # the default says nothing of the data
        section["classes_num"] = None
    return open_source({**section, **(changes or {})}, what=name, known=known,
                       where=lambda key: config.place(key if key == "label_list" else f"{name}.{key}"))


def open_both(config: Any, known: Optional[ClassNames] = None) -> Tuple[Source, Optional[Source]]:
    """The sources of TRAIN and, where the config validates, of VALID, whose classes are matched to those of TRAIN.

    Args:
        known: names of the checkpoint that a run continues; TRAIN is matched to them.

    Raises:
        UserError: see `open_checked`.
    """
    train = open_checked(config, "TRAIN", known)
    if not config["validate"]:
        return train, None
    return train, open_checked(config, "VALID", names_of(train))


def names_of(train: Source) -> Optional[ClassNames]:
    """What VALID is matched to; None where the training data has no names."""
    return None if train.class_names is None else ClassNames(train.class_names, "TRAIN")


def class_names(classes: int, source: Optional[Source], other: Union[Source, ClassNames, None] = None) -> List[str]:
    """One name per logit: of `source`, else of `other`; a class without one is called by its number."""
    names = [] if source is None else source.class_names or []
    if not names and other is not None:
        names = list(other.names) if isinstance(other, ClassNames) else other.class_names or []
    return [*names, *(str(index) for index in range(len(names), classes))]


def train_loader(config: Any, source: Source, rank: Rank, say: Callable[[str], None]) -> Loader:
    """Batches of training: shuffled, mixed, the incomplete last one dropped unless it is all there is.

    Raises:
        UserError: the batch does not divide over the processes, or they are more than the images.
    """
    section: Mapping[str, Any] = config["TRAIN"]
    batch = section["batch_size"] // rank.world
    if batch < 1:
        raise UserError(f"a batch of {section['batch_size']} cannot be shared by {rank.world} processes",
                        where=config.place("TRAIN.batch_size"))
    if section["batch_size"] % rank.world:
        say(f"TRAIN.batch_size: {section['batch_size']} does not divide over {rank.world} processes: each step takes "
            f"{batch * rank.world} images, {batch} in each process")
    drop_last = bool(section.get("drop_last", True))
    if drop_last and len(source) < batch * rank.world:
        say(f"TRAIN has {len(source)} images, less than one batch of {batch * rank.world}: drop_last is off")
        drop_last = False
    total = config.get("total_images")
    if total and total != len(source):
        say(f"total_images is {total} but the training data has {len(source)} images: the data decides")
    seed = section.get("shuffle_seed")
    mix = build_named("op", section.get("mix") or ()) if config.get("use_mix") else []
    loader = _loader(config, "TRAIN", source, batch, rank, shuffle=True, drop_last=drop_last, mix=mix,
                     sampler=section["sampler"], seed=config["seed"] if seed is None else seed)
    for note in [*(f"TRAIN: {line}" for line in source.notes()), f"training data: {loader.workers}", *loader.notes]:
        say(note)
    return loader


def valid_loader(config: Any, source: Source, rank: Rank) -> Loader:
    """Batches of evaluation: every image once, in the order of the list."""
    batch = max(config["VALID"]["batch_size"] // rank.world, 1)
    return _loader(config, "VALID", source, batch, rank, shuffle=False, drop_last=False, mix=[], seed=config["seed"])


def check_size(config: Any, name: str, loader: Loader, say: Callable[[str], None]) -> None:
    """Send the first usable image of a section through its transforms and compare with `image_shape`.

    Raises:
        UserError: another size in VALID, another number of channels in TRAIN, whose size may differ on purpose.
        BadImage: no image could be used, and bad ones are not to be skipped.
    """
    wanted, rng = list(config["image_shape"]), np.random.default_rng(config["seed"])
    for index in range(min(len(loader.source), _TRIED)):
        try:
            shape = list(loader.pipeline(loader.source.read(index), rng, loader.source.path(index)).shape)
        except BadImage:
            if config[name]["on_bad_image"] != "skip":
                raise
            continue
        if shape == wanted:
            return
        text = f"{name}.transforms give images of {shape}, but image_shape is {wanted}"
        if name == "VALID" or shape[0] != wanted[0]:
            raise UserError(text, where=config.place("image_shape"), do=shape_advice(shape, wanted))
        say(text)
        return


def list_bad_images(path: Path, loader: Loader, say: Callable[[str], None]) -> None:
    """Keep the file that lists the training images skipped so far up to date; log when it grows."""
    bad = loader.bad_images
    known = path.read_bytes().count(b"\n") if path.is_file() else 0
    if len(bad) > known:
        write_text(path, "".join(f"{_in_a_line(name)}\t{one_line(reason)}\n" for name, reason in bad))
        say(f"{len(bad)} training images could not be used and were skipped: {path}")


def _in_a_line(name: str) -> str:
    """Return a file name as it is, which a program can open, or escaped where it has control characters."""
    return one_line(name) if any(unicodedata.category(character) == "Cc" for character in name) else name


def _loader(config: Any, name: str, source: Source, batch: int, rank: Rank, **options: Any) -> Loader:
    section = config[name]
    pipeline = build_pipeline(section["transforms"], where=lambda key: config.place(f"{name}.{key}"))
    return Loader(source, pipeline, batch, num_workers=section["num_workers"], worker_type=section["worker_type"],
                  decoder=config["decoder"], rank=rank.number, world_size=rank.world, profile=config["profile_data"],
                  on_bad_image=section["on_bad_image"], bad_image_budget=section["bad_image_budget"],
                  num_classes=config["classes_num"], **options)
