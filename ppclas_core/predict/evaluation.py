# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation of a runtime, such as an exported bundle, on the validation data of a config."""

from __future__ import annotations

import logging
from typing import Callable, Optional

import numpy as np
import paddle

from ppclas_core.bundles.source import find_bundle_or_checkpoint
from ppclas_core.checks.preprocessing import preprocessing_notes
from ppclas_core.config.config import Config
from ppclas_core.data import from_config as datasets
from ppclas_core.data.class_match import model_class_names
from ppclas_core.errors import UserError
from ppclas_core.models.evaluated_weights import select_weights
from ppclas_core.models.pretrained import Source
from ppclas_core.plugins.models import find_model
from ppclas_core.predict.runnable import open_runnable
from ppclas_core.system.rank import ALONE
from ppclas_core.training.evaluate import Evaluator
from ppclas_core.training.evaluation_result import EvaluationResult
from ppclas_core.training.save import build_meta
from ppclas_core.training.top_errors import KEPT

_log = logging.getLogger(__name__)


def evaluate_runtime(config: Config, source: Optional[Source], runtime: str, *,
                     device: Optional[str] = None) -> EvaluationResult:
    """Evaluate a runtime on VALID of a config, each sample once, with the transforms of the config.

    Args:
        config: config with VALID.
        source: bundle, run or checkpoint folder, weights of the config's architecture in any form, or the name of
            published ones; None: the weights that `select_weights` selects.
        runtime: as in `Predictor`.
        device: as in `Predictor`.

    Raises:
        UserError: the runtime cannot run the source, or the config does not match its input, classes or task.
    """
    config.require("VALID")
    weights = source or select_weights(config).source
    for note in preprocessing_notes(config, weights):
        _log.warning("warning: %s", note)
    found = find_bundle_or_checkpoint(weights, default_meta=lambda: build_meta(
        datasets.settle_classes(config), find_model(config.model_name)[0].record, [], {}))
    runnable = open_runnable(found, runtime, device)
    config = datasets.settle_classes(config, runnable.num_classes)
    classes = model_class_names(runnable.labels, f"the model {weights}")
    if runnable.num_classes != config.num_classes or runnable.dtype != "float32":
        raise UserError(f"the model takes {runnable.dtype} and has {runnable.num_classes} classes; this config has "
                        f"float32 images and {config.num_classes} classes", where=config.location("classes_num"))
    if config.task != runnable.task.name:
        raise UserError(f"the model was trained with 'task: {runnable.task.name}', this config says {config.task}",
                        where=config.location("task"))
    data = datasets.open_checked(config, "VALID", classes)
    loader = datasets.valid_loader(config, data, ALONE)
    evaluator = Evaluator.from_config(config, datasets.class_names(config.num_classes, data, classes))
    result = evaluator.evaluate(_RuntimeModel(runnable.runtime), loader, errors=KEPT)
    assert result is not None
    return result


class _RuntimeModel:
    """Adapter of a runtime to the interface of a layer, for an `Evaluator`."""

    training = False

    def __init__(self, runtime: Callable[[np.ndarray], np.ndarray]) -> None:
        self._runtime = runtime

    def train(self) -> None:
        """Do nothing; a runtime is always in evaluation mode."""

    def eval(self) -> None:
        """Do nothing; a runtime is always in evaluation mode."""

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """Map a Paddle tensor of images to a Paddle tensor of logits."""
        return paddle.to_tensor(self._runtime(np.asarray(images.numpy())))
