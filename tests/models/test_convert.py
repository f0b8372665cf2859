# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion writes weights only, in every form, and says where class names and preprocessing are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.bundles.source import find_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.models.convert import convert_checkpoint
from ppclas_core.testing import toy


@pytest.mark.parametrize("form", ["pdparams", "safetensors"])
def test_the_output_says_what_was_left_out_and_the_copied_file_keeps_it(form: str, tmp_path: Path,
                                                                       ppclas_project: Any) -> None:
    source = toy.toy_checkpoint(tmp_path / "run" / "best_model")
    done = ppclas_project().run("convert", str(source), "out/w", "--to", form).succeeded()
    lines = done.out.splitlines()
    assert lines[1] == (f"weights only: 4 class names and the preprocessing are in {source / 'meta.yaml'}; "
                        "copy that file to out to keep them")
    with pytest.raises(UserError, match=r"no meta\.yaml beside them"):
        find_checkpoint(tmp_path / "out/w")
    shutil.copy(source / "meta.yaml", tmp_path / "out")
    assert find_checkpoint(tmp_path / "out/w").meta.labels == find_checkpoint(source).meta.labels
    again = ppclas_project().run("convert", "out/w", "out/again", "--to", form).succeeded()
    assert len(again.out.splitlines()) == 1  # beside the same meta.yaml nothing is left out


def test_a_meta_file_of_another_program_beside_the_output_is_left_alone(tmp_path: Path) -> None:
    source = toy.toy_checkpoint(tmp_path / "run" / "best_model")
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe/meta.yaml").write_text("package: {name: recipe}\n", encoding="utf-8")
    assert convert_checkpoint(str(source), tmp_path / "recipe/w", "safetensors").path.is_file()


def test_published_weights_are_used_by_the_name_of_their_model(published_toy: str, tmp_path: Path) -> None:
    done = convert_checkpoint(published_toy, tmp_path / "w", "safetensors")
    assert done.left_out == f"weights only: class names and preprocessing are those of --model {published_toy}"
    assert len(find_checkpoint(done.path, model=published_toy).meta.labels) == 1000
