# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of one group run in one process, which shares what is expensive to build; names of tests are short."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("of_this_test")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="this is one process")
def test_the_scheduler_sees_the_group(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("loadgroup", False):
        assert request.node.nodeid.endswith("@of_this_test")


def test_the_name_of_every_test_fits_into_the_environment_of_its_child_processes(
        request: pytest.FixtureRequest) -> None:
    assert [item.nodeid[:200] for item in request.session.items if len(item.nodeid) > 1000] == []
