# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Entry point of `ppclas check`: finds in seconds, without training, the faults that would stop a run."""

from __future__ import annotations

from typing import Callable, List

from ppclas_core.checks.components import check_components
from ppclas_core.checks.data import check_data
from ppclas_core.checks.finding import Finding
from ppclas_core.checks.output_folders import check_output_folders
from ppclas_core.checks.preprocessing import preprocessing_notes
from ppclas_core.checks.weights import check_weights
from ppclas_core.config.config import Config, not_a_config
from ppclas_core.data.from_config import settle_classes
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.models.evaluated_weights import weights_meta

__all__ = ["Finding", "check", "check_components"]


def check(config: Config) -> List[Finding]:
    """Check components, lists, labels, files, images and sizes.

    Every listed file must exist; the first 64 images and 64 random others are transformed. Of up to 10,000 files the
    first and last bytes are read.

    Returns:
        Findings of the kinds `ok` and `note`.

    Raises:
        UserErrors: all faults that would stop a run.
    """
    if not isinstance(config, Config):
        raise not_a_config(config, "check")
    advice = "its components are not checked; --plugin or --trust-config loads it"
    findings = [Finding("note", f"not loaded: {file}; {advice}", config.location("plugins"))
                for file in config.unloaded_plugins]
    findings += [Finding("note", warning) for warning in config.warnings]
    errors: List[UserError] = []
    steps: List[Callable[[Config], List[Finding]]] = [check_output_folders, _components, _metrics, check_weights,
                                                       _preprocessing, check_data]
    try:
        meta = weights_meta(config)
        config = settle_classes(config, None if meta is None else meta.num_classes)
    except UserError as error:  # the data is faulty: run the checks that do not need it
        errors.append(error)
        steps = [check_output_folders, _components, check_weights]

    def attempt(step: Callable[[Config], List[Finding]]) -> None:
        try:
            findings.extend(step(config))
        except UserErrors as error:
            errors.extend(error.errors)
        except UserError as error:
            errors.append(error)

    for step in steps:
        attempt(step)
    if errors:
        raise UserErrors(errors)
    return findings


def _components(config: Config) -> List[Finding]:
    check_components(config)
    return [Finding("ok", f"{config.architecture.name}: names and parameters")]


def _preprocessing(config: Config) -> List[Finding]:
    """Note differences between VALID.transforms and the preprocessing of the weights, in configs without TRAIN."""
    if config.train is not None or config.valid is None:  # training may choose other preprocessing
        return []
    where = config.location("VALID.transforms")
    return [Finding("note", text, where) for text in preprocessing_notes(config, config.pretrained_model)]


def _metrics(config: Config) -> List[Finding]:
    classes = config.num_classes
    if config.task == "multiclass" and config.topk > classes and "topk" in config.origins:
        return [Finding("note", f"topk is {config.topk} but there are {classes} classes: top-{classes} is reported",
                        config.location("topk"))]
    return []
