# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a command line that lists things may import and read, also with many plugins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from benchmarks.synthetic_plugins import install

LISTINGS = [["--help"], ["--version"], ["list", "models"], ["list", "models", "--json"], ["plugins"],
            ["plugins", "--json"], ["list", "ops"]]
SYNTHETIC = 30
READS_OF_A_PLUGIN = 2
"""entry_points.txt and METADATA."""
MODULES_OF_A_PLUGIN = 3
"""They are read without cached bytecode."""

AUDIT = """\
import json, sys
opened = []
def hook(event, arguments):
    if event == "open" and not str(arguments[0]).endswith(".pyc"):
        opened.append(str(arguments[0]))
sys.addaudithook(hook)
import ppclas_core.cli as cli
before = sys.stdout
sys.stdout = sys.stderr
try:
    code = cli.main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(json.dumps({"code": code, "modules": sorted(sys.modules), "opened": opened}), file=before)
"""


def start(arguments: List[str], site: Path | None = None) -> Dict[str, Any]:
    """Run a command; return its exit code, the imported modules and the opened files."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **({"PYTHONPATH": str(site)} if site else {})}
    result = subprocess.run([sys.executable, "-c", AUDIT, *arguments], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    report: Dict[str, Any] = json.loads(result.stdout)
    assert report["code"] == 0, result.stderr
    return report


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with many installed plugins of strangers."""
    site = tmp_path_factory.mktemp("site")
    install(site, SYNTHETIC)
    return site


@pytest.mark.parametrize("arguments", LISTINGS, ids=" ".join)
def test_listing_imports_neither_paddle_nor_cv2_nor_numpy(arguments: List[str], crowded: Path) -> None:
    heavy = {"paddle", "cv2", "numpy", "PIL", "rich", "pydantic", "yaml", "packaging", "importlib_metadata", "difflib",
             "tempfile", "subprocess", "email"}
    assert not heavy & set(start(arguments, crowded)["modules"])


@pytest.mark.parametrize("arguments", [["--help"], ["list", "models"], ["plugins"]], ids=" ".join)
def test_a_further_plugin_costs_its_own_modules_and_metadata_only(arguments: List[str], crowded: Path) -> None:
    few, many = start(arguments), start(arguments, crowded)
    added = set(many["modules"]) - set(few["modules"])
    assert {name.partition(".")[0] for name in added} == {f"acme_plugin_{number}" for number in range(SYNTHETIC)}
    assert len(added) == MODULES_OF_A_PLUGIN * SYNTHETIC
    opened = READS_OF_A_PLUGIN + MODULES_OF_A_PLUGIN
    assert len(many["opened"]) - len(few["opened"]) <= opened * SYNTHETIC


def test_importing_the_public_api_imports_nothing_heavy() -> None:
    code = "import sys, ppclas_core as ppc; assert not {'paddle', 'cv2', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
