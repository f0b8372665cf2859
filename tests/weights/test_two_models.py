# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Several networks live in one process, as teacher and student do."""

from __future__ import annotations

import numpy as np
import paddle

from ppclas_core.testing.toy import ToyNet


def test_two_models_share_no_parameter_name() -> None:
    """Paddle 3 refuses an optimizer over parameters of one name; names of 2020 were fixed by the architecture."""
    first, second = ToyNet(num_classes=3), ToyNet(num_classes=3)
    names = [parameter.name for model in (first, second) for parameter in model.parameters()]
    assert len(set(names)) == len(names)
    optimizer = paddle.optimizer.Momentum(0.1, parameters=[*first.parameters(), *second.parameters()])
    images = paddle.to_tensor(np.ones((2, 3, 32, 32), np.float32))
    before = [model.head.fc.weight.numpy().copy() for model in (first, second)]
    (first(images) - second(images)).square().sum().backward()
    optimizer.step()
    for model, weight in zip((first, second), before):
        assert not np.array_equal(model.head.fc.weight.numpy(), weight)
