# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Classify images with a run, a checkpoint or a bundle, by one class."""

from __future__ import annotations

from ppclas_core.predict.images import find_images
from ppclas_core.predict.prediction import ClassScore, Prediction
from ppclas_core.predict.predictor import Predictor

__all__ = ["ClassScore", "Prediction", "Predictor", "find_images"]
