# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Components registered from a notebook: same checks as of a plugin, one process only, and a way out."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

from ppclas_core.api import Backbone, ConfigDir, Loss, Op, Optimizer, Recommendation
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.registered import refuse_registered
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.data.readers.source import Source
from ppclas_core.data.workers import processes as process_workers
from ppclas_core.data.workers.choice import choose_workers
from ppclas_core.errors import PluginError, UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.listing import component_rows, plugin_rows
from ppclas_core.plugins.register import register

OP = Op("Invert", "__main__:Invert", dtypes=("uint8",))
LIST: List[Any] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 8}}, {"Invert": {}}, {"NormalizeImage": {}},
                   {"ToCHWImage": {}}]


class Invert:
    """Inversion of an image.

    Args:
        top: value that becomes 0.
    """

    python_heavy = True

    def __init__(self, top: int = 255) -> None:
        self.top = top

    def __call__(self, image: np.ndarray, rng: object = None) -> np.ndarray:
        """Invert an image."""
        return (self.top - image).astype(np.uint8)


class Failing(Invert):
    """Op that fails."""

    def __init__(self) -> None:
        raise ValueError("no luck")


class Greedy(Invert):
    """Op with arbitrary parameters."""

    def __init__(self, **settings: int) -> None:
        super().__init__(**settings)


@pytest.fixture(autouse=True)
def forget() -> Any:
    """Remove what a test registers."""
    yield
    for plugin in [plugin for plugin in catalogue().plugins if plugin.entry == "register"]:
        for kind, record in list(plugin.records):
            catalogue()._forget_registered(kind, record.name)
        catalogue().plugins.remove(plugin)


def test_a_class_is_built_with_checked_parameters_and_listed_with_its_owner() -> None:
    register(OP, Invert)
    assert catalogue().create("op", "Invert", {"top": "7"}).top == 7
    with pytest.raises(UserError, match="op 'Invert' has no parameter 'topp'. Did you mean 'top'"):
        catalogue().create("op", "Invert", {"topp": 1})
    row = next(row for row in component_rows("op") if row["name"] == "Invert")
    assert row["dist"] == "registered in this process"
    assert plugin_rows(catalogue())[-1]["provides"] == {"op": ["Invert"]}


def test_a_cell_that_runs_again_replaces_its_component_and_forgets_former_aliases() -> None:
    register(Op("Invert", "__main__:Invert", aliases=("Negative",)), Failing)
    register(OP, Invert)
    assert catalogue().create("op", "Invert", {}).top == 255
    assert len([entry for entry in catalogue().entries("op") if entry.record.name == "Invert"]) == 1
    with pytest.raises(UserError, match="unknown op 'Negative'"):
        catalogue().find("op", "Negative")


def test_without_a_target_the_record_names_it() -> None:
    register(Op("Invert", f"{__name__}:Invert"))
    assert isinstance(catalogue().create("op", "Invert", {}), Invert)
    register(ConfigDir("ppclas_core", "configs"))


def test_a_notebook_needs_two_lines(tmp_path: Path) -> None:
    """In `__main__`, where classes of notebooks are."""
    code = ("import ppclas_core as ppc\nfrom ppclas_core.api import Op\n"
            "class Invert:\n    def __init__(self, top: int = 255) -> None:\n        self.top = top\n"
            "    def __call__(self, image, rng=None):\n        return self.top - image\n"
            "ppc.register(Op('Invert', target='__main__:Invert'), Invert)\n"
            "assert ppc.create('op', 'Invert', top=3)(1) == 2\n")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


