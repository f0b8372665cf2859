# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An IR of OpenVINO calls its input and output as the other formats do."""

from __future__ import annotations

from pathlib import Path

import pytest

openvino = pytest.importorskip("openvino", reason="openvino is not installed")


def test_input_and_output_are_called_image_and_logits(tmp_path: Path) -> None:
    from ppclas_core.export import export
    from ppclas_core.testing.toy import toy_checkpoint

    export(toy_checkpoint(tmp_path / "run"), "openvino", tmp_path / "out")
    model = openvino.Core().read_model(str(tmp_path / "out" / "model.xml"))
    assert [sorted(port.get_names()) for port in (*model.inputs, *model.outputs)] == [["image"], ["logits"]]
