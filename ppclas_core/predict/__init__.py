# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Prediction: classify images with a run, a checkpoint or a bundle.

Imports inside functions: bundles of other runtimes run without Paddle, which, as OpenCV, takes seconds to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "ClassScore": "ppclas_core.predict.prediction",
    "find_images": "ppclas_core.predict.images",
    "legacy_preprocessing": "ppclas_core.compat.legacy_program",
    "named_classes": "ppclas_core.predict.prediction",
    "open_bundle": "ppclas_core.predict.runnable",
    "Prediction": "ppclas_core.predict.prediction",
    "Predictor": "ppclas_core.predict.predictor",
    "Runnable": "ppclas_core.predict.runnable",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.compat.legacy_program import legacy_preprocessing as legacy_preprocessing
    from ppclas_core.predict.images import find_images as find_images
    from ppclas_core.predict.prediction import ClassScore as ClassScore
    from ppclas_core.predict.prediction import Prediction as Prediction
    from ppclas_core.predict.prediction import named_classes as named_classes
    from ppclas_core.predict.predictor import Predictor as Predictor
    from ppclas_core.predict.runnable import Runnable as Runnable
    from ppclas_core.predict.runnable import open_bundle as open_bundle

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
