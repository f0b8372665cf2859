# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every act of the page for users of other libraries runs, in at most three lines."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, Dict, Iterator

import numpy as np
import pytest

from tests.docs.coming_from import ACTS, BUNDLE, CONFIG, PUBLISHED, RUN, Act, is_command

ROOT = Path(__file__).resolve().parents[2]
VALUES: Dict[str, Any] = {
    "base": "quick_start/digits_MobileNetV3_small.yaml", "epochs": 1, "accelerator": "none",
    "TRAIN": {"max_samples": 96, "num_workers": 0}, "VALID": {"max_samples": 96, "num_workers": 0},
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A folder with digits, a short run, an export, photos, and a server of published weights."""
    from ppclas_core.data.opencv import cv2
    from ppclas_core.models.create import create_model
    from ppclas_core.testing.publisher import serve_files
    from ppclas_core.testing.pytest_plugin import Project
    from ppclas_core.weights.write import save_pdparams

    project = Project(tmp_path_factory.mktemp("acts"))
    rng = np.random.default_rng(0)
    for name in ("cat", "cow", "dog"):
        (project.folder / "photos" / name).mkdir(parents=True)
        for index in range(10):
            cv2.imwrite(str(project.folder / "photos" / name / f"{index}.jpg"),
                        rng.integers(0, 255, (40, 50, 3), dtype=np.uint8))
    cv2.imwrite(str(project.folder / "photo.jpg"), rng.integers(0, 255, (300, 400, 3), dtype=np.uint8))
    film = cv2.VideoWriter(str(project.folder / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for gray in range(0, 200, 20):
        film.write(np.full((48, 64, 3), gray, np.uint8))
    film.release()
    publisher = project.folder / "publisher"
    state = create_model(PUBLISHED).state_dict()
    save_pdparams(publisher / f"{PUBLISHED}.pdparams", {key: value.numpy() for key, value in state.items()})
    with tarfile.open(publisher / f"{PUBLISHED}_pretrained.tar", "w") as tar:
        tar.add(publisher / f"{PUBLISHED}.pdparams", f"{PUBLISHED}_pretrained/{PUBLISHED}.pdparams")
    rows = [f"photos/{name}/{index}.jpg,{name}" for name in ("cat", "cow", "dog") for index in range(10)]
    project.write({CONFIG: VALUES, "photos.csv": "\n".join(["path,label", *rows, ""])})
    project.run("data", "digits").succeeded()
    with serve_files(publisher) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setattr("ppclas_core.weights.download.KIND", str(project.folder / "cache"))
        patch.setenv("PPCLAS_WEIGHTS_URL", address)
        patch.chdir(project.folder)
        project.run("train", CONFIG).succeeded()
        project.run("export", RUN, "inference", BUNDLE).succeeded()
        shutil.copytree(project.folder / RUN, project.folder / "kept")
        yield project


@pytest.mark.xdist_group("acts")
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.title.replace(" ", "-"))
def test_the_act_runs(act: Act, sandbox: Any) -> None:
    shutil.rmtree(sandbox.folder / RUN, ignore_errors=True)  # a training of another act replaces it
    shutil.copytree(sandbox.folder / "kept", sandbox.folder / RUN)
    if not is_command(act):
        import paddle

        import ppclas_core

        exec(act.ours, {"ppc": ppclas_core, "paddle": paddle})  # the code that the page shows, written in this folder
        return
    for line in act.ours.splitlines():
        outcome = sandbox.run(*shlex.split(line)[1:])
        assert outcome.code == 0, f"{line}\n{outcome.out}\n{outcome.err}"


def test_an_act_has_at_most_three_lines() -> None:
    assert [act.title for act in ACTS if len(act.ours.splitlines()) > 3] == []


def test_titles_are_links_and_so_differ() -> None:
    assert len({act.title.lower() for act in ACTS}) == len(ACTS)


def test_the_page_is_written_from_the_acts() -> None:
    done = subprocess.run([sys.executable, "tools/coming_from.py", "--check"], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stderr
