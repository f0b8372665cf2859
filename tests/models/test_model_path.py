# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The path of a checkpoint in place of a model's name is refused with the call that takes it, and the call works."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path
from typing import Any

import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import META_FILE, Meta, write_meta
from ppclas_core.testing import toy
from ppclas_core.weights.write import save_pdparams


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A checkpoint of a gray ToyNet of half the width."""
    toy.toy_catalogue()
    model = toy.ToyNet(width=4, num_classes=3, in_channels=1)
    folder = tmp_path / "my run"
    save_pdparams(folder / "ppcls.pdparams", {key: value.numpy() for key, value in model.state_dict().items()})
    write_meta(folder, Meta("ToyNet", 3, [1, 16, 16], [{"DecodeImage": {}}], params={"width": 4}))
    return folder


def advice(path: Any) -> str:  # Any: a text or a path
    with pytest.raises(UserError, match="create_model takes the name of a model, and this is a path") as caught:
        ppc.create_model(path)
    return str(caught.value.do)


def test_create_model_shows_the_call_that_builds_the_model_of_a_checkpoint(checkpoint: Path) -> None:
    call = advice(str(checkpoint))
    assert call == f"ppc.create_model('ToyNet', num_classes=3, in_channels=1, width=4, pretrained='{checkpoint}')"
    assert advice(checkpoint) == call
    assert advice(str(checkpoint / "ppcls")) == call.replace("my run", "my run/ppcls")
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    model = ppc.create_model(*map(ast.literal_eval, node.args),
                             **{str(each.arg): ast.literal_eval(each.value) for each in node.keywords})
    assert model.stem.conv.weight.shape == [4, 1, 3, 3]


def test_finetune_shows_the_call_and_the_command_that_start_from_a_checkpoint(checkpoint: Path,
                                                                            ppclas_project: Any) -> None:
    with pytest.raises(UserError, match="finetune takes the name of a model") as caught:
        ppc.finetune("photos", str(checkpoint))
    assert caught.value.do == (f"ppc.finetune('photos', 'ToyNet', pretrained='{checkpoint}', "
                               "overrides={'ARCHITECTURE.params.width': 4})")
    outcome = ppclas_project().run("finetune", "photos", "--model", str(checkpoint), "--plugin", toy.__file__)
    assert outcome.code == 2
    command = ["ppclas", "finetune", "photos", "--model", "ToyNet", "--pretrained", str(checkpoint),
               "ARCHITECTURE.params.width=4"]
    assert shlex.join(command) in outcome.err


def test_weights_without_meta_leave_blanks_in_the_call(checkpoint: Path) -> None:
    (checkpoint / META_FILE).unlink()
    assert advice(str(checkpoint)) == f"ppc.create_model('NAME', num_classes=N, pretrained='{checkpoint}')"


def test_a_model_with_a_folder_of_its_name_and_a_path_that_is_not_there_are_names(
        checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkpoint.parent)
    checkpoint.rename("ToyNet")
    assert ppc.create_model("ToyNet", num_classes=2).num_classes == 2
    with pytest.raises(UserError, match="unknown backbone 'ToyNett'"):
        ppc.create_model("ToyNett")
    Path("ToyNett").mkdir()  # without weights, so it is not what is meant
    with pytest.raises(UserError, match="unknown backbone 'ToyNett'"):
        ppc.create_model("ToyNett")
