# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An IR of OpenVINO names its ports as the other formats do; Ctrl-C interrupts a process that used OpenVINO."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

openvino = pytest.importorskip("openvino", reason="openvino is not installed")


def test_input_and_output_are_called_image_and_logits(tmp_path: Path) -> None:
    from ppclas_core.export import export
    from ppclas_core.testing.toy import toy_checkpoint

    export(toy_checkpoint(tmp_path / "run"), "openvino", tmp_path / "out")
    model = openvino.Core().read_model(str(tmp_path / "out" / "model.xml"))
    assert [sorted(port.get_names()) for port in (*model.inputs, *model.outputs)] == [["image"], ["logits"]]

def test_ctrl_c_interrupts_after_two_networks_were_opened_and_closed() -> None:
    code = ("import gc, signal\n"
            "from ppclas_export_openvino.runtime import open_core\n"
            "first, second = open_core(), open_core()\n"
            "del first; gc.collect(); del second; gc.collect()\n"
            "try:\n    signal.raise_signal(signal.SIGINT)\n"
            "except KeyboardInterrupt:\n    print('interrupted')\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "interrupted"), done.stderr
