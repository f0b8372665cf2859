# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check that the weights of a config exist, without reading or downloading them."""

from __future__ import annotations

from typing import List

from ppclas_core.checks.finding import Finding
from ppclas_core.config.config import Config
from ppclas_core.config.rules import published_weights
from ppclas_core.errors import UserError, UserErrors
from ppclas_core.models.pretrained import PretrainedSource


def check_weights(config: Config) -> List[Finding]:
    """Check `pretrained_model` and `checkpoints`.

    Raises:
        UserErrors: there are no weights at a path.
    """
    findings: List[Finding] = []
    errors: List[UserError] = []
    pretrained = config.pretrained_model
    named = pretrained if isinstance(pretrained, list) else [pretrained]
    for key, source in [*(("pretrained_model", source) for source in named), ("checkpoints", config.checkpoints)]:
        where = config.location(key)
        if not source:
            continue
        weights = PretrainedSource(source, config.model_name)
        if source is True:
            name = config.model_name
            if name in published_weights():
                findings.append(Finding("ok", f"weights: those published as {name}", where))
            else:
                errors.append(UserError(f"no weights were published for {name}", where=where,
                                        do=f"'ppclas info {name}' lists what there is"))
        elif weights.is_address or (source in published_weights() and weights.published):
            findings.append(Finding("ok", f"weights: {source}", where))
        else:
            try:
                findings.append(Finding("ok", f"weights: {weights.resolve()[0]}", where))
            except UserError as error:
                errors.append(_placed(error, where))
    if errors:
        raise UserErrors(errors)
    return findings


def _placed(error: UserError, where: str) -> UserError:
    """Set the location of an error to the line of the config; its own location moves into the text."""
    if error.where is not None:
        error.what, error.where = f"{error.where}: {error.what}", None
    return error.at(where)
