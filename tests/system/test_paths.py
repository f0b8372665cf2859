# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`~` and `$VARS` mean the same in configs, in commands and in parameters of components."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import List, Optional, Union

import pytest

from ppclas_core.cli.command_line import PathParser
from ppclas_core.config.find import find_config
from ppclas_core.config.load import load_config
from ppclas_core.config.schema import KEYS
from ppclas_core.errors import UserError
from ppclas_core.export import write
from ppclas_core.export.verification import verify
from ppclas_core.plugins.signature import bind_parameters, coerce
from ppclas_core.predict import find_images
from ppclas_core.runs.locate import resolve_checkpoint
from ppclas_core.system.paths import PathText, expand_path


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    monkeypatch.delenv("UNSET", raising=False)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home"


def test_paths_are_expanded_as_a_shell_does(home):
    data = home.parent / "data"
    assert [expand_path(path) for path in ("~/x", "~", "$DATA/x", "${DATA}x", "a/~/b", "x.jpg")] == [
        f"{home}/x", str(home), f"{data}/x", f"{data}x", "a/~/b", "x.jpg"]


def test_what_exists_as_it_is_written_and_urls_stay(home):
    Path("cost$DATA.jpg").write_bytes(b"")
    assert expand_path("cost$DATA.jpg") == "cost$DATA.jpg"
    assert expand_path("https://host/$UNSET/~x") == "https://host/$UNSET/~x"
    assert expand_path("price$.jpg") == "price$.jpg"


@pytest.mark.parametrize(("path", "text"), [
    ("$UNSET/x", "the path $UNSET/x names $UNSET, which is not set"),
    ("a/${UNSET}", "names ${UNSET}, which is not set"),
    ("~nobody-of-this-name/x", "begins with a home folder that is not known here"),
])
def test_what_cannot_be_expanded_is_an_error_and_no_folder_of_this_name(path, text, home):
    with pytest.raises(UserError) as caught:
        expand_path(path)
    assert text in str(caught.value)


def test_each_key_that_is_a_path_is_declared_as_one():
    paths = {key.path for key in KEYS if "PathText" in str(key.type)}
    assert paths == {f"{section}.{name}" for section in ("TRAIN", "VALID")
                     for name in ("file_list", "data_dir", "cache_dir")} | {
        "pretrained_model", "checkpoints", "model_save_dir", "label_list", "plugins"}


def test_keys_of_a_config_are_expanded_and_the_location_of_a_mistake_is_named(home):
    text = """ARCHITECTURE: {name: ResNet50_vd}
mode: valid
model_save_dir: ~/runs
pretrained_model: [$DATA/teacher, ~/student]
VALID: {batch_size: 1, data_dir: $DATA, transforms: [DecodeImage]}
"""
    (home / "c.yaml").write_text(text, encoding="utf-8")
    (home / "on_it.yaml").write_text("base: ~/c.yaml\n", encoding="utf-8")
    for name in ("~/c.yaml", "$HOME/on_it.yaml"):
        config = load_config(name)
        data = str(home.parent / "data")
        assert config["model_save_dir"] == f"{home}/runs"
        assert config["pretrained_model"] == [f"{data}/teacher", f"{home}/student"]
        assert config["VALID"]["data_dir"] == data
        assert load_config(name, ["VALID.data_dir=~/other"])["VALID"]["data_dir"] == f"{home}/other"
    (home / "c.yaml").write_text(text.replace("$DATA,", "$UNSET,"), encoding="utf-8")
    with pytest.raises(UserError, match=r"c.yaml:5.*\$UNSET, which is not set"):
        load_config("~/c.yaml")


def test_parameters_of_components_that_are_paths_are_expanded(home):
    def target(logdir: Optional[PathText] = None, file: Path = Path(), several: Optional[List[PathText]] = None,
               mixed: Union[PathText, bool, None] = None, text: str = "") -> None:
        """Take paths."""

    given = {"logdir": "~/log", "file": "~/f", "several": ["~", "x"], "mixed": "$DATA", "text": "~/t"}
    bound = bind_parameters(target, given, owner="it")
    assert bound == {"logdir": f"{home}/log", "file": home / "f", "several": [str(home), "x"],
                     "mixed": str(home.parent / "data"), "text": "~/t"}
    with pytest.raises(UserError, match="it must be a path"):
        coerce(3, PathText, what="logdir")


def test_arguments_of_commands_are_expanded_by_their_type_or_word(home):
    parser = PathParser()
    inner = parser.add_subparsers().add_parser("x")
    inner.add_argument("source", metavar="SRC")
    inner.add_argument("--out", type=Path, default=Path("~/default"))
    inner.add_argument("--pretrained", metavar="WEIGHTS")
    inner.add_argument("-o", metavar="KEY=VALUE")
    found = parser.parse_args(["x", "~/a", "--out=$DATA/b", "--pretrained=~/w", "-o", "name=$DATA"])
    assert found == argparse.Namespace(source=f"{home}/a", out=home.parent / "data/b", pretrained=f"{home}/w",
                                       o="name=$DATA")


def test_functions_of_the_library_expand_too(home):
    for name in ("x.jpg", "w.pdparams", "c.yaml"):
        (home / name).write_bytes(b"")
    assert find_images(["~/x.jpg"]) == [f"{home}/x.jpg"]
    assert resolve_checkpoint("$HOME/w") == home / "w.pdparams"
    assert find_config("$HOME/c.yaml") == home / "c.yaml"


def test_an_export_never_makes_a_folder_called_tilde(home, monkeypatch):
    made = []
    found = SimpleNamespace(size=0, meta=SimpleNamespace(num_classes=2), title="run")
    monkeypatch.setattr(write, "find_checkpoint", lambda *args, **options: found)
    monkeypatch.setattr(write, "new_bundle_folder", lambda out, required_bytes: made.append(out))
    with pytest.raises(TypeError):  # the folder of this test is no context manager
        write.export("run", "inference", "~/bundle")
    assert made == [home / "bundle"]
    with pytest.raises(UserError, match=f"{home}/bundle: not a bundle"):
        verify("$HOME/bundle")
