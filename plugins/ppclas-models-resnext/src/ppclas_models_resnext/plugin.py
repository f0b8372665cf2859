# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the architectures of this distribution."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Backbone, ConfigDir, hookimpl
from ppclas_models_resnext.res2net_records import RES2NET
from ppclas_models_resnext.resnext_records import RESNEXT
from ppclas_models_resnext.se_records import SE


@hookimpl
def ppclas_backbones() -> Iterable[Backbone]:
    """Return the architectures of this distribution."""
    return (*RESNEXT, *SE, *RES2NET)


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return the folder of the configs of this distribution."""
    return [ConfigDir("ppclas_models_resnext")]
