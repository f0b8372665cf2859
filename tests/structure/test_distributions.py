# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every first-party distribution has the same shape, the same version, and is known to the index."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

from ppclas_core.scaffold import plugin_files

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/setup.cfg"))


def read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(path, encoding="utf-8")
    return parser


def shape(parser: configparser.ConfigParser) -> List[str]:
    return [f"{section}.{key}" for section in parser.sections() for key in parser[section]
            if section not in ("options.extras_require", "options.entry_points") and key != "install_requires"]


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_has_the_shape_of_the_template(folder: Path) -> None:
    template = configparser.ConfigParser()
    template.read_string(plugin_files("acme-net", "backbone")["setup.cfg"])
    ours = read(folder / "setup.cfg")
    assert shape(ours) == shape(template)
    assert ours["metadata"]["name"] == folder.name
    assert "ppclas-core~=0.1.0" in ours["options"]["install_requires"].split("\n")
    assert "paddlepaddle" not in (folder / "setup.cfg").read_text(encoding="utf-8")
    package = folder / "src" / folder.name.replace("-", "_")
    for name in ("__init__.py", "plugin.py", "py.typed"):
        assert (package / name).is_file()
    for name in ("README.md", "pyproject.toml", "tests"):
        assert (folder / name).exists()
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert ours["options.entry_points"]["ppclas.plugins.v1"].strip().endswith(f"= {package.name}.plugin")


def test_all_versions_are_equal() -> None:
    folders = [ROOT, *PLUGINS, ROOT / "packaging" / "ppclas"]
    versions = {folder.name: read(folder / "setup.cfg")["metadata"]["version"] for folder in folders}
    for folder in PLUGINS:
        text = (folder / "src" / folder.name.replace("-", "_") / "__init__.py").read_text(encoding="utf-8")
        versions[f"{folder.name} __version__"] = re.search(r'__version__ = "(.*)"', text).group(1)  # type: ignore[union-attr]
    core = re.search(r'__version__ = "(.*)"', (ROOT / "ppclas_core/__init__.py").read_text(encoding="utf-8"))
    versions["ppclas_core.__version__"] = core.group(1)  # type: ignore[union-attr]
    assert len(set(versions.values())) == 1, versions


def test_core_packages_are_all_listed() -> None:
    listed = set(read(ROOT / "setup.cfg")["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "ppclas_core").rglob("__init__.py")}
    assert listed - {"ppclas_core.configs"} == found


def test_the_extra_all_names_every_plugin_that_installs_without_a_compiler() -> None:
    extras = read(ROOT / "setup.cfg")["options.extras_require"]
    named = {name: {line.split("~")[0] for line in extras[name].split()} for name in ("all", "turbo")}
    compiled = {folder.name for folder in PLUGINS if (folder / "setup.py").exists()}
    assert named["turbo"] == compiled
    assert named["all"] == {folder.name for folder in PLUGINS} - compiled


def test_the_metapackage_requires_core_and_every_light_plugin() -> None:
    meta = read(ROOT / "packaging" / "ppclas" / "setup.cfg")
    named = {line.split("~")[0] for line in meta["options"]["install_requires"].split()}
    requires = {folder: read(folder / "setup.cfg")["options"]["install_requires"].split() for folder in PLUGINS}
    light = {folder.name for folder in PLUGINS if not (folder / "setup.py").exists()
             and all(line.startswith("ppclas-core~") for line in requires[folder])}
    assert named == {"ppclas-core"} | light
    core = read(ROOT / "setup.cfg")["options.extras_require"]
    assert set(meta["options.extras_require"]) == set(core) - {"test"}


@pytest.mark.parametrize("readme", [*(folder / "README.md" for folder in PLUGINS),
                                    *sorted((ROOT / "packaging").glob("*/README.md"))],
                         ids=lambda path: path.parent.name)
def test_a_page_for_an_index_has_no_relative_link(readme: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", readme.read_text(encoding="utf-8"))
    assert [target for target in targets if not target.startswith(("https://", "#"))] == []


def test_new_plugins_and_core_have_the_same_licence_text() -> None:
    shipped = ROOT / "ppclas_core" / "scaffold" / "Apache-2.0.txt"
    assert shipped.read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_index_of_first_party_names_is_current() -> None:
    subprocess.run([sys.executable, str(ROOT / "tools/make_index.py"), "--check"], check=True, capture_output=True)


def test_the_model_cards_are_current() -> None:
    subprocess.run([sys.executable, str(ROOT / "tools/model_cards.py"), "--check"], check=True, capture_output=True)


def test_every_file_states_its_license() -> None:
    for path in [*(ROOT / "ppclas_core").rglob("*.py"), *(ROOT / "plugins").rglob("*.py"),
                 *(ROOT / "tools").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        head = path.read_text(encoding="utf-8").splitlines()[:2]
        assert head == ["# SPDX-FileCopyrightText: 2026 The ppclas authors",
                        "# SPDX-License-Identifier: Apache-2.0"], path
