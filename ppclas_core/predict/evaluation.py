# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation of a runtime, such as an exported bundle, on the validation data of a config."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Optional, Union

from ppclas_core.bundles.bundle import Bundle, read_bundle
from ppclas_core.bundles.evaluated import select_evaluated
from ppclas_core.bundles.source import bundle_folder, find_checkpoint
from ppclas_core.checks.preprocessing import preprocessing_notes
from ppclas_core.config.config import Config
from ppclas_core.data import from_config as datasets
from ppclas_core.models.evaluated_weights import open_validation
from ppclas_core.models.pretrained import Source
from ppclas_core.plugins.models import find_model
from ppclas_core.predict.runnable import open_runnable
from ppclas_core.system.rank import ALONE
from ppclas_core.training.evaluate import Evaluator
from ppclas_core.training.evaluation_result import EvaluationResult
from ppclas_core.training.runtime_model import RuntimeModel, refuse_other_model
from ppclas_core.training.save import build_meta
from ppclas_core.training.top_errors import KEPT

_log = logging.getLogger(__name__)


def evaluate_runtime(config: Config, source: Union[Source, Bundle, None], runtime: str, *,
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
    folder = bundle_folder(source) if isinstance(source, (str, Path)) else None
    given = source if folder is None else read_bundle(folder)
    selected = select_evaluated(config, given)
    for note in preprocessing_notes(config, given if isinstance(given, Bundle) else selected.source):
        _log.warning("warning: %s", note)
    found = given if isinstance(given, Bundle) else find_checkpoint(selected.source, default_meta=lambda: build_meta(
        datasets.settle_classes(config), find_model(config.model_name)[0].record, [], {}))
    runnable = open_runnable(found, runtime, device)
    config = datasets.settle_classes(config, runnable.num_classes)
    refuse_other_model(config, runnable.num_classes, runnable.task.name, pixels=runnable.dtype == "uint8")
    data = open_validation(config, selected)
    loader = datasets.valid_loader(config, data, ALONE)
    evaluator = Evaluator.from_config(config, datasets.class_names(config.num_classes, data, selected.classes))
    result = evaluator.evaluate(RuntimeModel(runnable.runtime, pixels=runnable.dtype == "uint8"), loader, errors=KEPT)
    assert result is not None
    return result
