# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a metric plugin: top-1 error."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A metric"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Metric(
            name="@name@",
            target="@package@.@module@:@component@",
            mode="min",
            aliases=("@component@",),
            doc="fraction of the images whose class is not predicted",
        ),
    '''

MODULE = '''\
"""@component@: describe what the value means."""

from __future__ import annotations

from ppclas_core.metrics import CountMetric, SingleLabelOutputs


class @component@(CountMetric[SingleLabelOutputs]):
    """Fraction of the images whose class does not have the highest logit, 0..1."""

    name = "@name@"
    mode = "min"
    keys = ("samples", "wrong")

    samples: int
    wrong: int

    def update(self, outputs: SingleLabelOutputs) -> None:
        """Count one batch."""
        self.samples += len(outputs)
        self.wrong += int((outputs.predicted != outputs.labels).sum())

    def compute(self) -> float:
        """Return the value; 0 without samples."""
        return self.wrong / max(self.samples, 1)
'''

TESTS = '''
    def reference(self, record, logits, labels):
        return float((logits.argmax(1) != labels).mean())
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
monitor: @name@
metrics: [@name@]
"""

FILES = component_files(
    plugin_module("Metric", "ppclas_metrics", "metric", RECORDS),
    MODULE,
    kit_tests("MetricConformance", "Metrics", ", which compares the metric with its definition.", body=TESTS),
    CONFIG,
)
