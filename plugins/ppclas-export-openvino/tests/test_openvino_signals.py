# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C in a process that has used OpenVINO is an interruption, not a crash."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("openvino", reason="openvino is not installed")


def test_ctrl_c_interrupts_after_two_networks_were_opened_and_closed() -> None:
    code = ("import gc, signal\n"
            "from ppclas_export_openvino.runtime import open_core\n"
            "first, second = open_core(), open_core()\n"
            "del first; gc.collect(); del second; gc.collect()\n"
            "try:\n    signal.raise_signal(signal.SIGINT)\n"
            "except KeyboardInterrupt:\n    print('interrupted')\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "interrupted"), done.stderr
