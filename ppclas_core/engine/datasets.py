# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The data of a run: sources and loaders from a config, and the checks that need no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional

import numpy as np

from ppclas_core.data.balanced import class_weights, positive_weights
from ppclas_core.data.errors import BadImage
from ppclas_core.data.loader import Loader
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.data.source import Source
from ppclas_core.data.sources import open_source
from ppclas_core.engine.build import build_named
from ppclas_core.engine.distributed import Rank
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.signature import coerce

_TRIED = 20
"""Images at the start of a list that are tried for a usable one, to see its size."""


def settle_classes(config: Any) -> Any:
    """The config with `classes_num: auto` replaced by the number: of the label list, else of the first of TRAIN and
    VALID that is there.

    Raises:
        UserError: neither tells, or the data has one class.
    """
    if config["classes_num"] != "auto":
        return config
    name = "TRAIN" if config.get("TRAIN") else "VALID"
    section = {**(config.get(name) or {}), "max_samples": None, "cache": "none", "cache_dir": None}
    source = _open(config, name, section)
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
    for name, value in given.items():
        where = config.place(f"class_weights.{name}")
        if str(name) not in weights:
            raise UserError(f"class_weights: there is no class '{name}'.{did_you_mean(str(name), names)}", where=where,
                            do=f"the classes: {', '.join(names[:20])}{' ...' if len(names) > 20 else ''}")
        weight = coerce(value, float, what=f"class_weights.{name}")
        if weight < 0:
            raise UserError(f"class_weights.{name} is {weight:g}; it must be at least 0", where=where)
        weights[str(name)] = weight
    return [weights[name] for name in names]


def open_checked(config: Any, name: str) -> Source:
    """The source of section TRAIN or VALID, with labels that fit `classes_num`.

    Raises:
        UserError: no such section, no images, a label outside 0..classes_num - 1, more names than classes.
    """
    section = config.get(name)
    if not section:
        raise UserError(f"the config has no section {name}", where=config.place("mode"))
    source = _open(config, name, section)
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


def _open(config: Any, name: str, section: Mapping[str, Any]) -> Source:
    several = config["task"] == "multilabel"
    return open_source({**section, "label_list": config.get("label_list"), "multilabel": several},
                       where=lambda key: config.place(key if key == "label_list" else f"{name}.{key}"))


def check_same_classes(config: Any, train: Source, valid: Source) -> None:
    """Refuse folders of classes that differ between TRAIN and VALID: their numbers would not mean the same.

    Raises:
        UserError: naming the classes that only one side has.
    """
    if train.class_names is None or valid.class_names is None or train.class_names == valid.class_names:
        return
    differing = sorted(set(train.class_names) ^ set(valid.class_names))
    raise UserError(f"TRAIN and VALID do not have the same classes: {', '.join(differing[:10]) or 'another order'}",
                    where=config.place("VALID.data_dir"),
                    do="give both a folder for every class, an empty one where there are no images")


def class_names(classes: int, *sources: Optional[Source]) -> List[str]:
    """One name per logit: of the first source that has names; a class without one is called by its number."""
    names = next((source.class_names for source in sources if source is not None and source.class_names), None) or []
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
            raise UserError(text, where=config.place(f"{name}.transforms"),
                            do="make image_shape and the transforms agree")
        say(text)
        return


def list_bad_images(folder: Path, loader: Loader, say: Callable[[str], None]) -> None:
    """Keep `bad_images.txt` of a run folder up to date with the training images skipped so far; tell when it grows."""
    path, bad = folder / "bad_images.txt", loader.bad_images
    known = len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0
    if len(bad) > known:
        path.write_text("".join(f"{name}\t{reason}\n" for name, reason in bad), encoding="utf-8")
        say(f"{len(bad)} training images could not be used and were skipped: {path}")


def _loader(config: Any, name: str, source: Source, batch: int, rank: Rank, **options: Any) -> Loader:
    section = config[name]
    pipeline = build_pipeline(section["transforms"], where=lambda key: config.place(f"{name}.{key}"))
    return Loader(source, pipeline, batch, num_workers=section["num_workers"], worker_type=section["worker_type"],
                  decoder=config["decoder"], rank=rank.number, world_size=rank.world, profile=config["profile_data"],
                  on_bad_image=section["on_bad_image"], bad_image_budget=section["bad_image_budget"],
                  num_classes=config["classes_num"], **options)
