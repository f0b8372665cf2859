# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""GoogLeNet's auxiliary heads train it and then leave."""

from __future__ import annotations

import numpy as np
import paddle

import ppclas_core as ppc


def test_the_auxiliary_heads_have_outputs_in_training_only():
    model = ppc.create_model("GoogLeNet", num_classes=4)
    image = paddle.randn([2, 3, 96, 96])
    assert [list(output.shape) for output in model(image)] == [[2, 4]] * 3
    model.eval()
    assert list(model(image).shape) == [2, 4]


def test_the_auxiliary_heads_do_not_change_the_main_output():
    model = ppc.create_model("GoogLeNet", num_classes=4, dropout=0.0, aux_dropout=0.0)
    image = paddle.randn([1, 3, 96, 96])
    in_training = model(image)[0].numpy()
    model.eval()
    np.testing.assert_allclose(model(image).numpy(), in_training, rtol=1e-5, atol=1e-6)


def test_at_the_published_size_the_auxiliary_pooling_is_the_published_one():
    model = ppc.create_model("GoogLeNet", num_classes=4, aux_dropout=0.0)
    head = model.head.aux1
    features = paddle.randn([1, 512, 13, 13])
    pooled = paddle.nn.functional.avg_pool2d(features, 5, 3)
    assert list(pooled.shape[2:]) == [3, 3]
    hidden = paddle.nn.functional.relu(head.hidden(head.conv(pooled).flatten(1)))
    np.testing.assert_allclose(head(features).numpy(), head.fc(hidden).numpy(), rtol=1e-5, atol=1e-6)


def test_dropout_scales_the_evaluation_as_the_published_weights_expect():
    paddle.seed(2)
    model = ppc.create_model("GoogLeNet", num_classes=4)
    model.eval()
    features = paddle.randn([1, 1024, 2, 2])
    pooled = model.head(features, pre_logits=True)
    np.testing.assert_allclose(model.head(features).numpy(), model.head.fc(0.6 * pooled).numpy(), rtol=1e-4, atol=1e-6)
