# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: `ppclas export` and `ppclas verify` at the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.bundles import formats
from ppclas_core.cli.commands.export import read_options
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue


def test_export_then_verify_needs_no_option(ppclas_project: Any, checkpoint: Path) -> None:
    project = ppclas_project()
    done = project.run("export", str(checkpoint.parent), "inference", "öut put").succeeded()
    assert "verified on 4 synthetic images" in done.out
    assert "equal classes" in project.run("verify", "öut put").succeeded().out


def test_options_are_yaml_literals(ppclas_project: Any, checkpoint: Path) -> None:
    done = ppclas_project().run("export", str(checkpoint), "inference", "out", "--option", "softmax=true", "--json")
    facts = json.loads(done.succeeded().out)
    assert facts["options"] == {"softmax": True}
    assert facts["output"]["kind"] == "probabilities"
    assert "verified" in done.err


def test_a_damaged_bundle_exits_with_1_and_names_the_file(ppclas_project: Any, checkpoint: Path) -> None:
    project = ppclas_project()
    project.run("export", str(checkpoint), "inference", "out").succeeded()
    project.write({"out/labels.txt": "cat\n"})
    outcome = project.run("verify", "out")
    assert outcome.code == 1
    assert "labels.txt has changed" in outcome.err


@pytest.mark.usefixtures("faulty")
def test_an_export_that_fails_exits_with_1(ppclas_project: Any, checkpoint: Path) -> None:
    outcome = ppclas_project().run("export", str(checkpoint), "perturbed", "out", "--option", "key=head.fc.weight")
    assert outcome.code == 1
    assert "export to 'perturbed' failed" in outcome.err


def test_mistakes_exit_with_2(ppclas_project: Any, checkpoint: Path) -> None:
    project = ppclas_project()
    for arguments in ([str(checkpoint)], [str(checkpoint), "inferense", "out"], ["nothing", "inference", "out"],
                      [str(checkpoint), "inference", "out", "--option", "legacy"],
                      [str(checkpoint), "inference", "out", "--option", "legacy=perhaps"]):
        outcome = project.run("export", *arguments)
        assert outcome.code == 2, arguments
        assert "Traceback" not in outcome.err


@pytest.mark.usefixtures("faulty")
def test_the_list_says_what_a_format_lacks(ppclas_project: Any, checkpoint: Path) -> None:
    project = ppclas_project()
    rows = {row["name"]: row for row in json.loads(project.run("export", "--list", "--json").succeeded().out)}
    assert rows["inference"]["available"]
    assert rows["toolless"]["reason"] == "it needs no-such-tool (pip install no-such-tool)"
    assert "paddle" in rows["inference"]["aliases"]
    known = {name for row in rows.values() for name in row["aliases"]}
    assert not known & set(rows)  # a runtime of an installed format is no format that is not installed
    outcome = project.run("export", str(checkpoint), "toolless", "out")
    assert outcome.code == 2
    assert "pip install no-such-tool" in outcome.err


@pytest.mark.usefixtures("faulty")
def test_a_tool_without_a_release_for_this_python_is_said_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib_metadata

    lines = ["no_such.tool>=2 ; python_version < '3.0'"]
    monkeypatch.setattr(importlib_metadata, "distribution", lambda dist: type("Dist", (), {"requires": lines}))
    entry = catalogue().find("exporter", "toolless")
    assert formats.unmet_requirement(entry) == "no-such-tool has no release for this Python or system"


def test_the_list_imports_no_paddle() -> None:
    code = ("import sys; from ppclas_core.cli import main; main(['export', '--list']); "
            "sys.exit('paddle' in sys.modules or 'cv2' in sys.modules or 'numpy' in sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_options_that_are_no_pairs_are_reported() -> None:
    assert read_options(["a=1e-4", "b=[1, 2]", "c=x=y"]) == {"a": "1e-4", "b": [1, 2], "c": "x=y"}
    for pairs in (["a"], ["=1"], ["a=1", "a=2"], ["a=["]):
        with pytest.raises(UserError, match="--option"):
            read_options(pairs)
