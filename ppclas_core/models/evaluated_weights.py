# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the weights that an evaluation uses, in the same order of precedence for all commands."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import List, NamedTuple, Optional, Tuple

from ppclas_core.config.config import Config
from ppclas_core.config.switched_callbacks import has_teacher
from ppclas_core.data.class_match import ClassNames, UnknownClasses, model_class_names
from ppclas_core.data.datasets import imagenet1k
from ppclas_core.data.from_config import open_checked
from ppclas_core.data.readers.source import Source as DataSource
from ppclas_core.errors import UserError
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.meta import Meta, read_meta

_log = logging.getLogger(__name__)


class SelectedWeights(NamedTuple):
    """Weights to evaluate.

    Args:
        source: path, published name or URL, or a list of them; never True.
        reason: why they were chosen, for the log, e.g. "best checkpoint of the run".
        meta: content of their `meta.yaml`; None without one, as for published weights.
        owner: owner of the class names in `meta`, for messages.
    """

    source: Source
    reason: str
    meta: Optional[Meta]
    owner: str = "the checkpoint"

    @property
    def classes(self) -> Optional[ClassNames]:
        """Class names, to which those of the data are matched; None if they are unknown.

        They are those of `meta`, or of the record of published weights.
        """
        if self.meta is not None:
            return model_class_names(self.meta.labels, self.owner)
        name = PretrainedSource(self.source).published if isinstance(self.source, (str, Path)) else ""
        weights = find_model(name)[1] if name else None
        names = [] if weights is None else imagenet1k.class_names(weights.classes)
        return model_class_names(names, f"the published weights {name}")

    @property
    def num_classes(self) -> Optional[int]:
        """Number of classes; None without `meta`."""
        return None if self.meta is None else int(self.meta.num_classes)


def select_weights(config: Config, given: Optional[Source] = None) -> SelectedWeights:
    """Return the weights that an evaluation of a config uses, and log them.

    Precedence: `given`; the best checkpoint of the config's run (the last one without validation);
    `checkpoints`; `pretrained_model`. With `mode: valid`, the weights that the config names precede a run under its
    `model_save_dir`. With a teacher, `pretrained_model` has the teacher's weights and is ignored.

    Raises:
        UserError: there are none, or there are no weights at a path.
    """
    if given:
        return _select(given, "as given")
    found = _candidates(config)
    if not found:
        raise UserError("no weights to evaluate: the config names none, and has no run yet",
                        where=config.location("pretrained_model"),
                        do=f"give --weights PATH, or train first: no checkpoint in {RunFolder.of(config).path}")
    source, reason = found[0]
    return _select(_without_true(config, source), reason)


def open_validation(config: Config, selected: SelectedWeights) -> DataSource:
    """Open VALID with its classes matched by name to those of the weights.

    Published weights have the names of ImageNet's classes. Data of the same number of classes under other names, such
    as the WordNet ids of ImageNet's own folders, keeps its order.

    Raises:
        UserError: see `open_checked`.
    """
    try:
        return open_checked(config, "VALID", selected.classes)
    except UnknownClasses:
        if selected.meta is not None:
            raise
        source = open_checked(config, "VALID")
        if len(source.class_names or ()) != config.num_classes:
            raise
        return source


def weights_meta(config: Config) -> Optional[Meta]:
    """Return the `meta.yaml` of the weights of a config without TRAIN, to check its data against them.

    Nothing is logged or downloaded. The result is None for a config with TRAIN, for published weights, for weights
    without `meta.yaml`, and without weights.
    """
    if config.train is not None:
        return None
    source = next((source for source, _ in _candidates(config)), None)
    if not isinstance(source, (str, Path)):
        return None
    weights = PretrainedSource(source)
    if weights.is_downloaded:
        return None
    try:
        return weights.meta()
    except UserError:  # `check_weights` reports it
        return None


def _candidates(config: Config) -> List[Tuple[Source, str]]:
    """Return the available weights in order of precedence, each with its description."""
    named: List[Tuple[Optional[Source], str]] = [(config.checkpoints, "'checkpoints' of the config")]
    if not has_teacher(config):
        named.append((config.pretrained_model, "'pretrained_model' of the config"))
    run = RunFolder.of(config).checkpoint()
    trained: List[Tuple[Optional[Source], str]] = [] if run is None else [(run.path, f"{run.title} of the run")]
    ordered = [*named, *trained] if config.mode == "valid" else [*trained, *named]
    return [(source, reason) for source, reason in ordered if source]


def command_line_weights(config: Config) -> Optional[Source]:
    """Return the `checkpoints` or `pretrained_model` set with `-o` on the command line; None if there are none.

    They are the weights to evaluate, as in `tools/eval.py -o pretrained_model=PREFIX`.
    """
    keys = ("checkpoints",) if has_teacher(config) else ("checkpoints", "pretrained_model")
    chosen = [config[key] for key in keys if config.origins.get(key, "").startswith("-o ") and config[key]]
    return _without_true(config, chosen[0]) if chosen else None


def classes_of(folder: Optional[Path]) -> Optional[ClassNames]:
    """Return the class names of a checkpoint folder; None without a folder or without names."""
    meta = None if folder is None else read_meta(folder)
    return None if meta is None else model_class_names(meta.labels, f"the checkpoint {folder}")


def _select(source: Source, reason: str) -> SelectedWeights:
    weights = PretrainedSource(source)
    meta = weights.meta()
    _log.info("evaluating %s: %s", weights, reason)
    return SelectedWeights(source, reason, meta)


def _without_true(config: Config, source: Source) -> Source:
    """Return the source, or the name of the published weights in place of True."""
    return PretrainedSource(source, config.model_name).published if source is True else source
