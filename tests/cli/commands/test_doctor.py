# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas doctor`: what it prints, its exit code. Child processes are stood in for where nothing depends on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

from ppclas_core.doctor import examination, machine
from ppclas_core.doctor.examination import examine
from ppclas_core.doctor.probe import OPENCV, Probe
from ppclas_core.plugins.install import how_to_install

GOOD = {"paddlepaddle": "3.3.1", "numpy": "2.3.5", "opencv-python": "5.0.0.93"}


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`pretend(versions, paddle=Probe, opencv=Probe, gpus=[...])` replaces what is installed here."""

    def use(versions: Dict[str, str], paddle: Probe = Probe(facts={"cuda": False, "gpus": []}),  # noqa: B008
            opencv: Probe = Probe(facts={"version": "5"}), gpus: List[str] = []) -> None:  # noqa: B006, B008
        monkeypatch.setattr(examination, "_versions", lambda: dict(versions))
        monkeypatch.setattr(examination, "probe", lambda code: opencv if code == OPENCV else paddle)
        monkeypatch.setattr(machine, "nvidia_gpus", lambda: list(gpus))

    return use


def test_this_environment_is_examined_for_real(ppclas_project: Any) -> None:
    outcome = ppclas_project().run("doctor", "--json")
    report = json.loads(outcome.out)
    assert outcome.code == (0 if report["well"] else 1)
    assert report["facts"]["ppclas-core"]
    assert report["facts"]["cores"] > 0
    assert {"plugins", "gpus", "cache", "python"} <= set(report["facts"])


def test_a_good_machine_is_well(ppclas_project: Any, pretend: Any) -> None:
    pretend(GOOD)
    done = ppclas_project().run("doctor").succeeded()
    assert "installation: OK" in done.out
    assert "paddlepaddle" in done.out


def test_a_crash_is_broken_and_named_with_the_cure_of_its_pin(ppclas_project: Any, pretend: Any) -> None:
    pretend({**GOOD, "paddlepaddle": "2.6.2"}, paddle=Probe("crashed with a segmentation fault"))
    outcome = ppclas_project().run("doctor")
    assert outcome.code == 1
    assert "BROKEN: importing Paddle and running one layer fails: crashed with a segmentation fault" in outcome.out
    assert 'fix: pip install "numpy<2"' in outcome.out


def test_missing_system_libraries_of_opencv_have_their_own_cure(pretend: Any) -> None:
    pretend(GOOD, opencv=Probe("ImportError: libGL.so.1: cannot open shared object file"))
    (finding,) = examine().findings
    assert finding.broken
    assert "libgl1" in finding.cure
    assert "opencv-python-headless" in finding.cure


def test_a_gpu_without_a_build_for_it_is_a_note(pretend: Any) -> None:
    pretend(GOOD, gpus=["Some GPU"])
    report = examine()
    assert report.well
    assert "Some GPU" in report.findings[0].what


def test_without_paddle_and_opencv_both_are_reported(pretend: Any) -> None:
    pretend({"numpy": "2.3.5"})
    assert sorted(finding.cure for finding in examine().findings) == sorted(
        [how_to_install("ppclas-core", extra="cpu"), "pip install opencv-python"])


def test_a_small_shared_memory_is_a_note(pretend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(GOOD)
    monkeypatch.setattr(machine, "shared_memory", lambda: machine.Memory(64 << 20, 64 << 20))
    report = examine()
    assert report.well
    assert "--shm-size" in report.findings[0].cure


def test_cores_and_memory_obey_the_limits_of_the_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpu.max").write_text("50000 100000\n", encoding="ascii")
    (tmp_path / "memory.max").write_text("1000000\n", encoding="ascii")
    (tmp_path / "memory.current").write_text("400000\n", encoding="ascii")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert machine.cores() == 0.5
    memory = machine.memory()
    if memory is not None:  # Linux
        assert memory == (1000000, 600000)


def test_the_disk_of_a_folder_that_does_not_exist_yet_is_that_of_its_parent(tmp_path: Path) -> None:
    assert machine.space(tmp_path / "not" / "yet").total == machine.space(tmp_path).total


def test_fix_lists_the_environments(ppclas_project: Any) -> None:
    outcome = ppclas_project().run("doctor", "--fix", "no_such_tool")
    assert outcome.code == 2
    assert "no environment 'no_such_tool'" in outcome.err
