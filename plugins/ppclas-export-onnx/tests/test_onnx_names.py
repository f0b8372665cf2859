# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An ONNX file names its inputs, outputs and classes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed")
pytest.importorskip("paddle2onnx", reason="paddle2onnx is not installed")


def test_batch_logits_and_class_names_stand_in_the_file(tmp_path: Path) -> None:
    from ppclas_core.export import export
    from ppclas_core.testing.toy import toy_checkpoint

    export(toy_checkpoint(tmp_path / "run"), "onnx", tmp_path / "out")
    model = onnx.load(str(tmp_path / "out" / "model.onnx"))
    ports = {port.name: [each.dim_param or each.dim_value for each in port.type.tensor_type.shape.dim]
             for port in (*model.graph.input, *model.graph.output)}
    assert list(ports) == ["image", "logits"]
    assert ports["image"] == ["batch", 3, 32, 32]
    assert ports["logits"][0] == "batch"
    told = {each.key: each.value for each in model.metadata_props}
    assert told["architecture"] == "ToyNet"
    assert json.loads(told["labels"]) == (tmp_path / "out" / "labels.txt").read_text(encoding="utf-8").splitlines()
    assert told["producer"].startswith("ppclas ")
