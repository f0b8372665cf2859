# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Each mistake of a plugin's author gives one screen with owner and cure, and a plugin beside it still works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, List

import pytest

from tests.plugins.mistakes import LIST, MISTAKES, write_mistake

LINES, COLUMNS = 24, 120


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, List[Any]]:
    """Run every mistake's command, and `ppclas list ops --json` beside it: mistake -> two outcomes."""
    jobs = []
    for number, mistake in enumerate(MISTAKES.values()):
        folder = tmp_path_factory.mktemp(f"m{number}")
        site = write_mistake(mistake, folder)
        environment = {"PPCLAS_PLUGINS": "acme-good,acme-bad", "PPCLAS_STRICT_PLUGINS": "", **mistake.environment}
        beside = {**environment, "PPCLAS_STRICT_PLUGINS": ""}
        for arguments, variables in ((mistake.arguments, environment), (LIST, beside)):
            jobs.append({"site": str(site), "folder": str(folder), "arguments": arguments, "environment": variables})
    program = Path(__file__).with_name("fork_each.py")
    output = subprocess.run([sys.executable, str(program)], input=json.dumps(jobs), capture_output=True, text=True,
                            check=True, env={**os.environ, "COLUMNS": str(COLUMNS)}).stdout
    results = json.loads(output)
    return {name: results[2 * number : 2 * number + 2] for number, name in enumerate(MISTAKES)}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gives_one_screen_with_owner_and_cure(outcomes: Dict[str, List[Any]], name: str) -> None:
    code, out, err = outcomes[name][0]
    text = " ".join((out + err).split())
    position = 0
    for part in MISTAKES[name].says:
        position = text.find(" ".join(part.split()), position)
        assert position >= 0, f"{part!r} is not in:\n{out}{err}"
    first = MISTAKES[name].says[0]
    assert text.count(first.removeprefix("problem: ")) == 1 or not first.startswith("problem: "), f"twice:\n{out}{err}"
    assert code == MISTAKES[name].code, out + err
    assert "Traceback" not in out + err
    assert "internal error" not in out + err
    assert "acme-bad" in out + err or "Bad" in out + err or MISTAKES[name].code == 0
    shown = [line for line in (out + err).splitlines() if not line.endswith(" disabled")]  # rows of the table
    lines = [part for line in shown for part in textwrap.wrap(line, COLUMNS) or [""]]
    assert len(lines) <= LINES, out + err


def test_the_check_prints_one_json_array_though_a_plugin_prints(tmp_path: Path) -> None:
    site = write_mistake(MISTAKES["print at import"], tmp_path)
    outcome = subprocess.run([sys.executable, "-m", "ppclas_core", "plugins", "--check", "--json"], capture_output=True,
                             text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site), "PPCLAS_PLUGINS":
                                                           "acme-bad,acme-good"})
    assert outcome.returncode == 1
    assert {"acme-bad", "acme-good"} <= {row["dist"] for row in json.loads(outcome.stdout)}
    assert "importing acme_bad.plugin prints 'hello'" in outcome.stderr


@pytest.mark.parametrize("name", MISTAKES)
def test_a_healthy_plugin_beside_it_is_listed_and_json_stays_json(outcomes: Dict[str, List[Any]], name: str) -> None:
    code, out, err = outcomes[name][1]
    assert code == 0, err
    assert "acme-good" in {row["dist"] for row in json.loads(out) if row["name"] == "Echo"}
