# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Grad-CAM heat maps. Source: Grad-CAM (2017)."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np


def compute_grad_cam(model: Any, images: np.ndarray, classes: np.ndarray) -> Optional[np.ndarray]:
    """Compute how much each position of the last feature map contributes to a class.

    Args:
        model: a backbone; it is put into evaluation mode.
        images: (N, C, H, W) float32, preprocessed.
        classes: (N,) int, one class index per image.

    Returns:
        (N, h, w) float32 in 0..1; None if the input of the head is not one feature map.
    """
    import paddle

    model.eval()
    features = model.forward_features(paddle.to_tensor(images))
    if not isinstance(features, paddle.Tensor) or features.ndim != 4:
        return None
    features = features.detach()
    features.stop_gradient = False
    output = model.forward_head(features)
    logits = output[0] if isinstance(output, (list, tuple)) else output
    chosen = paddle.take_along_axis(logits, paddle.to_tensor(classes, dtype="int64").unsqueeze(-1), axis=-1)
    (gradient,) = paddle.grad(chosen.sum(), features)
    weights = gradient.mean(axis=[2, 3], keepdim=True)
    maps = np.maximum((weights * features).sum(axis=1).numpy(), 0)
    highest = maps.max(axis=(1, 2), keepdims=True)
    result: np.ndarray = np.divide(maps, highest, out=np.zeros_like(maps), where=highest > 0)
    return result
