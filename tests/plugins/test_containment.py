# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: An exception of a plugin, at import, in a hook, when built or called, names the plugin and ends nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.errors import PluginError, UserError

HEAD = "from ppclas_core.api import Backbone, Callback, Command, Loss, LrSchedule, Op, Weights, hookimpl\n@hookimpl\n"
RAISED = {
    "SystemExit(0)": "raise SystemExit(0)",
    "sys.exit text": "import sys; sys.exit('bye')",
    "BaseException": "raise BaseException('odd')",
    "GeneratorExit": "raise GeneratorExit",
    "no message": "class Mute(Exception):\n        def __str__(self): raise ValueError\n    raise Mute",
}


def ppclas(site: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program with the distributions of a folder, without the first-party plugins' own failures."""
    return subprocess.run([sys.executable, "-m", "ppclas_core", *arguments], capture_output=True, text=True,
                          cwd=site.parent,
                          env={**os.environ, "PYTHONPATH": str(site), "PPCLAS_STRICT_PLUGINS": "", **environment})


@pytest.mark.parametrize("raised", RAISED)
@pytest.mark.parametrize("phase", ["import", "call"])
def test_an_exception_at_import_or_in_a_hook_is_a_failure_of_that_plugin(
    install: Any, load: Any, phase: str, raised: str
) -> None:
    body = RAISED[raised]
    install("acme-bad", f"if True:\n    {body}" if phase == "import" else f"{HEAD}def ppclas_ops():\n    {body}")
    install("acme-good")
    known = load()
    assert known.find("op", "Echo").dist == "acme-good"
    (failure,) = [failure for failure in known.failures if failure.dist == "acme-bad"]
    assert failure.phase == phase


def test_ctrl_c_is_not_contained(install: Any, load: Any) -> None:
    install("acme", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load()


@pytest.mark.parametrize("raised", RAISED)
@pytest.mark.parametrize("moment", ["target", "constructor"])
def test_an_exception_in_a_target_names_plugin_and_component(
    install: Any, load: Any, moment: str, raised: str
) -> None:
    body = RAISED[raised].replace("\n    ", "\n            ")
    indented = f"class Echo:\n    '''E.'''\n    def __init__(self):\n        if True:\n            {body}\n"
    install("acme", files={"op.py": f"if True:\n    {RAISED[raised]}\n" if moment == "target" else indented})
    with pytest.raises(PluginError, match=r"^plugin acme 1.0: op 'Echo' failed") as caught:
        load().create("op", "Echo", {})
    assert caught.value.exit_code == 1
    assert "PPCLAS_DISABLE_PLUGINS=acme" in str(caught.value)


def test_an_error_for_the_user_passes_unchanged(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "from ppclas_core.errors import UserError\nclass Echo:\n    '''E.'''\n"
                                    "    def __init__(self):\n        raise UserError('size is 0')\n"})
    with pytest.raises(UserError, match="^size is 0$") as caught:
        load().create("op", "Echo", {})
    assert caught.value.exit_code == 2


def test_a_full_disk_under_a_plugin_is_still_the_machines_fault(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "import errno\nclass Echo:\n    '''E.'''\n    def __init__(self):\n"
                                    "        raise OSError(errno.ENOSPC, 'full', 'x')\n"})
    with pytest.raises(OSError, match="full"):
        load().create("op", "Echo", {})


def test_a_file_that_a_plugin_misses_is_the_plugins_fault(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "class Echo:\n    '''E.'''\n    def __init__(self):\n        open('/no/table')\n"})
    with pytest.raises(PluginError, match=r"plugin acme 1.0: op 'Echo' failed: FileNotFoundError: .*/no/table"):
        load().create("op", "Echo", {})


def test_a_target_that_swallows_keywords_names_its_plugin(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "class Echo:\n    '''E.'''\n    def __init__(self, **rest): pass\n"})
    with pytest.raises(PluginError, match=r"plugin acme 1.0: op 'Echo' failed: TypeError: .*takes \*rest"):
        load().parameters("op", "Echo")


@pytest.mark.parametrize(("target", "module"), [
    ("acme_pkg.missing:Echo", "acme_pkg.missing"), ("other_place.op:Echo", "other_place"), ("acme_pkg.op:Typo", ""),
    ("acme_pkg.op:__doc__", ""),
])
def test_a_target_that_is_not_there_is_no_library_to_install(
    install: Any, load: Any, target: str, module: str
) -> None:
    install("acme", HEAD + f"def ppclas_ops():\n    return [Op('Echo', '{target}')]")
    with pytest.raises(PluginError, match=r"plugin acme 1.0: op 'Echo' has the target") as caught:
        load().create("op", "Echo", {})
    assert module in str(caught.value)
    assert "pip install" not in str(caught.value)


