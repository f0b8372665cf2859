# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Errors when Paddle-Lite refuses a model, is not installed, or crashes."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import ExportFailed, export
from ppclas_core.runtimes.load import load_runtime
from ppclas_core.system.environments import why_not
from ppclas_export_lite import optimize as optimize_module
from ppclas_export_lite.export import X86_FILE, load
from ppclas_export_lite.plugin import PADDLE_LITE
from ppclas_export_lite.program import rewrite
from ppclas_export_lite.runtime import LiteRuntime

needs_lite = pytest.mark.skipif(bool(why_not(PADDLE_LITE)), reason=why_not(PADDLE_LITE) or "-")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ppclas_core.testing.toy import toy_checkpoint

    return toy_checkpoint(tmp_path_factory.mktemp("toy") / "run")


@pytest.fixture(scope="module")
def bundle(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(str(checkpoint), "lite", tmp_path_factory.mktemp("bundle") / "out").path


@needs_lite
def test_the_bundle_says_what_is_proven_and_what_is_not(bundle: Path) -> None:
    details = read_bundle(bundle).facts["details"]
    assert details["verified"] == X86_FILE
    assert details["runtime"] == "v2.13-rc"
    assert "x86 kernels" in details["proven"]
    assert "arm kernels" in details["not_proven"]
    assert (bundle / "model.nb").read_bytes() != (bundle / X86_FILE).read_bytes()


@needs_lite
def test_half_precision_makes_another_file_for_arm(bundle: Path, checkpoint: Path, tmp_path: Path) -> None:
    half = export(str(checkpoint), "lite", tmp_path / "half", fp16=True)
    assert "half precision" in half.facts["details"]["not_proven"]
    kernels = [b"conv2d/def/4/1/1", b"conv2d/def/4/5/1"]  # 4: arm; 1: float32, 5: float16
    assert [kernel in (bundle / "model.nb").read_bytes() for kernel in kernels] == [True, False]
    assert [kernel in (half.path / "model.nb").read_bytes() for kernel in kernels] == [False, True]


@needs_lite
def test_kernels_of_opencl_are_taken_where_they_are_asked_for(checkpoint: Path, tmp_path: Path) -> None:
    made = export(str(checkpoint), "lite", tmp_path / "gpu", target="opencl")
    assert b"conv2d/image2d/5/5/4" in (made.path / "model.nb").read_bytes()  # OpenCL, float16, an image of the GPU
    assert made.facts["details"]["verified"] == X86_FILE


@pytest.mark.parametrize("target", ["x86", "opencl"])
def test_half_precision_is_refused_where_it_has_no_effect(checkpoint: Path, tmp_path: Path, target: str) -> None:
    with pytest.raises(UserError, match="fp16 has no effect with target="):
        export(str(checkpoint), "lite", tmp_path / "out", target=target, fp16=True)


@needs_lite
def test_operators_that_it_lacks_are_named(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from paddle.base.proto import framework_pb2 as proto

    def strange(program: bytes) -> bytes:
        description = proto.ProgramDesc.FromString(program)
        for operator, kind in zip([each for each in description.blocks[0].ops if each.type == "relu"],
                                  ("bincount", "no_such_operator")):
            operator.type = kind
        return bytes(description.SerializeToString())

    monkeypatch.setattr(optimize_module, "rewrite", strange)
    with pytest.raises(ExportFailed, match="Paddle-Lite lacks operators of this model on arm: .*bincount"):
        export(str(checkpoint), "lite", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@needs_lite
def test_a_file_for_arm_with_another_program_is_found_out(checkpoint: Path, tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    from paddle.base.proto import framework_pb2 as proto

    def softer(program: bytes) -> bytes:
        description = proto.ProgramDesc.FromString(rewrite(program))
        next(each for each in description.blocks[0].ops if each.type == "relu").type = "sigmoid"
        return bytes(description.SerializeToString())

    monkeypatch.setattr(optimize_module, "rewrite", softer)
    with pytest.raises(ExportFailed, match="outputs of the artifact differ from those of the model"):
        export(str(checkpoint), "lite", tmp_path / "out", target="arm")
    assert list(tmp_path.iterdir()) == []


@needs_lite
def test_the_output_of_opt_is_reported(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimize_module, "rewrite", lambda program: program[:500])
    with pytest.raises(ExportFailed, match=r"cannot convert this model for arm \(signal SIG"):
        export(str(checkpoint), "lite", tmp_path / "out")


@needs_lite
def test_a_damaged_file_is_reported_and_ends_nothing_else(bundle: Path, tmp_path: Path) -> None:
    data = bytearray((bundle / X86_FILE).read_bytes())
    cut, holes = tmp_path / "cut.nb", tmp_path / "holes.nb"
    cut.write_bytes(data[:-1000])
    data[100:4000] = bytes(3900)
    holes.write_bytes(data)
    for file in (cut, holes):
        with pytest.raises(UserError, match="Paddle-Lite cannot load this model"):
            LiteRuntime(file)


@needs_lite
def test_a_file_of_another_version_is_refused(bundle: Path, tmp_path: Path) -> None:
    data = bytearray((bundle / X86_FILE).read_bytes())
    data[2:18] = b"v2.12".ljust(16, b"\0")
    (tmp_path / "old.nb").write_bytes(data)
    with pytest.raises(UserError, match=r"written by Paddle-Lite v2\.12, but Paddle-Lite v2\.13-rc"):
        LiteRuntime(tmp_path / "old.nb")


@needs_lite
def test_a_killed_process_is_reported(bundle: Path) -> None:
    runtime = load(bundle, threads=1)
    images = read_bundle(bundle).golden().inputs
    assert runtime(images[:2]).shape[0] == 2
    os.kill(runtime._process.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(UserError, match="process ended during inference .signal SIGKILL"):
            runtime(images)


@needs_lite
def test_the_process_ends_with_its_runtime(bundle: Path) -> None:
    runtime = load(bundle, threads=1)
    process = runtime._process
    del runtime
    assert process.poll() == 0


@needs_lite
def test_threads_and_their_number_do_not_change_the_outputs(bundle: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    images = read_bundle(bundle).golden().inputs
    one, two = load(bundle, threads=1), load(bundle, threads=2)
    expected = one(images)
    with ThreadPoolExecutor(4) as pool:
        for answer in pool.map(two, [images] * 12):
            np.testing.assert_allclose(answer, expected, atol=1e-5)


@needs_lite
def test_a_device_that_it_has_not_is_refused(bundle: Path) -> None:
    with pytest.raises(UserError, match="supports the CPU only"):
        load_runtime(read_bundle(bundle), device="gpu")


def test_a_format_without_an_interpreter_is_listed_with_the_reason(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ppclas_project: Any) -> None:
    for name, value in (("PATH", str(tmp_path)), ("PYENV_ROOT", str(tmp_path)), ("PPCLAS_HOME", str(tmp_path))):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PPCLAS_LITE_PYTHON", raising=False)
    listed = ppclas_project().run("export", "--list").succeeded().out
    (line,) = [line for line in listed.splitlines() if line.startswith("lite ")]
    assert "needs CPython 3.10 or 3.9" in line
    assert "PPCLAS_LITE_PYTHON" in line
    refused = ppclas_project().run("export", "run", "lite", "out")
    assert refused.code == 2
    assert "the format 'lite' is not available here" in refused.err
