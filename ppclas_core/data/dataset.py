# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The public function `dataset`: the batches of a section TRAIN or VALID, for a training loop of one's own."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Union

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.config.fields import Section, members
from ppclas_core.config.sections import DataSection, TrainSection
from ppclas_core.data import from_config
from ppclas_core.data.loader import Loader
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.system.rank import rank_from_environment


class Dataset:
    """Iterable over the batches of a data set, in a new order for each pass over training data.

    A pass yields `[images, labels]` for each step: images (N, C, H, W) float32; labels (N,) int64 class indices. With
    multi-label data or a mixing op such as Mixup, labels are (N, num_classes) float32. The batches depend only on the
    config, its seed and `epoch`, not on the workers.

    Args:
        loader: loader of the batches.
        class_names: class names in the order of the class indices.
        train: training data; else the order is that of the list.

    Attributes:
        epoch: number of passes that have begun; set it to continue a training.
    """

    def __init__(self, loader: Loader, class_names: Sequence[str], *, train: bool) -> None:
        self.class_names: List[str] = list(class_names)
        self.epoch = 0
        self._loader = loader
        self._train = train

    def __len__(self) -> int:
        """Return the number of batches of a pass."""
        return len(self._loader)

    def __repr__(self) -> str:
        return f"<Dataset: {len(self._loader.source)} images, {len(self.class_names)} classes, {len(self)} batches>"

    def __iter__(self) -> Iterator[List[np.ndarray]]:
        """Yield the batches of one pass; a bad image or another error of the data is raised at its batch."""
        epoch = self.epoch if self._train else 0
        self.epoch += 1
        with contextlib.closing(self._loader.epoch(epoch)) as batches:
            for batch in batches:
                yield [batch.images, batch.labels if batch.mixed is None else
                       batch.probabilities(len(self.class_names))]

    @property
    def labels(self) -> np.ndarray:
        """Class index of each image, (N,) int64, in the order of the list; multi-label: (N, num_classes) float32."""
        source = self._loader.source
        found: np.ndarray = source.labels.hot(len(self.class_names)) if source.multilabel else source.labels
        return found


def dataset(section: Union[Config, Section, Mapping[str, Any]], train: bool = True) -> Dataset:
    """Return the batches of a section of a config, transformed as in its training or evaluation.

    With several processes of `paddle.distributed.launch` each one gets its part of every batch.

    Args:
        section: a config, whose section TRAIN or VALID is opened; or one such section, as `config["TRAIN"]` or a dict
            with its keys.
        train: training data: a new random order for each pass, mixing ops, `drop_last`. Else each image once.

    Raises:
        UserError: the config has no such section, or the data has an error.
    """
    if not isinstance(train, bool):
        raise UserError(f"train is {train!r}; it must be True or False", where="dataset(...)",
                        do="dataset(config) has the training data, dataset(config, train=False) that of VALID")
    name = "TRAIN" if train else "VALID"
    config = section if isinstance(section, Config) else _config_of(section, name)
    config.require(name)
    config = from_config.settle_classes(config)
    known = None
    if not train and config.train is not None:  # the classes of the validation are matched to those of the training
        known = from_config.names_of(from_config.open_checked(config, "TRAIN"))
    source: Source = from_config.open_checked(config, name, known)
    build = from_config.train_loader if train else from_config.valid_loader
    loader = build(config, source, rank_from_environment())
    return Dataset(loader, from_config.class_names(config.num_classes, source, known), train=train)


def _config_of(section: Union[Section, Mapping[str, Any]], name: str) -> Config:
    """Return a config with a section only.

    Raises:
        UserError: this is no section, has an unknown key, or lacks a required one.
    """
    if not isinstance(section, (Section, Mapping)):
        raise UserError(f"{section!r} is neither a config nor a section of one", where="dataset(...)",
                        do="dataset(load_config(FILE)), or dataset(config['TRAIN'])")
    values = _plain(section) if isinstance(section, Section) else dict(section)
    if "TRAIN" in values or "VALID" in values:
        raise UserError("this dict is a whole config, not a section", where="dataset(...)",
                        do="dataset(load_config({...})), or dataset({...}['TRAIN'])")
    known = [member.name for member in (*members(TrainSection), *members(DataSection))]
    for key in values:
        if key not in known:
            raise UserError(f"unknown key '{key}' in the section.{did_you_mean(str(key), known)}", where="dataset(...)")
    for key in ("batch_size", "transforms"):
        if not values.get(key):
            raise UserError(f"the section needs the key '{key}'", where="dataset(...)")
    whole = {name: values, "classes_num": "auto", "use_mix": bool(values.get("mix"))}
    return Config(whole, {"": "dataset(...)"})


def _plain(section: Section) -> Dict[str, Any]:
    """Return a typed section as the mapping that it was made from."""
    values = {member.name: getattr(section, member.field) for member in members(type(section))}
    return {key: _plain(value) if isinstance(value, Section) else value for key, value in values.items()}
