# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Source of an evaluation: a config, a run, or a model by itself (a bundle, a checkpoint, published weights).

A model by itself has architecture, preprocessing and class names, but no data. Its config is made of them and of the
data that the caller gives.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Dict, Mapping, NamedTuple, NoReturn, Sequence, Union

from ppclas_core.bundles.bundle import Bundle, read_bundle
from ppclas_core.bundles.model_files import EXPORTED
from ppclas_core.bundles.source import bundle_folder, find_checkpoint
from ppclas_core.config.config import Config
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.override import Overrides
from ppclas_core.errors import UserError
from ppclas_core.models.checkpoint import Checkpoint
from ppclas_core.models.evaluated_weights import SelectedWeights, command_line_weights, select_weights
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.runs.locate import find_run, meta_of_run
from ppclas_core.runs.meta import Meta, require_classifier
from ppclas_core.runs.run_config import load_config, validation_paths, with_validation_data
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.locate import SUFFIXES

_log = logging.getLogger(__name__)

_BATCH_SIZE = 32
"""Images per batch of an evaluation whose config is made here."""


PIXELS_AS_FLOAT: Sequence[Mapping[str, Any]] = (
    {"NormalizeImage": {"scale": 1.0, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0], "order": "hwc"}},
    {"ToCHWImage": {}})
"""Transforms after those of a bundle that takes pixels: a data loader returns float32 (C, H, W)."""


class Evaluated(NamedTuple):
    """Opened source of an evaluation.

    Args:
        config: config with VALID.
        weights: a bundle, or the weights; None: those that `select_weights` selects.
    """

    config: Config
    weights: Union[Source, Bundle, None]


def open_evaluated(source: Union[str, Path], weights: Union[Source, Bundle, None] = None,
                   data: Union[str, Path, None] = None, overrides: Overrides = (),
                   plugin_files: Sequence[Union[str, Path]] = (), trust_config: bool = False) -> Evaluated:
    """Open what a user names for an evaluation.

    Args:
        source: a config or run, see `load_config`; a bundle or a file in it; a checkpoint; or published weights.
        weights: weights that replace those of a config or run.
        data: a folder of class folders or a list file; required for a bundle, for a checkpoint without config and for
            published weights, else it replaces that of VALID.
        overrides: see `load_config`.
        plugin_files: one-file plugins to load.
        trust_config: also load the one-file plugins that the config names.

    Raises:
        UserError: the source does not exist or has an error, data is missing, or weights are given for a bundle or
            other weights.
    """
    if data is None and PretrainedSource(source).published:
        raise _no_data(source, "a file of published weights")  # before they are downloaded
    model = _model(source)
    if model is None:
        config = load_config(source, overrides, plugin_files, trust_config)
        return Evaluated(config if data is None else with_validation_data(config, data),
                         weights or command_line_weights(config) or find_run(source))
    if weights is not None:
        raise UserError("this has weights of its own", where=str(source),
                        do="give a config with other weights: ppclas eval CONFIG --weights PATH")
    meta = meta_of_bundle(model) if isinstance(model, Bundle) else model.meta
    require_classifier(meta, str(source))
    if data is None and not meta.config:
        raise _no_data(source, "a bundle" if isinstance(model, Bundle) else "a checkpoint")
    unloaded = [f"the plugin of {meta.architecture}"] if isinstance(model, Bundle) else []
    config = config_from_dict(meta.config or _values(meta, str(data)), str(source), plugin_files=plugin_files,
                              trust_config=trust_config, unloaded_plugins=unloaded, overrides=overrides)
    if data is not None:
        config = with_validation_data(config, data) if meta.config else _with_origin(config, data)
    return Evaluated(config, model if isinstance(model, Bundle) else str(source))


def select_evaluated(config: Config, weights: Union[Source, Bundle, None]) -> SelectedWeights:
    """Return the weights of an evaluation with their class names, and log them; see `select_weights`.

    Args:
        config: the config.
        weights: a bundle, or the argument `given` of `select_weights`.

    Raises:
        UserError: see `select_weights`.
    """
    if not isinstance(weights, Bundle):
        return select_weights(config, weights)
    _log.info("evaluating %s: bundle of the format %s", weights.path, weights.format)
    return SelectedWeights(weights.path, "as given", meta_of_bundle(weights), "the bundle")


def meta_of_bundle(bundle: Bundle) -> Meta:
    """Return the description of the model in a bundle as that of a checkpoint.

    The preprocessing returns float32 (C, H, W); of a bundle that takes pixels it ends in `PIXELS_AS_FLOAT`.
    """
    shape, steps = list(bundle.input_shape), bundle.preprocessing
    if bundle.takes_pixels:
        shape, steps = [shape[2], *shape[:2]], [*steps, *map(dict, PIXELS_AS_FLOAT)]
    return Meta(bundle.architecture, bundle.num_classes, shape, steps, labels=bundle.labels, task=bundle.task,
                threshold=bundle.threshold)


def _no_data(source: Union[str, Path], kind: str) -> UserError:
    return UserError(f"--data is missing: {kind} has no validation data of its own", where=str(source),
                     do="add --data DIR, a folder of class folders, or --data LIST (in Python data=PATH)")


def _model(source: Union[str, Path]) -> Union[Bundle, Checkpoint, None]:
    """Return the bundle or checkpoint of a source; None for a config, a run, and a name that is unknown."""
    bundle = bundle_folder(source)
    if bundle is not None:
        return read_bundle(bundle)
    if not _names_weights(source):
        return None

    def refuse() -> NoReturn:
        raise UserError("these weights have no meta.yaml beside them, so their architecture, preprocessing and class "
                        "names are unknown", where=str(source), do="ppclas eval CONFIG --weights PATH")

    return find_checkpoint(source, default_meta=None if PretrainedSource(source).published else refuse)


def _names_weights(source: Union[str, Path]) -> bool:
    """Return whether a source is a checkpoint without the config of a run, or published weights."""
    path = Path(expand_path(str(source)))
    if path.is_dir():
        run = find_run(source)
        return run is not None and not _has_config(run)
    if path.is_file():
        return path.suffix in (*SUFFIXES, *EXPORTED)
    return any(Path(f"{path}{suffix}").is_file() for suffix in SUFFIXES) or bool(PretrainedSource(source).published)


def _has_config(run: Path) -> bool:
    try:
        return bool(meta_of_run(run).config)
    except UserError:  # it has none, or `find_checkpoint` reports a damaged file
        return False


def _with_origin(config: Config, data: Union[str, Path]) -> Config:
    """Return the config with the origin `--data` of the paths in VALID, for errors."""
    origins = {f"VALID.{key}": "--data" for key in validation_paths(data)}
    return Config(config.to_dict(), {**config.origins, **origins}, warnings=config.warnings,
                  unloaded_plugins=config.unloaded_plugins)


def _values(meta: Meta, data: str) -> Dict[str, Any]:
    """Return the values of a config that evaluates a model on data."""
    multilabel: Dict[str, Any] = {} if meta.threshold is None else {"score_threshold": meta.threshold}
    return {
        "mode": "valid", "task": meta.task, **multilabel,
        "ARCHITECTURE": {"name": meta.architecture, "params": meta.model_params},
        "classes_num": meta.num_classes, "image_shape": list(meta.image_shape),
        "VALID": {**validation_paths(data), "batch_size": _BATCH_SIZE, "num_workers": "auto",
                  "transforms": meta.preprocessing},
    }
