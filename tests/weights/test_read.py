# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every form of checkpoint, found by prefix, file or folder."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Dict

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.weights import write
from ppclas_core.weights.formats import protobuf_wire as wire
from ppclas_core.weights.formats.variables import write_variable, write_variables
from ppclas_core.weights.locate import resolve_weights
from ppclas_core.weights.read import read_weights


def arrays() -> Dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"conv1_weights": rng.standard_normal((4, 3, 3, 3)).astype(np.float32),
            "conv1_bn_mean": rng.standard_normal(4).astype(np.float32),
            "fc_0.w_0": rng.standard_normal((4, 10)).astype(np.float32)}


def same(found: Dict[str, np.ndarray]) -> bool:
    expected = arrays()
    return found.keys() == expected.keys() and all(np.array_equal(found[key], expected[key]) for key in expected)


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return wire.varint(number << 3) + wire.varint(value)
    return wire.varint(number << 3 | 2) + wire.varint(len(value)) + value


def program(variables: Dict[str, np.ndarray]) -> bytes:
    """A ProgramDesc with these tensors, a feed list, a temporary, and one operator."""

    def tensor_type(*sizes: int) -> bytes:
        description = field(1, 5) + b"".join(field(2, size) for size in sizes)
        return field(2, field(1, 7) + field(3, field(1, description)))

    parts = [field(3, field(1, b"feed") + field(2, field(1, 9)) + field(3, 1)),
             field(3, field(1, b"tmp_0") + tensor_type(2**64 - 1))]
    for name, array in reversed(list(variables.items())):
        parts.append(field(3, field(1, name.encode()) + tensor_type(*array.shape) + field(3, 1)))
    return field(1, field(1, 0) + field(2, 2**64 - 1) + b"".join(parts) + field(4, field(3, b"conv2d")))


def combined(variables: Dict[str, np.ndarray]) -> bytes:
    stream = io.BytesIO()
    for name in sorted(variables):
        write_variable(stream, variables[name])
    return stream.getvalue()


def test_a_prefix_means_the_pdparams_file(tmp_path: Path) -> None:
    folder = tmp_path / "output" / "ResNet50_vd" / "19"
    write.save_pdparams(folder / "ppcls.pdparams", arrays())
    checkpoint = read_weights(folder / "ppcls")
    assert same(checkpoint.arrays)
    assert (checkpoint.form, checkpoint.path) == ("pdparams", folder / "ppcls.pdparams")
    (folder / "ppcls.pdopt").write_bytes(b"")
    for also in ("ppcls.pdparams", "ppcls.pdopt", "."):
        assert resolve_weights(folder / also) == folder / "ppcls.pdparams"


def test_a_slash_distinguishes_a_folder_from_a_file_of_the_same_name(tmp_path: Path) -> None:
    write.save_pdparams(tmp_path / "x.pdparams", arrays())
    write.save_variables(tmp_path / "x", arrays())
    assert read_weights(tmp_path / "x").form == "pdparams"
    assert read_weights(f"{tmp_path}/x/").form == "variables"


def test_a_folder_of_variable_files_is_read_by_file_name(tmp_path: Path) -> None:
    write.save_variables(tmp_path / "X_pretrained", arrays())
    (tmp_path / "X_pretrained" / "README.md").write_text("words")
    checkpoint = read_weights(tmp_path / "X_pretrained")
    assert checkpoint.form == "variables"
    assert same(checkpoint.arrays)


