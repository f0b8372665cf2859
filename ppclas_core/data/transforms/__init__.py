# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Standard transforms, with the names and parameters of configs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "channel_values": "ppclas_core.data.transforms.validate",
    "channels_last": "ppclas_core.data.transforms.layout",
    "compat_flag": "ppclas_core.data.transforms.validate",
    "image_size": "ppclas_core.data.transforms.layout",
    "interpolation_flag": "ppclas_core.data.transforms.interpolation",
    "interval": "ppclas_core.data.transforms.validate",
    "layout_of": "ppclas_core.data.transforms.layout",
    "probability": "ppclas_core.data.transforms.validate",
    "whole": "ppclas_core.data.transforms.validate",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.data.transforms.interpolation import interpolation_flag as interpolation_flag
    from ppclas_core.data.transforms.layout import channels_last as channels_last
    from ppclas_core.data.transforms.layout import image_size as image_size
    from ppclas_core.data.transforms.layout import layout_of as layout_of
    from ppclas_core.data.transforms.validate import channel_values as channel_values
    from ppclas_core.data.transforms.validate import compat_flag as compat_flag
    from ppclas_core.data.transforms.validate import interval as interval
    from ppclas_core.data.transforms.validate import probability as probability
    from ppclas_core.data.transforms.validate import whole as whole

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
