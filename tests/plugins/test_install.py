# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The command that installs what is missing works where the program runs: from a checkout, or from an index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable

import pytest

from ppclas_core.cli import guarded
from ppclas_core.errors import UserError
from ppclas_core.plugins import install as module
from ppclas_core.plugins.catalogue import catalogue, first_party
from ppclas_core.plugins.install import how_to_install, missing_library

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def from_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core that was installed from a wheel: no checkout is around it."""
    monkeypatch.setattr(module, "_checkout", lambda: None)


def test_in_a_checkout_a_plugin_of_it_is_installed_by_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert how_to_install("ppclas-search") == "pip install ./plugins/ppclas-search"
    assert how_to_install("ppclas-search", version=">=0.1", upgrade=True) == "pip install -U ./plugins/ppclas-search"
    assert how_to_install("ppclas-core", extra="cpu") == 'pip install ".[cpu]"'
    assert how_to_install("acme-net", version=">=1") == 'pip install "acme-net>=1"'


def test_outside_it_the_path_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert how_to_install("ppclas-search") == f"pip install {ROOT / 'plugins' / 'ppclas-search'}"
    assert how_to_install("ppclas-core", extra="gpu") == f'pip install "{ROOT}[gpu]"'


def test_every_folder_that_is_named_exists() -> None:
    for dists in first_party().values():
        for dist in set(dists.values()):
            folder = how_to_install(dist).split()[-1]
            assert os.path.isfile(os.path.join(folder, "setup.cfg"))


def test_without_a_checkout_pip_looks_for_the_name(from_wheel: None) -> None:
    assert how_to_install("ppclas-search") == "pip install ppclas-search"
    assert how_to_install("ppclas-core", extra="cpu", version=">=0.1") == 'pip install "ppclas-core[cpu]>=0.1"'


@pytest.mark.parametrize(("name", "part"), [
    ("search", "comes with ppclas-search"), ("serve", "comes with ppclas-serve"), ("ssld", "comes with ppclas-distill"),
])
def test_a_command_that_is_not_installed_names_its_distribution(
    ppclas_project: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    known = catalogue()
    monkeypatch.setattr(known, "_index", {key: value for key, value in known._index.items()
                                          if key != ("command", name)})
    monkeypatch.setattr(known._loader, "loaded", [plugin for plugin in known.plugins
                                                  if not plugin.dist.endswith(part.rpartition("-")[2])])
    outcome = ppclas_project().run(name, "--help")
    assert outcome.code == 2
    assert f"unknown command '{name}'. It {part}." in outcome.err
    assert f"pip install {ROOT / 'plugins' / part.split()[-1]}" in outcome.err


def test_a_provider_that_the_environment_leaves_out_is_not_installed_again(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ppclas_search")
    monkeypatch.setenv("PPCLAS_PLUGINS", "")
    with pytest.raises(UserError, match="It comes with ppclas-search") as caught:
        load().find("command", "search")
    assert "PPCLAS_PLUGINS or PPCLAS_DISABLE_PLUGINS disables ppclas-search" in str(caught.value)
    assert "pip install" not in str(caught.value)


@pytest.mark.parametrize(("name", "what", "do"), [
    ("paddle.nn", "needs Paddle, which is not installed", "[cpu]"),
    ("cv2", "needs the Python package 'cv2'", "pip install opencv-python"),
    ("ppclas_export_onnx.export", "needs the Python package 'ppclas_export_onnx'", "plugins/ppclas-export-onnx"),
    ("somebodys_library.x", "needs the Python package 'somebodys_library'", "pip install somebodys_library"),
])
def test_a_missing_library_is_named_with_what_installs_it(name: str, what: str, do: str) -> None:
    error = missing_library(ModuleNotFoundError(name=name), owner="op 'X'")
    assert error.what.startswith(f"op 'X' {what}")
    assert do in str(error.do)


@pytest.mark.parametrize(("error", "code", "part"), [
    (ModuleNotFoundError("No module named 'paddle'", name="paddle"), 2, "this command needs Paddle, which is not inst"),
    (ImportError("libcudart.so: no such file", name="paddle.base.libpaddle"), 2, "Paddle is installed but cannot be"),
    (ModuleNotFoundError("No module named 'rich'", name="rich"), 2, "this command needs the Python package 'rich'"),
    (ModuleNotFoundError("no", name="ppclas_core.nothing"), 1, "internal error: ModuleNotFoundError"),
    (ImportError("cannot import name 'x' from 'ppclas_core.data'", name="ppclas_core.data"), 1, "internal error"),
])
def test_a_library_that_a_command_lacks_is_no_defect(
    error: ImportError, code: int, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def action() -> int:
        raise error

    assert guarded(action) == code
    assert part in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "train", "eval"])
def test_without_paddle_a_training_says_what_is_missing(ppclas_project: Callable[..., Any], command: str) -> None:
    import subprocess
    import sys

    code = (f"import sys\nsys.modules['paddle'] = None\nfrom ppclas_core.cli import main\n"
            f"sys.exit(main(['{command}', 'quick_start/digits_MobileNetV3_small.yaml']))")
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ppclas_project().folder)
    assert outcome.returncode == 2
    assert "needs Paddle, which is not installed" in outcome.stderr
    assert "internal error" not in outcome.stderr


def test_a_core_without_plugins_says_where_models_come_from(tmp_path: Path) -> None:
    import subprocess
    import sys

    outcome = subprocess.run([sys.executable, "-m", "ppclas_core", "list"], capture_output=True, text=True, cwd=ROOT,
                             env={**os.environ, "PPCLAS_PLUGINS": ""})
    assert outcome.returncode == 0
    assert "no plugin with models is installed; available: ppclas-models-classic, " in outcome.stderr
    assert "for example: pip install ./plugins/ppclas-models-classic" in outcome.stderr


def test_what_the_records_say_of_a_model_needs_no_paddle() -> None:
    import subprocess
    import sys

    code = ("import sys\nsys.modules['paddle'] = None\nfrom ppclas_core.cli import main\n"
            "sys.exit(main(['info', 'ResNet50_vd']))")
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    assert "ppclas-models-resnet" in outcome.stdout
