# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every command that the documentation shows runs. Training commands get one epoch instead of their own number."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, Iterator, List

import numpy as np
import pytest
import yaml

from ppclas_core.config.load import load_config

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md",
         *sorted(path for path in (ROOT / "docs").glob("*/*.md") if path.parent.name != "tutorials"),  # test_tutorials
         *sorted((ROOT / "plugins").glob("*/README.md")), *sorted((ROOT / "packaging").glob("*/README.md"))]

PUBLISHED = "SqueezeNet1_1"
DIGITS = "quick_start/digits_MobileNetV3_small.yaml"
RUN = "output/MobileNetV3_small_x0_5"

ELSEWHERE = {
    "python tools/quickstart.py": ".ci/run",
    "python tools/test.py": ".ci/run",
    "python tools/build.py": "tests/wheels (the same pip command)",
    "pip install": "tests/wheels",
    "pytest": "tests/wheels",
    "python -m paddle.distributed.launch": "tests/training",
    "ppclas download": "tests/weights, against a local server",
    "ppclas search": "plugins/ppclas-search/tests",
    "ppclas run output/search/": "plugins/ppclas-search/tests",
    "ppclas serve": "plugins/ppclas-serve/tests",
    "python tools/serving/": "plugins/ppclas-serve/tests",
    "python tools/export_serving_model.py": "plugins/ppclas-export-serving/tests",
}


def commands(page: Path) -> Iterator[str]:
    """Lines of fenced blocks that start a program of ours."""
    text = page.read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if language not in ("", "bash", "console", "sh"):
            continue
        for line in re.sub(r"\s*\\\n\s*", " ", block).splitlines():
            line = re.split(r"\s{2,}", line.strip().removeprefix("$ "))[0]  # an explanation stands apart
            for part in line.split(" && "):
                if re.match(r"(ppclas|python|pip|pytest)\s", part):
                    yield part


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A folder with the digits, a short run, a bundle, and photos in folders and lists, as the pages assume."""
    from ppclas_core.data.opencv import cv2
    from ppclas_core.testing.pytest_plugin import Project

    project = Project(tmp_path_factory.mktemp("docs"))
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        lines: List[str] = []
        for label in range(10):
            for index in range(2):
                name = f"photos/{split}/{'abc'[label % 3]}/{label}_{index}.jpg"
                path = project.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(path), rng.integers(0, 255, (120, 130, 3), dtype=np.uint8))
                lines.append(f"{name} {label}")
        several = [f"{line},{number % 5 + 10}" for number, line in enumerate(lines)]
        project.write({f"lists/{split}_list.txt": "\n".join(lines) + "\n",
                       f"lists/several_{split}.txt": "\n".join(several) + "\n"})
    cv2.imwrite(str(project.folder / "photo.jpg"), rng.integers(0, 255, (300, 400, 3), dtype=np.uint8))
    project.write({"photos.txt": "photo.jpg\nphotos/val/a/0_0.jpg 0\n"})
    film = cv2.VideoWriter(str(project.folder / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(12):
        film.write(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    film.release()
    with _published(project) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        # not by PPCLAS_HOME, below which the environments of other tools are
        patch.setattr("ppclas_core.weights.download.KIND", str(project.folder / "cache"))
        patch.setenv("PPCLAS_WEIGHTS_URL", address)
        yield _prepared(project)


@contextlib.contextmanager
def _published(project: Any) -> Iterator[str]:
    """The address of a server of the published weights that the pages name, and their files beside the photos."""
    from ppclas_core.models.create import create_model
    from ppclas_core.testing.publisher import serve_files
    from ppclas_core.weights.write import save_pdparams

    folder = project.folder / "publisher"
    for name, classes in ((PUBLISHED, 1000), ("MobileNetV3_small_x0_5", 3)):
        state = create_model(name, num_classes=classes).state_dict()
        save_pdparams(folder / f"{name}.pdparams", {key: value.numpy() for key, value in state.items()})
    shutil.copytree(folder, project.folder / "downloads")
    project.write({"flowers.txt": "daisy\nrose\ntulip\n"})
    with tarfile.open(folder / f"{PUBLISHED}_pretrained.tar", "w") as tar:
        tar.add(folder / f"{PUBLISHED}.pdparams", f"{PUBLISHED}_pretrained/{PUBLISHED}.pdparams")
    with serve_files(folder) as address:
        yield address


def _prepared(project: Any) -> Any:
    project.write({"dataset/clothing10/label_list.txt": "".join(f"{i} class{i}\n" for i in range(10))})
    shutil.copytree(project.folder / "photos" / "train", project.folder / "my_photos")
    files = sorted(path.relative_to(project.folder).as_posix() for path in project.folder.glob("my_photos/*/*.jpg"))
    project.write({"data.csv": "path,label\n" + "".join(f"{name},{name.split('/')[1]}\n" for name in files),
                   "list.txt": "".join(f"{name} {'abc'.index(name.split('/')[1])}\n" for name in files)})
    project.write({"config.yaml": {"base": DIGITS}, "my.yaml": {"base": DIGITS, "VALID": {"transforms": [
        {"DecodeImage": {"to_rgb": True}}, {"ResizeImage": {"resize_short": 36}}, {"CropImage": {"size": 32}},
        {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]}}})
    project.run("data", "digits").succeeded()
    _put_trained_run(project)
    project.run("export", RUN, "inference", "output/bundle").succeeded()
    shutil.copytree(project.folder / RUN, project.folder / "X")
    return project


def _put_trained_run(project: Any) -> None:
    """Put the run of the quick start at its place, trained in full: formats that round need a network with a margin.

    It is that of `tools/quickstart.py` where it was run in this checkout, else it is trained here, once.
    """
    kept = project.folder / "trained"
    if not kept.exists():
        if _top1(ROOT / RUN) < 0.95:
            project.run("run", DIGITS).succeeded()
        source = ROOT / RUN if _top1(ROOT / RUN) >= 0.95 else project.folder / RUN
        shutil.copytree(source, kept, ignore=lambda _, names: [name for name in names if name.isdigit()])
    shutil.rmtree(project.folder / RUN, ignore_errors=True)
    shutil.copytree(kept, project.folder / RUN)


def _top1(run: Path) -> float:
    """Return the accuracy that the report of a run states; 0 where there is none of today's configuration."""
    try:
        report = json.loads((run / "report.json").read_text(encoding="utf-8"))
        config = yaml.safe_load((run / "best_model" / "meta.yaml").read_text(encoding="utf-8"))["config"]
    except (OSError, ValueError, KeyError):
        return 0.0
    fresh = load_config(DIGITS)
    same = all(config.get(key) == fresh[key] for key in ("epochs", "image_shape", "classes_num"))
    return float(report["top1"]) if same else 0.0


