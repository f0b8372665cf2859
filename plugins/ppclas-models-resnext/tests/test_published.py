# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every tensor has its published name and shape, and the published network gave the same outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.testing import published
from ppclas_models_resnext.plugin import ppclas_backbones

GOLDEN = Path(__file__).parent / "golden"
NAMES = published.golden_names(GOLDEN)
LOGITS = published.golden_logits(GOLDEN)
RECORDS = {record.name: record for record in ppclas_backbones()}
BIG = 150_000_000
REFERENCED = [
    pytest.param(name, marks=pytest.mark.slow) if RECORDS[name].params > BIG else name for name in sorted(LOGITS)
]


def test_every_architecture_was_published():
    assert set(RECORDS) == set(NAMES)


@pytest.mark.parametrize("name", RECORDS)
def test_names_and_shapes_are_as_published(name):
    assert not list(published.name_differences(RECORDS[name], NAMES[name]))


@pytest.mark.parametrize("name", REFERENCED)
def test_logits_are_those_of_the_published_network(name):
    assert published.logits_difference(RECORDS[name], NAMES[name], LOGITS[name]) < 1e-3
