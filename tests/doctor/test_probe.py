# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A library that crashes, hangs or fails does so in a child process."""

from __future__ import annotations

import sys

import pytest

from ppclas_core.doctor.probe import probe


def test_facts_are_the_last_line() -> None:
    assert probe("print('chatter'); print('{\"version\": \"1\"}')").facts == {"version": "1"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Linux")
def test_a_segmentation_fault_is_named() -> None:
    assert probe("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)").error == "crashed with a segmentation fault"


def test_an_import_error_is_its_last_line() -> None:
    assert "No module named 'no_such_library'" in probe("import no_such_library").error


def test_one_that_hangs_is_stopped() -> None:
    assert probe("import time; time.sleep(60)", timeout=0.5).error == "did not finish within 0.5 s"


def test_output_that_is_no_json_is_reported() -> None:
    assert "garbage" in probe("print('garbage')").error