def test_an_inference_model_in_two_files_is_read_in_the_order_of_sorted_names(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(program(arrays()))
    (tmp_path / "params").write_bytes(combined(arrays()))
    for path in (tmp_path, tmp_path / "model", tmp_path / "params"):
        checkpoint = read_weights(path)
        assert checkpoint.form == "inference"
        assert same(checkpoint.arrays)


def test_an_inference_model_with_a_file_per_variable_is_read(tmp_path: Path) -> None:
    (tmp_path / "__model__").write_bytes(program(arrays()))
    write_variables(tmp_path, {**arrays(), "not_in_the_program": np.ones(2, np.float32)})
    assert same(read_weights(tmp_path).arrays)


def test_program_and_values_of_two_exports_are_distinguished(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(program(arrays()))
    (tmp_path / "params").write_bytes(combined({**arrays(), "conv1_bn_mean": np.ones(5, np.float32)}))
    with pytest.raises(UserError, match="two exports"):
        read_weights(tmp_path)
    (tmp_path / "params").write_bytes(combined(arrays()) + b"more")
    with pytest.raises(UserError, match="more values than the 3 variables"):
        read_weights(tmp_path)
    sizes = combined({"conv1_bn_mean": arrays()["conv1_bn_mean"]}).replace(b"\x10\x04", b"\x10" + b"\xff" * 8 + b"\x00")
    (tmp_path / "params").write_bytes(sizes.replace(b"\x04\0\0\0\x08", b"\x0b\0\0\0\x08"))
    with pytest.raises(UserError, match="damaged at variable 'conv1_bn_mean'"):
        read_weights(tmp_path)
    (tmp_path / "params").write_bytes(combined(arrays())[:-4])
    with pytest.raises(UserError, match=r"damaged at variable 'fc_0\.w_0'"):
        read_weights(tmp_path)


def test_a_damaged_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "params").write_bytes(combined(arrays()))
    for data in (program(arrays())[:-7], b"", b"\x00" * 40, b"not a program"):
        (tmp_path / "model").write_bytes(data)
        with pytest.raises(UserError, match="model: "):
            read_weights(tmp_path)


def test_safetensors_are_read(tmp_path: Path) -> None:
    write.save_safetensors(tmp_path / "x.safetensors", arrays())
    assert same(read_weights(tmp_path / "x").arrays)
    data = (tmp_path / "x.safetensors").read_bytes()
    (tmp_path / "x.safetensors").write_bytes(data[:-1])
    with pytest.raises(UserError, match=r"x\.safetensors: the file is damaged"):
        read_weights(tmp_path / "x.safetensors")


def test_the_bookkeeping_of_paddle_save_is_not_a_weight(tmp_path: Path) -> None:
    content = {**arrays(), "StructuredToParameterName@@": {"conv1_weights": "conv2d_0.w_0"}}
    (tmp_path / "x.pdparams").write_bytes(pickle.dumps(content))
    assert same(read_weights(tmp_path / "x").arrays)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: data[:20],
                                    lambda data: b"", lambda data: b"\1" + data[1:]])
def test_a_damaged_variable_file_is_named(tmp_path: Path, change) -> None:
    write.save_variables(tmp_path / "x", arrays())
    path = tmp_path / "x" / "conv1_bn_mean"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(UserError, match="conv1_bn_mean: not a whole variable file"):
        read_weights(tmp_path / "x")


def test_one_variable_of_a_folder_points_to_the_folder(tmp_path: Path) -> None:
    write.save_variables(tmp_path / "x", arrays())
    with pytest.raises(UserError, match="give its folder"):
        read_weights(tmp_path / "x" / "conv1_bn_mean")


def test_what_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    write.save_pdparams(tmp_path / "ResNet50_pretrained.pdparams", arrays())
    with pytest.raises(UserError, match="Did you mean 'ResNet50_pretrained'"):
        read_weights(tmp_path / "ResNet50_pretraned")
    with pytest.raises(UserError, match="does not exist"):
        read_weights(tmp_path / "no" / "such" / "place")


def test_a_name_without_weights_and_one_that_is_not_installed_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from ppclas_core.testing.toy import toy_catalogue

    toy_catalogue()
    with pytest.raises(UserError, match="no weights were published for this model"):
        read_weights("ToyNet")
    monkeypatch.setattr("ppclas_core.weights.locate.first_party", lambda: {"backbone": {"OtherNet": "other-models"}})
    with pytest.raises(UserError, match="not installed") as caught:
        read_weights("OtherNet")
    assert "OtherNet comes with other-models: pip install" in str(caught.value)


def test_what_a_failed_download_left_is_never_suggested(tmp_path: Path) -> None:
    for name in ("ResNet50_pretrained.tar.lock", "ResNet50_pretrained.tar.part", "ResNet50_pretrained.tar.json",
                 "ResNet50_pretrained.tar", ".ResNet50_pretrained.tar.lock", ".ResNet50_pretrained.x.partial"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(UserError, match="no weights there") as caught:
        read_weights(tmp_path / "ResNet50_pretrained.tat")
    assert "Did you mean" not in str(caught.value)
    write.save_variables(tmp_path / "ResNet50_pretrained", arrays())
    with pytest.raises(UserError, match="Did you mean 'ResNet50_pretrained'"):
        read_weights(tmp_path / "ResNet50_pretrained.tat")


def test_folders_without_or_with_several_weights_say_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UserError, match=r"holds no weights; it has notes\.txt"):
        read_weights(tmp_path)
    for name in ("a", "b"):
        write.save_pdparams(tmp_path / f"{name}.pdparams", arrays())
    with pytest.raises(UserError, match=r"2 weight files in this folder: a\.pdparams, b\.pdparams"):
        read_weights(tmp_path)


def test_files_that_hold_no_weights_say_so(tmp_path: Path) -> None:
    path = tmp_path / "x.pdparams"
    for content, message in (([1, 2], "holds a list"), ({}, "no weights"), ({"lr": 0.1}, "entry 'lr' is a float")):
        path.write_bytes(pickle.dumps(content))
        with pytest.raises(UserError, match=message):
            read_weights(path)
    path.write_bytes(b"")
    with pytest.raises(UserError, match="empty"):
        read_weights(path)
    path.write_bytes(b"PK\x03\x04" + bytes(60))
    with pytest.raises(UserError, match="--from torch"):
        read_weights(path)
