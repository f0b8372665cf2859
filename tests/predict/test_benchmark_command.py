# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas benchmark` and the choice of `auto`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.export import fastest as choice
from ppclas_core.export import read_bundle
from ppclas_core.export.engines import engines_of, load_engine
from ppclas_core.export.fastest import fastest
from ppclas_core.predict.benchmark import benchmark


@pytest.fixture
def inference(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home"))
    return ppc.export(checkpoint, "inference", tmp_path / "bundle").path


def test_a_bundle_is_measured_by_every_engine_that_reads_it(inference: Path, tmp_path: Path) -> None:
    told: List[str] = []
    rows = benchmark(inference, ["paddle", "paddle-bf16", "dygraph"], [1, 2], [1], seconds=0.02, work=tmp_path,
                     say=told.append)
    assert [(row["engine"], row["batch"]) for row in rows] == [
        ("paddle", 1), ("paddle", 2), ("paddle-bf16", 1), ("paddle-bf16", 2)]
    assert all(0 < row["p50_ms"] <= row["p90_ms"] <= row["p99_ms"] for row in rows)
    assert len(told) == 1
    assert told[0].startswith("dygraph is left out: ")


def test_the_command_writes_json_csv_and_a_chart(ppclas_project: Any, checkpoint: Path, tmp_path: Path) -> None:
    from ppclas_core.testing import toy

    out = tmp_path / "figures"
    done = ppclas_project().run("benchmark", str(checkpoint), "--engine", "dygraph", "--batch", "1,3", "--threads", "1",
                                "--seconds", "0.02", "--json", "--out", str(out), "--plugin", toy.__file__).succeeded()
    rows = json.loads(done.out)
    assert [row["batch"] for row in rows] == [1, 3]
    with open(out / "benchmark.csv", encoding="utf-8", newline="") as file:
        assert [row["engine"] for row in csv.DictReader(file)] == ["dygraph", "dygraph"]
    assert "<svg" in (out / "benchmark.svg").read_text(encoding="utf-8")


def test_auto_takes_the_fastest_that_agrees_and_remembers(inference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    bundle, calls = read_bundle(inference), []
    logits = bundle.golden().logits

    def engine(name: str, seconds: float, error: float) -> Any:
        def call(batch: np.ndarray) -> np.ndarray:
            time.sleep(seconds)
            return logits[:len(batch)] + error * np.arange(logits.shape[1])
        return call

    engines = {"own": engine("own", 0.02, 0), "quick": engine("quick", 0.005, 0), "wrong": engine("wrong", 0, 5.0)}

    def load(bundle: Any, name: str, threads: Any = None) -> Any:
        calls.append(name)
        return engines[name]

    monkeypatch.setattr(choice, "engines_of", lambda bundle: list(engines))
    monkeypatch.setattr(choice, "load_engine", load)
    assert fastest(bundle) == "quick"
    assert calls == ["own", "quick", "wrong"]
    assert fastest(bundle) == "quick"
    assert len(calls) == 3


def test_a_bundle_whose_own_engine_is_quick_enough_is_not_measured(
        inference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, loaded = read_bundle(inference), []

    def load(*args: Any, **options: Any) -> Any:
        loaded.append(args[1])
        return load_engine(*args, **options)

    monkeypatch.setattr(choice, "load_engine", load)
    monkeypatch.setattr(choice, "ENOUGH", 60.0)
    assert len(engines_of(bundle)) > 1
    assert fastest(bundle) == "paddle"
    assert loaded == ["paddle"]
