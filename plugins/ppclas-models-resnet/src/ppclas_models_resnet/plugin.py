# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the architectures of this distribution."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Backbone, ConfigDir, hookimpl
from ppclas_models_resnet.acnet_records import ACNET
from ppclas_models_resnet.resnet_records import RESNET


@hookimpl
def ppclas_backbones() -> Iterable[Backbone]:
    """Return the architectures of this distribution."""
    return (*RESNET, *ACNET)


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return the folder of the configs of this distribution."""
    return [ConfigDir("ppclas_models_resnet")]
