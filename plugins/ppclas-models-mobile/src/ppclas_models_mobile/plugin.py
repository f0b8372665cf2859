# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the architectures of this distribution."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Backbone, ConfigDir, hookimpl
from ppclas_models_mobile import (
    ghostnet_records,
    mobilenet_v1_records,
    mobilenet_v2_records,
    mobilenet_v3_records,
    shufflenet_v2_records,
)


@hookimpl
def ppclas_backbones() -> Iterable[Backbone]:
    """Return all architectures of the distribution, family by family."""
    return (
        *mobilenet_v1_records.RECORDS,
        *mobilenet_v2_records.RECORDS,
        *mobilenet_v3_records.RECORDS,
        *shufflenet_v2_records.RECORDS,
        *ghostnet_records.RECORDS,
    )


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return the folder of the configs of this distribution."""
    return [ConfigDir("ppclas_models_mobile")]
