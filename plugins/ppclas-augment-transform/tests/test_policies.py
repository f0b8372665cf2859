# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What AutoAugment and RandAugment draw: which operations, how often, how strong, in which direction."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import DefaultDict

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_augment_transform.auto_augment import AutoAugment
from ppclas_augment_transform.operations import NAMES, SIGNED
from ppclas_augment_transform.policies import POLICIES
from ppclas_augment_transform.rand_augment import RandAugment
from ppclas_core.data import build_pipeline
from ppclas_core.errors import UserError

IMAGE = np.random.default_rng(3).integers(0, 256, (60, 80, 3)).astype(np.uint8)


def draws(op, count: int):
    rng = np.random.default_rng(0)
    return [op.sample(rng, IMAGE.shape) for _ in range(count)]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_has_25_pairs_of_known_operations(name):
    pairs = POLICIES[name]
    assert len(pairs) == 25
    for pair in pairs:
        assert len(pair) == 2
        for operation, level, chance in pair:
            assert operation in NAMES
            assert level in range(10)
            assert 0 <= chance <= 1


@pytest.mark.parametrize("name", POLICIES)
def test_operations_come_as_often_as_the_policy_says(name):
    count = 8000
    found = Counter(operation for draw in draws(AutoAugment(policy=name), count) for operation, _ in draw)
    expected: DefaultDict[str, float] = defaultdict(float)
    for pair in POLICIES[name]:
        for operation, _, chance in pair:
            expected[operation] += chance / 25
    assert set(found) == {operation for operation, frequency in expected.items() if frequency}
    for operation, frequency in expected.items():
        assert found[operation] / count == pytest.approx(frequency, abs=0.025), operation


def test_the_imagenet_policy_turns_both_ways_and_as_far_as_its_levels_say():
    angles = Counter(round(value, 3) for draw in draws(AutoAugment(), 4000) for name, value in draw if name == "rotate")
    assert {abs(angle) for angle in angles} == {10.0, 26.667, 30.0}
    right = sum(number for angle, number in angles.items() if angle < 0)
    assert right / sum(angles.values()) == pytest.approx(0.5, abs=0.06)


def test_the_strengths_of_the_imagenet_policy():
    values = defaultdict(set)
    for draw in draws(AutoAugment(), 6000):
        for name, value in draw:
            values[name].add(round(abs(value), 3))
    assert values["posterize"] == {4.0, 5.0, 6.0}  # levels 8 and 7 keep 4 and 5 bits, 6 and 5 keep 5 and 6
    assert values["solarize"] == {28.444, 56.889, 113.778, 142.222, 170.667}
    assert values["shearX"] == {0.167}
    assert values["color"] == {0.0, 0.2, 0.4, 0.8}
    assert values["contrast"] == {0.8}


def test_compat_2020_turns_counter_clockwise_only_and_all_else_stays():
    for op in (AutoAugment, RandAugment):
        old, new = draws(op(compat="2020"), 1500), draws(op(magnitude=5) if op is RandAugment else op(), 1500)
        assert all(value > 0 for draw in old for name, value in draw if name == "rotate")
        for one, other in zip(old, new):
            kept = ("rotate", "posterize", "solarize") if op is RandAugment else ("rotate",)
            assert [each for each in one if each[0] not in kept] == [each for each in other if each[0] not in kept]


def test_rand_augment_draws_14_operations_alike_in_both_directions():
    found = Counter(operation for draw in draws(RandAugment(num_layers=3), 5000) for operation in draw)
    names: Counter[str] = Counter()
    total = sum(found.values())
    for (name, _), number in found.items():
        names[name] += number
    assert total == 15000
    for name in NAMES:
        assert names[name] / total == pytest.approx(1 / 14, abs=0.008), name
        signs = {np.sign(value) for operation, value in found if operation == name}
        assert signs == ({-1, 1} if name in SIGNED else {0} if name in NAMES[11:] else {1})


def test_rand_augment_at_its_default_is_as_strong_as_the_paper_says():
    values = {name: abs(value) for draw in draws(RandAugment(), 500) for name, value in draw}
    assert values["shearX"] == pytest.approx(0.15)
    assert values["translateY"] == pytest.approx(0.2266, abs=1e-4)
    assert values["rotate"] == pytest.approx(15)
    assert values["sharpness"] == pytest.approx(0.45)
    assert (values["posterize"], values["solarize"]) == (6, 128)


def test_a_higher_magnitude_of_rand_augment_is_stronger_for_every_operation():
    change = defaultdict(list)
    ramp = np.stack(np.broadcast_arrays(np.arange(80) * 3, np.arange(60)[:, None] * 4, 0), axis=2).astype(np.uint8)
    for magnitude in (0, 3, 6, 10):
        op = RandAugment(magnitude=magnitude)
        for name in NAMES[:11]:
            image = ramp if name in NAMES[:5] else IMAGE
            changed = op.apply(image, ((name, op._value(name)),))
            change[name].append(np.abs(changed.astype(int) - image).mean())
    for name, amounts in change.items():
        assert amounts[0] == 0, name
        assert amounts == sorted(amounts), name
        assert amounts[-1] > 5, name


def test_with_compat_2020_posterize_and_solarize_go_the_other_way():
    weak, strong = RandAugment(magnitude=2, compat=2020), RandAugment(magnitude=10, compat=2020)
    assert (weak._value("posterize"), strong._value("posterize")) == (0, 4)
    assert (weak._value("solarize"), strong._value("solarize")) == (pytest.approx(51.2), 256)
    assert not weak.apply(IMAGE, (("posterize", weak._value("posterize")),)).any()  # no bit kept: a black image
    assert RandAugment(compat=2020)._value("posterize") == 2


def test_legacy_names_build_the_ops():
    assert ppc.create("op", "ImageNetPolicy").policy == "imagenet"
    assert ppc.create("op", "CIFAR10Policy").policy == "cifar10"
    assert ppc.create("op", "SVHNPolicy", fillcolor=[1, 2, 3]).fillcolor == (1, 2, 3)
    assert ppc.create("op", "AutoAugment", fillcolor=0).fillcolor == (0, 0, 0)
    assert ppc.create("op", "RandAugment", num_layers="2", magnitude="7").magnitude == 7


@pytest.mark.parametrize(("name", "params"), [
    ("AutoAugment", {"policy": "imagenett"}), ("AutoAugment", {"fillcolor": [1, 2]}), ("AutoAugment", {"compat": 2019}),
    ("RandAugment", {"fillcolor": 300}), ("RandAugment", {"magnitude": 11}), ("RandAugment", {"num_layers": -1}),
])
def test_a_wrong_parameter_is_named(name, params):
    with pytest.raises(UserError, match=next(iter(params))):
        ppc.create("op", name, **params)


def test_it_refuses_what_is_not_pixels():
    with pytest.raises(UserError, match="before NormalizeImage"):
        RandAugment()(IMAGE.astype(np.float32), np.random.default_rng(0))
    decode, normalize = {"DecodeImage": None}, {"NormalizeImage": {"order": ""}}
    build_pipeline([decode, {"AutoAugment": None}, normalize])
    with pytest.raises(UserError, match="move 'AutoAugment' before 'NormalizeImage'"):
        build_pipeline([decode, normalize, {"AutoAugment": None}])


def test_a_pillow_image_is_taken_too():
    image = pytest.importorskip("PIL.Image").fromarray(IMAGE)
    for op in (AutoAugment(), RandAugment()):
        for seed in range(5):
            assert np.array_equal(op(image, np.random.default_rng(seed)), op(IMAGE, np.random.default_rng(seed)))