@pytest.mark.parametrize(("record", "target", "message"), [
    (Op("RandCropImage", "m:X"), Invert, "op 'RandCropImage' belongs to ppclas-core .*\n.*'ppclas-core:RandCropImage'"),
    (Op("Invert", "m:X", aliases=("CropImage",)), Invert, "op 'CropImage' belongs to ppclas-core"),
    (Op("Invert", "m:X"), Greedy, r"cannot be configured: .*Greedy takes \*settings"),
    (Op("Invert", "m:X"), lambda image: image, "not importable as .*<lambda>.*\n.*top level of a notebook cell"),
    (Op("Invert", "m:X"), functools.partial(Invert, 3), "it must be a class or a function"),
    (Op("Invert", "m:X"), Invert(), "is a Invert; it must be a class or a function"),
    (Op("Invert", f"{__name__}:Missing"), None, "Missing', which does not exist"),
    (Op("Invert", ""), None, "has no target"),
    (Optimizer("momentum", "m:X"), Invert, "optimizer 'momentum' belongs to 'Momentum' of ppclas-core"),
    (Backbone("ResNet50_vd_ssld", "m:X", "Mine"), Invert, "belongs to 'ResNet50_vd_ssld' of ppclas-models-resnet"),
    (Recommendation(), Invert, "register takes a record of a component, not a Recommendation\n.*Backbone, Op"),
    (ConfigDir("ppclas_core"), Invert, "a ConfigDir has no target"),
])
def test_what_cannot_work_is_refused_with_its_reason(record: Any, target: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        register(record, target)
    assert not any(plugin.records for plugin in catalogue().plugins if plugin.entry == "register")


def test_an_invalid_record_is_refused_as_one_of_a_plugin() -> None:
    with pytest.raises(UserError, match="dtypes"):
        register(Op("Invert", "m:X", dtypes=5), Invert)  # type: ignore[arg-type]  # the mistake under test


def test_a_class_defined_in_a_function_is_refused() -> None:
    class Inside(Invert):
        """Op of a function."""

    with pytest.raises(UserError, match=r"not importable as .*<locals>\.Inside"):
        register(OP, Inside)


def test_an_alias_of_another_registered_component_is_taken() -> None:
    register(Op("Invert", "m:X", aliases=("Negative",)), Invert)
    with pytest.raises(UserError, match="op 'Invert' is registered and has the alias 'Negative'"):
        register(Op("Negative", "m:X"), Invert)


def test_an_error_in_a_constructor_names_the_component() -> None:
    register(OP, Failing)
    with pytest.raises(PluginError, match=r"^op 'Invert' \(registered in this process\) failed: ValueError: no luck"):
        catalogue().create("op", "Invert", {})


def test_a_plugin_file_with_the_component_takes_over(tmp_path: Path) -> None:
    register(OP, Invert)
    file = tmp_path / "mine_moved_invert.py"
    file.write_text("from ppclas_core.api import Op, hookimpl\n@hookimpl\ndef ppclas_ops():\n"
                    "    return [Op('Invert', 'mine_moved_invert:Invert')]\n")
    catalogue().load_file(file)
    try:
        assert catalogue().find("op", "Invert").dist == file.name
        with pytest.raises(UserError, match=f"op 'Invert' belongs to {file.name}"):
            register(OP, Invert)
    finally:  # a catalogue has no way to forget a file
        catalogue()._index.pop(("op", "Invert"))
        catalogue().plugins.remove(next(each for each in catalogue().plugins if each.dist == file.name))
        sys.modules.pop("mine_moved_invert")


def test_worker_processes_are_refused_and_threads_take_their_part() -> None:
    register(OP, Invert)
    pipeline, source = build_pipeline(LIST), Source.from_paths(".", ["0.png"], [0])
    with pytest.raises(UserError, match="worker processes of the data loader cannot use it\n.*worker_type: threads.*"
                                        "--plugin my_plugin.py"):
        choose_workers(2, "processes", pipeline, source)
    workers = choose_workers(2, "auto", pipeline, source)
    assert (workers.kind, workers.number) == ("threads", 2)
    assert str(workers) == "2 threads (Invert holds the GIL, but op 'Invert' is registered in this process only)"
    plain = build_pipeline([item for item in LIST if "Invert" not in item])
    if process_workers.available:
        assert choose_workers(2, "processes", plain, source).kind == "processes"


def config(**changes: Any) -> Any:
    """Return a config that uses a registered op and a registered loss."""
    data = {"ARCHITECTURE": {"name": "MobileNetV3_small_x0_35"}, "mode": "valid", "classes_num": 2,
            "image_shape": [3, 8, 8], "VALID": {"data_dir": ".", "batch_size": 2, "transforms": LIST}, **changes}
    return config_from_dict(data)


def test_a_config_of_several_processes_is_refused_before_they_start() -> None:
    register(OP, Invert)
    with pytest.raises(UserError, match="op 'Invert' is registered in this process only; the process of a trial"):
        refuse_registered(config(), "the process of a trial")
    plain = [item for item in LIST if "Invert" not in item]
    refuse_registered(config(VALID={"data_dir": ".", "batch_size": 2, "transforms": plain}), "the process of a trial")


@pytest.mark.parametrize(("record", "key", "value"), [
    (Loss("MyLoss", "m:X"), "LOSS", {"name": "MyLoss"}),
    (Backbone("MyNet", "m:X", "Mine"), "ARCHITECTURE", {"name": "MyNet"}),
])
def test_every_kind_of_component_of_a_config_is_seen(record: Any, key: str, value: Any) -> None:
    register(record, Invert)
    plain = [item for item in LIST if "Invert" not in item]
    used = config(**{key: value}, VALID={"data_dir": ".", "batch_size": 2, "transforms": plain})
    with pytest.raises(UserError, match=f"dict: .*'{record.name}' is registered in this process only"):
        refuse_registered(used, "training with several processes")


def test_several_ranks_are_refused_at_the_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    register(OP, Invert)
    monkeypatch.setenv("PADDLE_TRAINERS_NUM", "2")
    with pytest.raises(UserError, match="op 'Invert' is registered in this process only; training with several"):
        catalogue().create("op", "Invert", {})
    assert catalogue().create("op", "CropImage", {"size": 4}) is not None


def test_the_command_line_refuses_nproc_before_it_starts_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ppclas_core.cli.program import main
    from ppclas_core.training.distributed import launch

    monkeypatch.setattr(launch, "launch", lambda *_: pytest.fail("it started processes"))
    register(OP, Invert)
    file = tmp_path / "config.yaml"
    file.write_text("mode: valid\nARCHITECTURE: {name: MobileNetV3_small_x0_35}\nVALID:\n  data_dir: .\n"
                    "  batch_size: 2\n  transforms: [{DecodeImage: }, {Invert: }]\n")
    assert main(["eval", str(file), "--nproc", "2"]) == 2
    assert "op 'Invert' is registered in this process only" in capsys.readouterr().err


def test_elsewhere_an_unknown_name_is_explained() -> None:
    with pytest.raises(UserError, match="unknown op 'Invert'.*\n.*--plugin FILE loads a plugin file.*notebook"):
        catalogue().find("op", "Invert")
