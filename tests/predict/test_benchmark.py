# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas benchmark` and the choice of `auto`."""

from __future__ import annotations

import csv
import functools
import json
import logging
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.api import Environment, Exporter
from ppclas_core.bundles import read_bundle
from ppclas_core.bundles.formats import Format
from ppclas_core.plugins.catalogue import Entry
from ppclas_core.predict import benchmark as comparison
from ppclas_core.predict import runtime_selection as choice
from ppclas_core.predict.benchmark import BenchmarkPlan, available, benchmark
from ppclas_core.predict.runtime_selection import select_runtime
from ppclas_core.predict.runtime_timing import compare_runtimes
from ppclas_core.runtimes.load import load_runtime, runtimes_of


@pytest.fixture
def inference(checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home"))
    return ppc.export(checkpoint, "inference", tmp_path / "bundle").path


def test_a_bundle_is_measured_by_every_runtime_that_reads_it(
    inference: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture,
) -> None:
    rows = benchmark(inference, BenchmarkPlan(["paddle", "paddle-bf16", "dygraph"], [1, 2], [1], 0.02), tmp_path)
    assert [(row["engine"], row["batch"]) for row in rows] == [
        ("paddle", 1), ("paddle", 2), ("paddle-bf16", 1), ("paddle-bf16", 2)]
    assert all(0 < row["p50_ms"] <= row["p90_ms"] <= row["p99_ms"] for row in rows)
    left_out = [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]
    assert len(left_out) == 1
    assert left_out[0].startswith("dygraph is left out: ")


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


def test_the_table_of_phones_has_a_part_for_each_number_of_threads(ppclas_project: Any, checkpoint: Path) -> None:
    from ppclas_core.testing import toy

    done = ppclas_project().run("benchmark", str(checkpoint), "--engine", "dygraph", "--phone-table", "--threads",
                                "1,2", "--plugin", toy.__file__).succeeded()
    title, *lines = done.out.splitlines()
    assert title == "PaddleLite Benchmark"
    assert lines[0] == "Threads=1 Warmup=10 Repeats=30"
    assert lines[3] == "Threads=2 Warmup=10 Repeats=30"
    for line in (lines[1], lines[4]):
        found = re.fullmatch(r"ToyNet +min = ([\d.]+) +max = ([\d.]+) +average = ([\d.]+)", line)
        assert found
        least, most, mean = map(float, found.groups())
        assert 0 < least <= mean <= most


def sleeping(logits: np.ndarray, one: float, each: float, error: float = 0) -> Any:
    """A runtime that takes so many seconds for a call, and so many for each image."""
    def call(batch: np.ndarray) -> np.ndarray:
        time.sleep(one + each * len(batch))
        return np.resize(logits, (len(batch), logits.shape[1])) + error * np.arange(logits.shape[1])

    return call


@pytest.fixture
def raced(inference: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runtimes by name -> what `select_runtime` says of the bundle, and which it loaded."""
    bundle = read_bundle(inference)

    def choose(**runtimes: Any) -> Any:
        loaded: List[str] = []

        def load(bundle: Any, name: str, threads: Any = None) -> Any:
            loaded.append(name)
            return sleeping(bundle.golden().logits, *runtimes[name])

        monkeypatch.setattr(choice, "runtimes_of", lambda bundle: list(runtimes))
        monkeypatch.setattr(choice, "find_format", lambda name: Entry("exporter", Exporter(name, "a:b", "a:c"), "", ""))
        monkeypatch.setattr(choice, "load_runtime", load)
        monkeypatch.setattr(choice, "compare_runtimes", functools.partial(compare_runtimes, seconds=0.5))
        return select_runtime(bundle), loaded

    return choose


def test_auto_takes_the_fastest_that_agrees_and_remembers(raced: Any) -> None:
    runtimes = {"own": (0.02, 0), "quick": (0.005, 0), "wrong": (0, 0, 5.0)}
    assert raced(**runtimes) == (("quick", "quick"), ["own", "quick", "wrong"])
    assert raced(**runtimes) == (("quick", "quick"), [])


def test_the_seconds_of_the_comparison_are_explained_before_it_and_only_then(
        raced: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, choice.__name__)
    raced(own=(0, 0), other=(0.02, 0))  # fast enough
    assert not caplog.messages
    for _ in range(2):
        raced(own=(0.02, 0), quick=(0.005, 0))
    [line] = caplog.messages
    assert line.startswith("runtime auto: comparing own, quick on this machine, once per bundle")


def test_auto_takes_another_runtime_for_many_images_where_that_pays(raced: Any) -> None:
    found, _ = raced(own=(0.003, 0.003), ready=(0, 0.005), parallel=(0.012, 0.001))
    assert found == ("ready", "parallel")
    assert str(found) == "ready, from 3 images on parallel"
    one, many = raced(own=(0.020, 0.001), other=(0.0201, 0.001))[0]
    assert one == many
    calls: List[str] = []

    def recorder(name: str) -> Callable[[np.ndarray], np.ndarray]:
        def call(batch: np.ndarray) -> np.ndarray:
            calls.append(name)
            return batch

        return call

    runtime = choice.RuntimeByBatchSize(recorder("one"), recorder("many"))
    for size in (1, 2, 3, 8):
        runtime(np.zeros((size, 1)))
    assert calls == ["one", "one", "many", "many"]


@pytest.mark.parametrize("seed", range(5))
def test_busy_moments_of_the_machine_decide_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of the test: two in five rounds of the faster runtime are disturbed, and few of the slower one."""
    from ppclas_core.predict import runtime_timing as module

    now, rng = [0.0], np.random.default_rng(seed)
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def disturbed(seconds: float, share: float) -> Any:
        lasts: List[float] = []

        def call(batch: Any) -> None:
            if not lasts:  # for about a round
                lasts.extend([2.0 if rng.random() < share else 1.0] * 12)
            now[0] += seconds * lasts.pop()

        return call

    runtimes = {"slower": disturbed(0.0055, 0.1), "faster": disturbed(0.0050, 0.4), "far": disturbed(0.03, 0)}
    found = compare_runtimes(runtimes, None)
    assert found["faster"] == 1
    assert found["slower"] == pytest.approx(1.1, abs=0.02)
    assert found["far"] == float("inf")
    assert 3 <= now[0] < 4


def test_a_bundle_whose_own_runtime_is_quick_enough_is_not_measured(
        inference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, loaded = read_bundle(inference), []

    def load(*args: Any, **options: Any) -> Any:
        loaded.append(args[1])
        return load_runtime(*args, **options)

    monkeypatch.setattr(choice, "load_runtime", load)
    monkeypatch.setattr(choice, "FAST_ENOUGH", 60.0)
    assert len(runtimes_of(bundle)) > 1
    assert select_runtime(bundle) == ("paddle", "paddle")
    assert loaded == ["paddle"]


def test_without_a_name_no_environment_is_made_and_no_folder_of_a_server_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = Environment("absent", ("no-such-tool",), ("no_such_tool",))
    here = Environment("here", ("pluggy",), ("pluggy",))
    records = [Exporter("plain", "a:b", "a:c"), Exporter("apart", "a:b", "a:c", environment=absent),
               Exporter("made", "a:b", "a:c", environment=here), Exporter("folder", "a:b", "a:c", packs=True)]
    entries = [Format(Entry("exporter", record, "somewhere", "1"), "") for record in records]
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path))
    monkeypatch.setattr(comparison, "formats", lambda: entries)
    checkpoint: Any = tmp_path
    assert available(checkpoint) == ["dygraph", "plain", "made"]


def test_a_published_latency_of_another_size_says_so(tmp_path: Path) -> None:
    from ppclas_core.bundles.source import find_bundle_or_checkpoint
    from ppclas_core.report.benchmark import size_note
    from ppclas_core.testing.toy import toy_checkpoint

    assert size_note("ToyNet", find_bundle_or_checkpoint(toy_checkpoint(tmp_path / "same", side=32))) == ""
    other = toy_checkpoint(tmp_path / "other", side=24)
    told = " with images of 32x32, here 24x24"
    assert size_note("ToyNet", find_bundle_or_checkpoint(other)) == told
    assert size_note("ToyNet", ppc.export(other, "inference", tmp_path / "bundle")) == told
    assert size_note("ToyNet", ppc.export(other, "inference", tmp_path / "pixels", uint8=True)) == told
    assert size_note("ANetOfAPluginThatIsNotHere", find_bundle_or_checkpoint(other)) == ""
