# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A new plugin is type-checked, has an author, and a workflow that tests and publishes it."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest
import yaml

from ppclas_core.errors import UserError
from ppclas_core.scaffold import KINDS, plugin_files
from ppclas_core.scaffold.publishing import git_author

ROOT = Path(__file__).resolve().parents[2]


def metadata(files: Dict[str, str]) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.read_string(files["setup.cfg"])
    return parser["metadata"]


def steps(workflow: Dict[str, Any]) -> List[Dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_the_modules_of_every_kind_pass_mypy_strict(tmp_path: Path) -> None:
    for kind in KINDS:
        for name, text in plugin_files(f"acme-{kind}", kind).items():
            path = tmp_path / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    # core comes from the checkout here; what mypy says of installed packages it does not report either
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file",
               "op/pyproject.toml", "--cache-dir", str(ROOT / ".mypy_cache" / "new_plugins"),
               *(f"{kind}/src" for kind in KINDS)]
    settings = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues found in 36 source files" in done.stdout


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_workflow_tests_on_both_ends_builds_and_publishes_tags(kind: str) -> None:
    workflow = yaml.safe_load(plugin_files("acme-x", kind)[".github/workflows/ci.yml"])
    jobs = workflow["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.9", "3.13"]
    assert jobs["build"]["needs"] == "test"
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@(release/)?v\d+", action)] == []
    run = [step["run"] for step in steps(workflow) if "run" in step]
    assert {"pytest", "mypy", "python -m build"} <= set(run)
    assert [command for command in run if "@" in command] == []


def test_the_author_is_the_one_given(ppclas_project: Callable[..., Any]) -> None:
    project = ppclas_project()
    out = project.run("new-plugin", "acme-x", "--kind", "op", "--author", "Jo Müller", "--url",
                      "https://example.org/acme-x").succeeded().out
    parser = configparser.RawConfigParser()
    parser.read(project.folder / "acme-x" / "setup.cfg", encoding="utf-8")
    assert parser["metadata"]["author"] == "Jo Müller"
    assert parser["metadata"]["url"] == "https://example.org/acme-x"
    assert "before publishing, edit acme-x/setup.cfg: description\n" in out


def test_without_a_name_the_last_line_says_what_is_to_be_filled_in(ppclas_project: Callable[..., Any]) -> None:
    project = ppclas_project()
    out = project.run("new-plugin", "acme-x", "--kind", "op", "--author", "").succeeded().out
    assert "before publishing, edit acme-x/setup.cfg: description, author, url\n" in out
    text = (project.folder / "acme-x" / "setup.cfg").read_text(encoding="utf-8")
    assert "\nauthor = The authors of acme-x\n# url = https://...\n" in text


def test_the_author_of_git_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Jo of git")
    assert git_author() == "Jo of git"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_author() == ""


@pytest.mark.parametrize(("author", "url"), [("a\nb", ""), ("a\tb", ""), ("", "example.org"), ("", "https://a b"),
                                             ("", "https://a\nname = x")])
def test_a_value_that_breaks_the_metadata_is_refused(author: str, url: str) -> None:
    with pytest.raises(UserError):
        plugin_files("acme-x", "op", author=author, url=url)


@pytest.mark.parametrize("name", ["100 % Jo", "@dist@", "${x}", "Jo; # x", "= Jo"])
def test_any_printable_author_is_written_as_it_is(name: str) -> None:
    assert metadata(plugin_files("acme-x", "op", author=name))["author"] == name
