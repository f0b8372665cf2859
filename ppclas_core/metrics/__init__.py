# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of classification, over all samples of an epoch or an evaluation.

A metric of a plugin is a subclass of `Metric`; see `ppclas_core.metrics.metric` for an example. It is updated with the
`Outputs` of each batch: `SingleLabelOutputs` for `task: multiclass`, `LabelSetOutputs` for `task: multilabel`.
"""

from __future__ import annotations

from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.metrics.metric import ArrayCounts, CountMetric, Metric, Table
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.metrics.outputs import LabelSetOutputs, Outputs, SingleLabelOutputs

__all__ = [
    "ArrayCounts",
    "CountMetric",
    "Evaluation",
    "LabelSetOutputs",
    "Metric",
    "MetricSet",
    "Outputs",
    "SingleLabelOutputs",
    "Table",
]
