# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The lists of the 102 flowers are read from the .mat files of the publisher."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path
from typing import Dict

import numpy as np
import pytest

from ppclas_core.cli import main
from ppclas_core.data.datasets.mat_file import read_mat
from ppclas_core.errors import UserError

SCRIPT = Path(__file__).resolve().parents[3] / "dataset" / "flowers102" / "generate_flowers102_list.py"
CODES = {"uint8": (9, 2), "uint16": (11, 4), "int32": (12, 5), "float64": (6, 9)}


def element(kind: int, content: bytes, order: str) -> bytes:
    if 0 < len(content) <= 4:
        return struct.pack(order + "I", len(content) << 16 | kind) + content.ljust(4, b"\0")
    return struct.pack(order + "II", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def mat(variables: Dict[str, np.ndarray], *, order: str = "<", packed: bool = True) -> bytes:
    """A MATLAB 5 file, by the description of the format."""
    data = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(order + "H", 0x0100) + (b"IM" if order == "<" else b"MI")
    for name, values in variables.items():
        kind, stored = CODES[values.dtype.name]
        parts = [element(6, struct.pack(order + "II", kind, 0), order),
                 element(5, np.array(values.shape, order + "i4").tobytes(), order),
                 element(1, name.encode(), order),
                 element(stored, values.astype(np.dtype(order + values.dtype.str[1:])).tobytes(order="F"), order)]
        matrix = element(14, b"".join(parts), order)
        if packed:
            squeezed = zlib.compress(matrix)
            matrix = struct.pack(order + "II", 15, len(squeezed)) + squeezed
        data += matrix
    return data


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("dtype", CODES)
def test_numbers_of_every_kind_are_read(tmp_path, order, packed, dtype):
    values = np.arange(1, 7, dtype=dtype).reshape(2, 3)
    (tmp_path / "a.mat").write_bytes(mat({"x": values, "ids": values[:1, :1]}, order=order, packed=packed))
    found = read_mat(tmp_path / "a.mat")
    assert np.array_equal(found["x"], values)
    assert found["ids"].tolist() == [[1]]


def test_files_of_scipy_are_read_and_what_is_no_number_is_left_out(tmp_path):
    scipy_io = pytest.importorskip("scipy.io")
    values = {"labels": np.arange(12, dtype=np.uint8)[None], "text": "abc", "cell": np.array([1, "a"], dtype=object),
              "z": np.array([[1j]]), "d": np.array([[1.5, 2]])}
    for packed in (True, False):
        scipy_io.savemat(tmp_path / "s.mat", values, do_compression=packed)
        found = read_mat(tmp_path / "s.mat")
        assert set(found) == {"labels", "d"}
        assert found["labels"].tolist() == [list(range(12))]


@pytest.mark.parametrize(("data", "message"), [
    (b"", "not a MATLAB 5 file"), (b"x" * 300, "not a MATLAB 5 file"),
    (mat({"x": np.arange(50.0)[None]})[:-9], "damaged"),
])
def test_other_files_are_refused(tmp_path, data, message):
    (tmp_path / "a.mat").write_bytes(data)
    with pytest.raises(UserError, match=message):
        read_mat(tmp_path / "a.mat")


def flowers(folder: Path) -> Path:
    """The official files, in their sizes: 8189 labels, 1020 + 1020 + 6149 numbers."""
    order = np.random.default_rng(0).permutation(8189) + 1
    labels = (np.arange(8189) % 102 + 1).astype(np.uint8)[None]
    folder.mkdir(exist_ok=True)
    (folder / "imagelabels.mat").write_bytes(mat({"labels": labels}))
    parts = np.split(order.astype(np.uint16)[None], [1020, 2040], axis=1)
    (folder / "setid.mat").write_bytes(mat(dict(zip(("trnid", "valid", "tstid"), parts))))
    (folder / "jpg").mkdir()
    for number in order:
        (folder / "jpg" / f"image_{number:05d}.jpg").touch()
    return folder


def test_the_legacy_command_prints_the_training_list(tmp_path):
    folder = flowers(tmp_path / "f")
    outcome = {}
    for split, count in (("train", 1020), ("valid", 1020), ("test", 6149)):
        run = subprocess.run([sys.executable, str(SCRIPT), "jpg", split], cwd=folder, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        outcome[split] = run.stdout.splitlines()
        assert len(outcome[split]) == count
    everything = [line for lines in outcome.values() for line in lines]
    assert len(set(everything)) == 8189
    assert "jpg/image_00001.jpg 0" in everything
    assert "jpg/image_00103.jpg 0" in everything
    assert "jpg/image_08189.jpg 28" in everything
    assert main(["data", "flowers102", str(folder)]) == 0
    assert (folder / "train_list.txt").read_text(encoding="utf-8").splitlines() == outcome["train"]
    assert (folder / "val_list.txt").read_text(encoding="utf-8").splitlines() == outcome["valid"]
    assert (folder / "test_list.txt").read_text(encoding="utf-8").splitlines() == outcome["test"]


def test_a_wrong_split_is_reported_on_stderr_and_prints_no_list(tmp_path):
    folder = flowers(tmp_path / "f")
    run = subprocess.run([sys.executable, str(SCRIPT), "jpg", "training"], cwd=folder, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "one of: train, valid, test" in run.stderr


def test_what_is_missing_is_named_with_its_source_and_the_archive_is_unpacked(tmp_path, capsys):
    folder = flowers(tmp_path / "f")
    (folder / "setid.mat").rename(tmp_path / "setid.mat")
    assert main(["data", "flowers102", str(folder)]) == 2
    assert "102/setid.mat" in capsys.readouterr().err
    (tmp_path / "setid.mat").rename(folder / "setid.mat")
    images = sorted(path.name for path in (folder / "jpg").iterdir())
    for path in (folder / "jpg").iterdir():
        path.unlink()
    (folder / "jpg").rmdir()
    assert main(["data", "flowers102", str(folder)]) == 2
    assert "102flowers.tgz" in capsys.readouterr().err
    with tarfile.open(folder / "102flowers.tgz", "w:gz") as archive:
        for name in [*(f"jpg/{name}" for name in images), "../outside.jpg", "jpg/../../outside.jpg"]:
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
    assert main(["data", "flowers102", str(folder)]) == 0
    assert len(list((folder / "jpg").iterdir())) == 8189
    assert not (tmp_path / "outside.jpg").exists()
