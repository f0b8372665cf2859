# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the architectures of this distribution."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Backbone, ConfigDir, hookimpl
from ppclas_models_classic import (
    alexnet_records,
    csp_resnet_records,
    darknet_records,
    darts_records,
    regnet_records,
    squeezenet_records,
    vgg_records,
)


@hookimpl
def ppclas_backbones() -> Iterable[Backbone]:
    """Return all architectures of the distribution, family by family."""
    return (
        *alexnet_records.RECORDS,
        *squeezenet_records.RECORDS,
        *vgg_records.RECORDS,
        *darknet_records.RECORDS,
        *csp_resnet_records.RECORDS,
        *regnet_records.RECORDS,
        *darts_records.RECORDS,
    )


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return the folder of the configs of this distribution."""
    return [ConfigDir("ppclas_models_classic")]
