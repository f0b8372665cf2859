# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A published network is served by its name, and weights of any form by the name of their model."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

from ppclas_core.data.datasets.imagenet1k import class_names
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.predict import Predictor
from ppclas_serve.settings import RuntimeSettings
from ppclas_serve.source import Source, open_source, read_sources, signature


def test_a_name_is_opened_with_its_classes_and_watched_for_nothing(published_toy: str) -> None:
    opened = open_source(Path(published_toy), RuntimeSettings(runtime="paddle"))
    (runnable,) = opened.instances
    assert runnable.labels == class_names("imagenet-1k")
    batch = np.random.default_rng(0).normal(size=(2, 3, 32, 32)).astype(np.float32)
    np.testing.assert_allclose(runnable.runtime(batch), Predictor(published_toy).logits(batch), atol=1e-5)
    assert opened.checkpoint is not None
    assert signature(Path(published_toy)) == ()


def test_weights_are_opened_by_the_name_of_their_model_and_only_their_file_is_watched(published_toy: str,
                                                                                      tmp_path: Path) -> None:
    file = tmp_path / "downloads" / "x.pdparams"
    file.parent.mkdir()
    shutil.copy(PretrainedSource(published_toy).resolve()[0], file)
    (file.parent / "other.bin").write_bytes(b"other")
    (tmp_path / "names.txt").write_text("".join(f"class {index}\n" for index in range(1000)), encoding="utf-8")
    settings = RuntimeSettings(runtime="paddle", model=published_toy, labels=str(tmp_path / "names.txt"))
    assert open_source(file, settings).instances[0].labels[7] == "class 7"
    assert [Path(row[0]).name for row in signature(file)] == ["x.pdparams"]
    assert [Path(row[0]).name for row in signature(file.with_suffix(""))] == ["x.pdparams"]


def test_the_command_takes_model_and_labels(ppclas_project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: List[Any] = []
    monkeypatch.setattr("ppclas_serve.server.serve", lambda *arguments: given.extend(arguments))
    ppclas_project().run("serve", "toy=PublicToy", "--model", "PublicToy_48", "--labels", "names.txt").succeeded()
    assert given[0] == [Source("toy", Path("PublicToy"))] == read_sources(["toy=PublicToy"])
    assert (given[1].model, given[1].labels) == ("PublicToy_48", "names.txt")
