# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A bundle is a folder: the name of a model file is refused for it, and a model file without a bundle is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

import ppclas_core as ppc
from ppclas_core.bundles.bundle import BUNDLE_FILE
from ppclas_core.bundles.model_files import refuse_file_name, refuse_foreign_model
from ppclas_core.bundles.source import find_bundle_or_checkpoint
from ppclas_core.errors import UserError


@pytest.mark.parametrize("name", ["m.onnx", "m.ONNX", "m.pdmodel", "m.xml", "m.nb", "m.safetensors", "m.json"])
def test_the_name_of_a_model_file_is_no_folder_of_a_bundle(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as caught:
        refuse_file_name(tmp_path / name)
    assert str(caught.value).endswith(f"\n  OUT is a folder: '{tmp_path / 'm'}'")


@pytest.mark.parametrize("name", ["m", "ResNet50.v1-onnx", "onnx", "2026.11"])
def test_other_names_are_folders_of_bundles(name: str) -> None:
    refuse_file_name(Path(name))


def test_every_export_refuses_it_before_it_looks_at_the_source(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"OUT is a folder: .*'$"):
        ppc.export("no such run", "inference", tmp_path / "m.onnx")


def test_a_model_file_of_another_program_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "foreign.onnx"
    file.write_bytes(b"\x08\x07")
    for call in (lambda: find_bundle_or_checkpoint(file), lambda: find_bundle_or_checkpoint(file, model="ResNet50"),
                 lambda: ppc.Predictor(file), lambda: ppc.Predictor(str(file), preprocessing=[{"DecodeImage": {}}])):
        with pytest.raises(UserError) as caught:
            call()
        for text in (f"{file}: this model file belongs to no bundle", "bundle.json, labels.txt and preprocess.yaml",
                     "Predictor(Runnable(...))", "docs/how-to/predict.md"):
            assert text in str(caught.value)


def test_a_model_file_deep_in_a_bundle_names_the_bundle(tmp_path: Path) -> None:
    (tmp_path / BUNDLE_FILE).write_text("{}", encoding="utf-8")
    for name in ("model.onnx", "served/1/model.onnx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\x08\x07")
    refuse_foreign_model(tmp_path / "model.onnx")
    refuse_foreign_model(tmp_path / "missing.onnx")
    with pytest.raises(UserError, match=f"a part of a bundle\n  give the bundle: {tmp_path}"):
        refuse_foreign_model(tmp_path / "served/1/model.onnx")