def test_a_name_that_this_core_does_not_have_is_no_library_to_install(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "import ppclas_core.engine.of_another_version\n"})
    with pytest.raises(UserError, match=r"op 'Echo' \(acme 1.0\) needs 'ppclas_core.engine.of_another") as caught:
        load().create("op", "Echo", {})
    assert "pip install" not in str(caught.value)


BAD_RECORDS = {
    "Op 5: name is 5; it must be a string": "Op(5, 'x:y')",
    "Op: name is ''; it must be a name": "Op('', 'x:y')",
    "Op 'A': target is None; it must be a string": "Op('A', None)",
    "Op 'A': aliases is 'ab'; it must be a tuple, such as ('ab',)": "Op('A', 'x:y', aliases='ab')",
    "Op 'A': target is 'x.y'; it must be an import path": "Op('A', 'x.y')",
}


@pytest.mark.parametrize("problem", BAD_RECORDS)
def test_an_invalid_record_is_located_and_the_other_hooks_of_its_plugin_work(
    install: Any, load: Any, problem: str
) -> None:
    install("acme", HEAD + "def ppclas_ops():\n    fine = Op('Fine', 'x:y')\n"
            f"    return [fine, {BAD_RECORDS[problem]}]\n"
            "@hookimpl\ndef ppclas_losses():\n    return [Loss('FineLoss', 'x:y')]")
    known = load()
    assert "FineLoss" in known.names("loss")
    assert "Fine" not in known.names("op")  # the function raised, so it returned nothing
    (failure,) = [failure for failure in known.failures if failure.dist == "acme"]
    assert failure.phase == "record"
    assert failure.where == "acme_pkg/plugin.py:5"
    assert problem in failure.error


def test_an_invalid_record_of_a_constant_is_located_too(install: Any, load: Any) -> None:
    install("acme", "from ppclas_core.api import Op, hookimpl\nOPS = [\n    Op('A', 'x:y',\n       level='image')]\n")
    (failure,) = [failure for failure in load().failures if failure.dist == "acme"]
    assert (failure.phase, failure.where) == ("record", "acme_pkg/plugin.py:3")


def test_a_function_that_returns_no_record_loses_that_item_alone(install: Any, load: Any) -> None:
    install("acme", HEAD + "def ppclas_ops():\n    return ['A', Op('Fine', 'x:y')]")
    known = load()
    assert "Fine" in known.names("op")
    (failure,) = [failure for failure in known.failures if failure.dist == "acme"]
    assert (failure.phase, failure.where) == ("record", "acme_pkg/plugin.py:2")
    assert "ppclas_ops() returned 'A'; it must return Op records" in failure.error


def test_a_class_in_an_entry_point_without_attribute_is_reported(install: Any, load: Any) -> None:
    install("acme", group="ppclas.ops", value="acme_pkg.op")
    (failure,) = [failure for failure in load().failures if failure.dist == "acme"]
    assert failure.phase == "record"
    assert "entry point 'acme = acme_pkg.op': Op 'acme': target is 'acme_pkg.op'; it must be" in failure.error


def test_one_function_without_its_mark_beside_others_is_reported(install: Any, load: Any) -> None:
    install("acme", HEAD + "def ppclas_ops():\n    return [Op('Fine', 'x:y')]\n\n\n"
            "def ppclas_losses():\n    return []\n")
    known = load()
    assert "Fine" in known.names("op")
    (failure,) = [failure for failure in known.failures if failure.dist == "acme"]
    assert (failure.where, failure.error) == ("acme_pkg/plugin.py:7", "ppclas_losses() has no decorator @hookimpl")


def test_first_party_records_are_all_valid() -> None:
    from ppclas_core.plugins.catalogue import catalogue
    from ppclas_core.record_checks import check_record

    assert catalogue().failures == []
    for plugin in catalogue().plugins:
        for _, record in plugin.records:
            check_record(record)


