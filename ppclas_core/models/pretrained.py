# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Find the weights that a config starts from."""

from __future__ import annotations

from typing import Any, Mapping

from ppclas_core.config.distillation_name import model_name
from ppclas_core.plugins.models import find_model


def published(config: Mapping[str, Any]) -> Any:
    """The file of the published weights of the model's name, downloaded if need be."""
    from ppclas_core.weights.download import download

    entry, weights = find_model(model_name(config))
    return download(weights.name if weights else entry.record.name)
