# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of classification: numbers over samples, mergeable over processes and batches."""

from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.metrics.metric import Metric, Table
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.metrics.outputs import LabelSetOutputs, Outputs, SingleLabelOutputs

__all__ = ["Evaluation", "LabelSetOutputs", "Metric", "MetricSet", "Outputs", "SingleLabelOutputs", "Table"]
