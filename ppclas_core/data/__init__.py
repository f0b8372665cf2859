# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Data: sources, decode and transforms, loader. Each name is imported at first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_OPS = "ppclas_core.data.transforms"
_API = {
    "BadImage": "ppclas_core.data.errors",
    "CropImage": f"{_OPS}.crop",
    "DecodeImage": f"{_OPS}.decode",
    "Loader": "ppclas_core.data.loader",
    "NormalizeImage": f"{_OPS}.normalize",
    "RandCropImage": f"{_OPS}.rand_crop",
    "RandFlipImage": f"{_OPS}.rand_flip",
    "ResizeImage": f"{_OPS}.resize",
    "ToCHWImage": f"{_OPS}.to_chw",
    "build_pipeline": "ppclas_core.data.pipeline",
    "open_source": "ppclas_core.data.readers.open",
    "read_label_list": "ppclas_core.data.label_list",
    "transform": "ppclas_core.data.pipeline",
}
__all__ = [*_API]

if TYPE_CHECKING:
    from ppclas_core.data.errors import BadImage as BadImage
    from ppclas_core.data.label_list import read_label_list as read_label_list
    from ppclas_core.data.loader import Loader as Loader
    from ppclas_core.data.pipeline import build_pipeline as build_pipeline
    from ppclas_core.data.pipeline import transform as transform
    from ppclas_core.data.readers.open import open_source as open_source
    from ppclas_core.data.transforms.crop import CropImage as CropImage
    from ppclas_core.data.transforms.decode import DecodeImage as DecodeImage
    from ppclas_core.data.transforms.normalize import NormalizeImage as NormalizeImage
    from ppclas_core.data.transforms.rand_crop import RandCropImage as RandCropImage
    from ppclas_core.data.transforms.rand_flip import RandFlipImage as RandFlipImage
    from ppclas_core.data.transforms.resize import ResizeImage as ResizeImage
    from ppclas_core.data.transforms.to_chw import ToCHWImage as ToCHWImage


def __getattr__(name: str) -> Any:
    if name not in _API:
        raise AttributeError(f"module 'ppclas_core.data' has no attribute '{name}'")
    return getattr(importlib.import_module(_API[name]), name)
