# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every architecture has the published tensors, and the published outputs under deterministic weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.testing.published import golden_logits, golden_names, logits_difference, name_differences
from ppclas_models_classic.plugin import ppclas_backbones

GOLDEN = Path(__file__).parent / "golden"
RECORDS = {record.name: record for record in ppclas_backbones()}
NAMES = golden_names(GOLDEN)
LOGITS = golden_logits(GOLDEN)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_names_and_shapes_are_the_published_ones(name: str) -> None:
    assert list(name_differences(RECORDS[name], NAMES[name])) == []


@pytest.mark.parametrize("name", sorted(LOGITS))
def test_logits_are_those_of_the_2020_network(name: str) -> None:
    assert logits_difference(RECORDS[name], NAMES[name], LOGITS[name]) < 1e-3
