# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A damaged file of weights, in every form, is read or refused; it runs no code and takes no memory of its choice."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any, Callable, Dict

import numpy as np
import pytest
import yaml
from hypothesis import strategies as st

from ppclas_core.bundles.bundle import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import Meta, read_meta, write_meta
from ppclas_core.weights.formats.torch_file import read_torch_file
from ppclas_core.weights.read import read_weights
from ppclas_core.weights.write import save_pdparams, save_safetensors, save_variables
from tests.fuzz.mutations import check, damaged, damaged_lines, lengths

ARRAYS: Dict[str, np.ndarray] = {
    "head.weight": np.arange(12, dtype=np.float32).reshape(3, 4), "head.bias": np.zeros(3, np.float32),
    "norm": np.ones((2, 2), np.float64)}


def pdparams(folder: Path) -> bytes:
    save_pdparams(folder / "x.pdparams", ARRAYS)
    return (folder / "x.pdparams").read_bytes()


def safetensors(folder: Path) -> bytes:
    save_safetensors(folder / "x.safetensors", ARRAYS, {"note": "x"})
    return (folder / "x.safetensors").read_bytes()


def torch_zip(folder: Path) -> bytes:
    """A .pth as `torch.save` writes one tensor, built from the description of the format."""
    data = (b"\x80\x02}q\x00X\x01\x00\x00\x00aq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00"
            b"storageq\x03ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06K\x04tq\x07QK\x00K\x02K\x02\x86q"
            b"\x08K\x02K\x01\x86q\t\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\rs.")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/data/0", struct.pack("<4f", 1, 2, 3, 4))
        archive.writestr("archive/version", "3\n")
    return stream.getvalue()


def read(reader: Callable[[Path], Any], path: Path, data: bytes) -> None:
    """Read; only `UserError` may come, and what is read is no larger than a hundred times the file."""
    path.write_bytes(data)
    try:
        found = reader(path)
    except UserError:
        return
    arrays: Dict[str, Any] = getattr(found, "arrays", found)
    assert sum(np.asarray(array).nbytes for array in arrays.values()) <= 100 * max(len(data), 1000)


@pytest.mark.parametrize(("make", "name", "reader"), [
    (pdparams, "x.pdparams", read_weights), (safetensors, "x.safetensors", read_weights),
    (torch_zip, "x.pth", read_torch_file)])
@lengths
def test_a_damaged_file_is_read_or_refused(examples: int, make: Callable[[Path], bytes], name: str,
                                           reader: Callable[[Path], Any], tmp_path: Path) -> None:
    whole = make(tmp_path)
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / name).write_bytes(whole)
    reader(tmp_path / "whole" / name)  # the undamaged one is read
    check(examples, lambda data: read(reader, tmp_path / name, data), damaged([whole]))


@lengths
def test_a_damaged_folder_of_variables_is_read_or_refused(examples: int, tmp_path: Path) -> None:
    save_variables(tmp_path / "folder", ARRAYS)
    whole = (tmp_path / "folder" / "head.bias").read_bytes()
    check(examples, lambda data: read(lambda _: read_weights(tmp_path / "folder"), tmp_path / "folder" / "head.bias",
                                      data), damaged([whole]))


@lengths
def test_a_pickle_of_random_operations_is_refused_or_harmless(examples: int, tmp_path: Path) -> None:
    whole = pickle.dumps({"a": np.ones(2)}, protocol=2)
    check(examples, lambda data: read(read_weights, tmp_path / "x.pdparams", data),
          damaged([whole]) | st.binary(max_size=60).map(lambda body: b"\x80\x02" + body + b"."))


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner,
                                                                                  max_size=3), max_leaves=5)


@lengths
def test_meta_yaml_of_any_content_is_read_or_refused(examples: int, tmp_path: Path) -> None:
    write_meta(tmp_path, Meta(architecture="Net", num_classes=2, image_shape=[3, 8, 8], labels=["a", "b"],
                              preprocessing=[{"DecodeImage": {}}]))
    path = tmp_path / "meta.yaml"
    good = yaml.safe_load(path.read_text(encoding="utf-8"))

    def content(data: bytes) -> None:
        path.write_bytes(data)
        try:
            found = read_meta(tmp_path)
        except UserError:
            return
        assert found is not None
        assert all(isinstance(label, str) for label in found.labels)
        assert len(found.image_shape) == 3

    def one_value(pair: Any) -> None:
        content(yaml.safe_dump({**good, pair[0]: pair[1]}).encode("utf-8", "replace"))

    check(examples, content, damaged_lines(yaml.safe_dump(good).encode().split(b"\n")))
    check(examples, one_value, st.tuples(st.sampled_from(sorted(good)), VALUES))


@lengths
def test_bundle_json_of_any_content_is_read_or_refused(examples: int, tmp_path: Path) -> None:
    facts = {"format": "onnx", "version": 1, "architecture": "Net", "num_classes": 2,
             "input": {"name": "image", "shape": [None, 3, 8, 8], "dtype": "float32"},
             "output": {"name": "logits", "shape": [None, 2]}, "files": {}, "parity": {"limit": 0.001, "batches": {}}}
    (tmp_path / "labels.txt").write_text("0 a\n1 b\n", encoding="utf-8")
    (tmp_path / "preprocess.yaml").write_text("[]", encoding="utf-8")

    def one_value(pair: Any) -> None:
        (tmp_path / "bundle.json").write_text(json.dumps({**facts, pair[0]: pair[1]}), encoding="utf-8")
        try:
            read_bundle(tmp_path)
        except UserError:
            return

    check(examples, one_value, st.tuples(st.sampled_from(sorted(facts)), VALUES))