@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()],
                         ids=lambda page: page.relative_to(ROOT).as_posix().replace("/", "-"))
def test_every_command_of_a_page_runs(page: Path, sandbox: Any) -> None:
    for command in commands(page):
        if command.startswith(tuple(ELSEWHERE)):
            continue
        words = shlex.split(command)
        if words[0] == "python" and words[1].startswith("output/"):  # a program in what an earlier command wrote
            done = subprocess.run([sys.executable, *words[1:]], cwd=sandbox.folder, capture_output=True, text=True)
            assert done.returncode == 0, f"{page.name}: {command}\n{done.stderr}"
            continue
        assert words[0] == "ppclas", f"{page.name}: no test runs '{command}'"
        if "<" in command or words[1:2] == ["COMMAND"]:
            continue
        if words[1] in ("run", "train") and "--resume" not in words:
            words += ["-o", "epochs=1"]
        if words[1] == "finetune" and "--write-only" not in words:
            words += ["--epochs", "1"]
        if command.startswith("ppclas run examples/clothing10"):
            words += ["-o", "TRAIN.data_dir=.", "-o", "VALID.data_dir=."]
        outcome = sandbox.run(*words[1:])
        assert outcome.code == 0, f"{page.name}: {command}\n{outcome.out}\n{outcome.err}"
        if words[1] in ("run", "train"):
            _put_trained_run(sandbox)  # one epoch is enough to show that a command runs, and not for what follows it
