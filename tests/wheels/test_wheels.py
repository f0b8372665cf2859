# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What pip installs from wheels is what the checkout has."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, List

import pytest

pytestmark = [pytest.mark.wheels, pytest.mark.xdist_group("wheels")]
ROOT = Path(__file__).resolve().parents[2]


def test_wheels_give_the_catalogue_of_the_checkout(environment: Any, tmp_path: Path) -> None:
    installed = json.loads(environment.run("ppclas", "plugins", "--json", cwd=tmp_path).stdout)
    here = subprocess.run([sys.executable, "-m", "ppclas_core", "plugins", "--json"], capture_output=True, text=True,
                          check=True).stdout
    first_party = {row["dist"]: row["provides"] for row in json.loads(here) if row["dist"].startswith("ppclas-")}
    assert {row["dist"]: row["provides"] for row in installed if row["dist"].startswith("ppclas-")} == first_party
    assert {row["status"] for row in installed} == {"ok"}


def test_the_wheel_of_core_carries_the_configs(wheels: List[Path]) -> None:
    core = next(path for path in wheels if path.name.startswith("ppclas_core"))
    names = set(zipfile.ZipFile(core).namelist())
    for config in (ROOT / "configs").rglob("*.yaml"):
        assert f"ppclas_core/configs/{config.relative_to(ROOT / 'configs').as_posix()}" in names
    assert "ppclas_core/data/datasets/digits.npz" in names
    assert not [name for name in names if name.startswith(("tests/", "plugins/"))]


def test_every_wheel_carries_its_licence_and_its_types(wheels: List[Path]) -> None:
    for path in wheels:
        names = zipfile.ZipFile(path).namelist()
        assert [name for name in names if name.endswith("/py.typed")], path.name
        assert [name for name in names if name.endswith(("licenses/LICENSE", "-info/LICENSE"))], path.name
        assert not [name for name in names if "tests/" in name], path.name
    (turbo,) = (path for path in wheels if path.name.startswith("ppclas_decode_turbo"))
    assert [name for name in zipfile.ZipFile(turbo).namelist() if name.endswith("LICENSE.libjpeg-turbo")]


def test_the_metapackage_is_the_api_of_core_under_the_name_of_the_program(environment: Any, tmp_path: Path) -> None:
    code = ("import ppclas as ppc, ppclas_core, sys\n"
            "assert not {'paddle', 'cv2', 'numpy'} & set(sys.modules)\n"
            "assert ppc.list_models is ppclas_core.list_models and ppc.__version__ == ppclas_core.__version__\n"
            "assert set(ppclas_core.__all__) <= set(dir(ppc))\n"
            "try:\n    ppc.no_such_name\nexcept AttributeError as error:\n    print(error)")
    assert "no attribute 'no_such_name'" in environment.run("python", "-c", code, cwd=tmp_path).stdout
    assert "ppclas" in environment.run("python", "-m", "ppclas", "--version", cwd=tmp_path).stdout


def test_configs_are_found_without_a_checkout(environment: Any, tmp_path: Path) -> None:
    name = "quick_start/digits_MobileNetV3_small.yaml"
    for spelling in (name, f"configs/{name}", f"./configs/{name}"):
        out = environment.run("ppclas", "show", spelling, cwd=tmp_path).stdout
        assert "MobileNetV3_small_x0_5" in out


def test_a_strangers_backbone_is_used_by_its_name(environment: Any, tmp_path: Path) -> None:
    """new-plugin, pip install, a YAML with its name, ppclas run; nobody edits ppclas."""
    environment.run("ppclas", "new-plugin", "acme-net", "--kind", "backbone", cwd=tmp_path)
    environment.run("python", "-m", "pip", "install", "--quiet", "./acme-net", cwd=tmp_path)
    environment.run("ppclas", "data", "digits", cwd=tmp_path)
    config = "base: quick_start/digits_MobileNetV3_small.yaml\nARCHITECTURE: {name: AcmeNet, params: {width: 8}}\n"
    (tmp_path / "mine.yaml").write_text(config)
    result = environment.run("ppclas", "run", "mine.yaml", "-o", "epochs=1", cwd=tmp_path)
    assert "AcmeNet" in result.stdout + result.stderr
    assert (tmp_path / "output" / "AcmeNet" / "last" / "ppcls.pdparams").is_file()
    predicted = environment.run("ppclas", "predict", "output/AcmeNet", "dataset/digits/images", "--json", cwd=tmp_path)
    assert json.loads(predicted.stdout)
    environment.run("python", "-m", "pytest", "-q", "-x", "acme-net", cwd=tmp_path)
    environment.run("python", "-m", "pip", "uninstall", "--quiet", "-y", "acme-net")


@pytest.mark.parametrize("kind", ["op", "batch_op", "decoder", "loss", "lr_schedule", "exporter", "callback",
                                  "command", "reader", "metric", "optimizer"])
def test_the_printed_next_steps_of_every_kind_work_as_typed(environment: Any, tmp_path: Path, kind: str) -> None:
    name = f"acme-{kind.replace('_', '-')}"
    printed = environment.run("ppclas", "new-plugin", name, "--kind", kind, cwd=tmp_path).stdout
    steps = [shlex.split(line) for line in printed.partition("next:\n")[2].splitlines() if line.startswith("  ")]
    assert [words[0] for words in (steps[0], steps[-1])] == ["pip", "pytest"]
    assert len(steps) >= 4
    for words in steps:
        program, *arguments = words
        if program == "pip":
            arguments += ["--quiet", "--no-build-isolation"]
        if f"{name}/example.yaml" in arguments:
            environment.run("ppclas", "check", f"{name}/example.yaml", cwd=tmp_path)
            arguments += ["-o", "epochs=1", "-o", "ARCHITECTURE.name=MobileNetV3_small_x0_35"]
        module = {"pip": ["python", "-m", "pip"], "pytest": ["python", "-m", "pytest", "-q", "-x"]}
        found = [sorted(map(str, tmp_path.glob(word))) if "*" in word else [word] for word in arguments]
        environment.run(*module.get(program, [program]), *(word for each in found for word in each), cwd=tmp_path)
    environment.run("python", "-m", "pip", "uninstall", "--quiet", "-y", name)
