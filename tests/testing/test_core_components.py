# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Core's own loss and schedules pass the kit that every plugin's pass."""

from __future__ import annotations

import numpy as np

from ppclas_core.testing import LossConformance, LrScheduleConformance


class TestLosses(LossConformance):
    plugin = "ppclas_core.builtin"

    def reference(self, record, logits, target):
        log_p = logits - logits.max(1, keepdims=True)
        log_p = log_p - np.log(np.exp(log_p).sum(1, keepdims=True))
        if target.ndim == 1:
            target = np.eye(logits.shape[1])[target]
        if record.name == "FocalLoss":
            target = target * (1 - np.exp(log_p)) ** 2
        if record.name == "BCELoss":
            return float((np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))).mean())
        return float(-(target * log_p).sum(1).mean())


class TestSchedules(LrScheduleConformance):
    plugin = "ppclas_core.builtin"
    params = {  # noqa: RUF012
        "Cosine": {"lr": 0.1}, "Piecewise": {"lr": 0.1, "decay_epochs": [1, 2]}, "CosineWarmup": {"lr": 0.1},
        "ExponentialWarmup": {"lr": 0.1}, "Exponential": {"lr": 0.1}, "Polynomial": {"lr": 0.1, "warmup_epoch": 1},
        "Step": {"lr": 0.1, "decay_epochs": 1},
    }
