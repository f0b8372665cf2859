# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""int8 is accepted by its top-1, so a model of several labels per image is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import read_meta, write_meta
from ppclas_core.testing.toy import toy_checkpoint

pytest.importorskip("paddle2onnx")


@pytest.mark.parametrize("format", ["quant", "quant-paddle"])
def test_a_multilabel_model_is_refused(tmp_path: Path, format: str) -> None:
    folder = toy_checkpoint(tmp_path / "run")
    meta = read_meta(folder)
    assert meta is not None
    write_meta(folder, dataclasses.replace(meta, task="multilabel", threshold=0.5))
    with pytest.raises(UserError, match="which a multi-label model does not have"):
        ppc.export(folder, format, tmp_path / "out", calibration=str(tmp_path))