def test_readers_metrics_and_optimizers_of_a_plugin_join_those_of_core(install: Any, load: Any) -> None:
    install("acme", "from ppclas_core.api import Metric, Optimizer, Reader, hookimpl\n"
            "@hookimpl\ndef ppclas_readers():\n    return [Reader('Zip', 'x:y', contains=('*.zip',))]\n"
            "@hookimpl\ndef ppclas_metrics():\n    return [Metric('kappa', 'x:y')]\n"
            "@hookimpl\ndef ppclas_optimizers():\n    return [Optimizer('Lion', 'x:y')]\n")
    known = load()
    assert known.failures == []
    for kind, name in (("reader", "Zip"), ("metric", "kappa"), ("optimizer", "Lion")):
        assert known.find(kind, name).dist == "acme"
        assert len(known.names(kind)) > 1


def test_two_entry_points_of_one_module_are_reported_in_a_line(install: Any, load: Any, tmp_path: Path) -> None:
    install("acme")
    info = tmp_path / "site" / "acme-1.0.dist-info" / "entry_points.txt"
    info.write_text(info.read_text() + "again = acme_pkg.plugin\n")
    known = load()
    assert known.find("op", "Echo").dist == "acme"
    (failure,) = [failure for failure in known.failures if failure.dist == "acme"]
    assert failure.error == "the module 'acme_pkg.plugin' is already registered by another entry point"


def test_what_a_plugin_prints_at_import_is_not_in_the_json(install: Any, tmp_path: Path) -> None:
    install("acme", "print('NOISE')\n" + HEAD + "def ppclas_ops():\n    print('MORE')\n    return [Op('A', 'x:y')]")
    outcome = ppclas(tmp_path / "site", "list", "ops", "--json")
    assert "A" in {row["name"] for row in json.loads(outcome.stdout)}
    assert "NOISE" in outcome.stderr
    assert "MORE" in outcome.stderr


def test_a_plugin_that_exits_is_reported_by_the_python_api_too(install: Any, tmp_path: Path) -> None:
    install("acme", "raise SystemExit(0)")
    code = ("import ppclas_core as ppc\nassert 'ResNet50_vd' in ppc.list_models()\n"
            "try: ppc.create_model('Nothing')\nexcept ppc.UserError as error: print(error)")
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                             env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PPCLAS_STRICT_PLUGINS": ""})
    assert outcome.returncode == 0, outcome.stderr
    assert ("plugin acme 1.0 is installed but could not be loaded (import): acme_pkg/plugin.py:1: SystemExit: 0"
            in outcome.stdout)


def test_strict_mode_is_not_called_a_defect_of_ppclas(install: Any, tmp_path: Path) -> None:
    install("acme", "raise SystemExit(0)")
    outcome = ppclas(tmp_path / "site", "list", "ops", PPCLAS_STRICT_PLUGINS="1")
    assert outcome.returncode == 1
    assert "ppclas: plugin acme 1.0 is installed but could not be loaded (import)" in outcome.stderr
    assert "internal error" not in outcome.stderr


@pytest.mark.parametrize("where", ["import", "add", "run", "returns text"])
def test_a_command_of_a_plugin_that_fails_names_it_and_exits_with_1(install: Any, tmp_path: Path, where: str) -> None:
    stop = {name: "import sys; sys.exit(0)" if name == where else "pass" for name in ("import", "add", "run")}
    install("acme", HEAD + "def ppclas_commands():\n    return [Command('hello', 'acme_pkg.hello:add', '')]",
            files={"hello.py": f"{stop['import']}\ndef run(args):\n    {stop['run']}\n"
                               f"    return {'chr(65)' if where == 'returns text' else '0'}\n"
                               f"def add(parser):\n    {stop['add']}\n    return run\n"})
    outcome = ppclas(tmp_path / "site", "hello")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("ppclas: plugin acme 1.0: command 'hello' failed")
    if where == "import":
        assert ppclas(tmp_path / "site", "list", "ops").returncode == 0
        assert "hello" in ppclas(tmp_path / "site", "--help").stdout


def test_a_command_of_a_plugin_may_still_end_with_any_code(install: Any, tmp_path: Path) -> None:
    install("acme", HEAD + "def ppclas_commands():\n    return [Command('hello', 'acme_pkg.hello:add', 'x')]",
            files={"hello.py": "def add(parser):\n    parser.add_argument('n', type=int)\n"
                               "    return lambda args: args.n\n"})
    assert ppclas(tmp_path / "site", "hello", "7").returncode == 7
    assert ppclas(tmp_path / "site", "hello", "--help").returncode == 0
    assert ppclas(tmp_path / "site", "hello", "x").returncode == 2
