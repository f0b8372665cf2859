# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The losses against formulas written a second time in numpy: values and gradients, usual and extreme."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import ppclas_core as ppc
from ppclas_core.testing import LossConformance

CASES, CLASSES = 1_000_000, 6


def log_softmax(x, temperature=1.0):
    x = x.astype(np.float64) / temperature
    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)


def js_div(student, teacher):
    lp, lq = log_softmax(student), log_softmax(teacher)
    p, q, ratio = np.exp(lp), np.exp(lq), lp - lq
    kl = (p * ratio).sum(-1)
    return 0.5 * (kl - (q * ratio).sum(-1)), 0.5 * (p - q + p * (ratio - kl[..., None]))


def js(student, teacher):
    lp, lq = log_softmax(student), log_softmax(teacher)
    lm = np.logaddexp(lp, lq) - np.log(2)
    p, q = np.exp(lp), np.exp(lq)
    towards = (p * (lp - lm)).sum(-1)
    return 0.5 * (towards + (q * (lq - lm)).sum(-1)), 0.5 * p * (lp - lm - towards[..., None])


def kl(student, teacher, temperature=1.0):
    lp, lq = log_softmax(student, temperature), log_softmax(teacher, temperature)
    gradient = temperature * (np.exp(lp) - np.exp(lq))
    return temperature**2 * (np.exp(lq) * (lq - lp)).sum(-1), gradient


def soft_ce(student, teacher, temperature=1.0):
    lp, lq = log_softmax(student, temperature), log_softmax(teacher, temperature)
    gradient = temperature * (np.exp(lp) - np.exp(lq))
    return -(temperature**2) * (np.exp(lq) * lp).sum(-1), gradient


REFERENCES = {"JSDivLoss": js_div, "JSLoss": js, "KLLoss": kl, "SoftCELoss": soft_ce}


class TestLosses(LossConformance):
    plugin = "ppclas_distill.plugin"
    targets = ("logits",)

    def reference(self, record, logits, target):
        return REFERENCES[record.name](logits, target)[0].mean()


@pytest.fixture(scope="module")
def cases():
    """A million pairs of rows: scales from 0.01 to 10 000, one in ten with both rows equal."""
    rng = np.random.default_rng(20)
    scale = 10.0 ** rng.uniform(-2, 4, (CASES, 1))
    student = (rng.standard_normal((CASES, CLASSES)) * scale).astype(np.float32)
    scale = scale * 10.0 ** rng.uniform(-1, 1, (CASES, 1))
    teacher = (rng.standard_normal((CASES, CLASSES)) * scale).astype(np.float32)
    teacher[::10] = student[::10]
    return student, teacher


@pytest.mark.parametrize(("name", "params"), [
    ("JSDivLoss", {}), ("JSLoss", {}), ("KLLoss", {}), ("KLLoss", {"temperature": 4.0}), ("SoftCELoss", {}),
    ("SoftCELoss", {"temperature": 0.5})])
def test_value_and_gradient_of_a_million_cases(name, params, cases):
    student, teacher = cases
    value, gradient = REFERENCES[name](student, teacher, *params.values())
    loss = ppc.create("loss", name, **params)
    logits = paddle.to_tensor(student, stop_gradient=False)
    rows = loss.rows(logits, paddle.to_tensor(teacher))
    rows.sum().backward()
    np.testing.assert_allclose(rows.numpy(), value, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(logits.grad.numpy(), gradient, rtol=1e-5, atol=1e-6)
    assert loss(logits, paddle.to_tensor(teacher)).item() == pytest.approx(value.mean(), rel=1e-6)


@pytest.mark.parametrize("name", REFERENCES)
def test_no_logits_make_it_infinite(name):
    far = np.array([[3e38, -3e38, 0], [np.inf, 0, -np.inf], [1e30, 0, 0]], np.float32)
    for student, teacher in ((far, far[:, ::-1]), (far, 0 * np.ones_like(far)), (np.ones_like(far), far)):
        logits = paddle.to_tensor(student, stop_gradient=False)
        value = ppc.create("loss", name)(logits, paddle.to_tensor(np.ascontiguousarray(teacher)))
        value.backward()
        assert np.isfinite(value.item())
        assert np.isfinite(logits.grad.numpy()).all()


def test_js_div_is_half_the_symmetric_divergence_and_has_no_bound():
    one, other = paddle.to_tensor([[4.0, 0.0]]), paddle.to_tensor([[0.0, 4.0]])
    loss = ppc.create("loss", "JSDivLoss")
    there, back = ppc.create("loss", "KLLoss")(one, other).item(), ppc.create("loss", "KLLoss")(other, one).item()
    assert loss(one, other).item() == pytest.approx((there + back) / 2)
    assert loss(100 * one, other).item() > 100
    assert ppc.create("loss", "JSLoss")(100 * one, 100 * other).item() == pytest.approx(np.log(2))


def test_the_value_is_the_published_one():
    """K * q * ln(q / p) and its mirror image, halved, averaged over all N * K values."""
    rng = np.random.default_rng(0)
    student, teacher = (rng.standard_normal((8, 20)).astype(np.float32) for _ in range(2))
    p, q = np.exp(log_softmax(student)), np.exp(log_softmax(teacher))
    published = ((q * np.log(q / p) * 20 + p * np.log(p / q) * 20) / 2).mean()
    ours = ppc.create("loss", "JSDivLoss")(paddle.to_tensor(student), paddle.to_tensor(teacher)).item()
    assert ours == pytest.approx(published, rel=1e-5)


def test_nothing_flows_into_the_teacher_and_mixed_precision_costs_no_digits():
    rng = np.random.default_rng(1)
    student, teacher = (paddle.to_tensor(rng.standard_normal((4, 9)).astype(np.float32)) for _ in range(2))
    student.stop_gradient = teacher.stop_gradient = False
    plain = ppc.create("loss", "JSDivLoss")(student, teacher)
    with paddle.amp.auto_cast(dtype="bfloat16", level="O1"):
        mixed = ppc.create("loss", "JSDivLoss")(student, teacher)
    mixed.backward()
    assert teacher.grad is None
    assert mixed.item() == plain.item()


def test_a_temperature_must_be_positive():
    with pytest.raises(ppc.errors.UserError, match="temperature is 0.0"):
        ppc.create("loss", "KLLoss", temperature=0)
