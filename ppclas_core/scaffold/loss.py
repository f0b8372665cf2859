# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a loss plugin: focal loss."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A loss"
COMMANDS = RUN_EXAMPLE

RECORDS = 'Loss(name="@component@", target="@package@.@module@:@component@", doc="focal loss")'

MODULE = '''\
"""@component@: focal loss. Source: Focal loss for dense object detection (2017)."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F


class @component@:
    """Cross-entropy with the weight (1 - p)^gamma per sample, where p is the probability of the true class.

    Args:
        gamma: 0 gives plain cross-entropy.
    """

    def __init__(self, gamma: float = 2.0) -> None:
        self.gamma = gamma

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the mean loss, 0-D, of logits (N, K) float32 and class indices (N,) or probabilities (N, K)."""
        logits = logits.astype("float32")
        log_p = logits - paddle.logsumexp(logits, axis=-1, keepdim=True)
        if target.ndim == 1:
            target = F.one_hot(target, logits.shape[-1])
        return -(target * (1.0 - log_p.exp()) ** self.gamma * log_p).sum(axis=-1).mean()
'''

TESTS = '''
    def reference(self, record, logits, target):
        shifted = logits - logits.max(1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        soft = np.eye(logits.shape[1])[target] if target.ndim == 1 else target
        return -(soft * (1 - np.exp(log_p)) ** 2 * log_p).sum(1).mean()
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
LOSS:
  name: @component@
  params: {gamma: 1.0}
"""

FILES = component_files(
    plugin_module("Loss", "ppclas_losses", "loss", RECORDS),
    MODULE,
    kit_tests("LossConformance", "Losses",
              ", which compares the loss with the formula in NumPy.", body=TESTS, imports="import numpy as np"),
    CONFIG,
)
