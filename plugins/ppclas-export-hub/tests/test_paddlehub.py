# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""PaddleHub itself loads the folder, in an environment apart: 520 MB and more than a minute, so marked slow.

PaddleHub imports PaddleNLP, which imports half a dozen other libraries; of these the last versions that fit each other.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.api import Environment
from ppclas_core.data.opencv import cv2
from ppclas_core.export import export
from ppclas_core.predict import Predictor
from ppclas_core.system.environments import interpreter
from ppclas_core.testing.toy import toy_checkpoint

PADDLEHUB = Environment(
    "paddlehub",
    packages=("aistudio_sdk<0.3", "colorama", "colorlog", "datasets==2.21.0", "easydict", "fastapi", "filelock",
              "flask", "huggingface_hub<0.26", "jieba", "jinja2", "matplotlib", "pandas<3", "protobuf==3.20.3",
              "pyzmq", "rarfile", "regex", "requests", "scipy", "sentencepiece", "seqeval", "six", "typer", "uvicorn"),
    alone=("paddlehub==2.4.0", "paddlenlp==2.8.1", "tool-helpers==0.1.2"), modules=("paddlehub",), shares=True)

CODE = """
import base64, json, sys
import cv2
import paddlehub as hub
folder, photo = sys.argv[1:]
module = hub.Module(directory=folder)
image = cv2.imread(photo)
serve = getattr(module, module.serving_func_name)
print(json.dumps({
    "name": module.name, "version": str(module.version), "record": dict(hub.Module.load_module_info(folder)),
    "answers": module.predict([image] * 3, batch_size=2, top_k=3),
    "served": serve(images=[base64.b64encode(open(photo, "rb").read()).decode()], top_k=1)["data"]}))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the versions are those that fit on Python 3.11")
def test_paddlehub_loads_the_folder_and_gives_the_outputs_of_the_model(tmp_path: Path) -> None:
    run = toy_checkpoint(tmp_path / "run")
    export(str(run), "hub", tmp_path / "out", name="my_toy", version="1.2.3", summary="shapes")
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), np.random.default_rng(0).integers(0, 255, (40, 50, 3), dtype=np.uint8))
    done = subprocess.run([interpreter(PADDLEHUB), "-c", CODE, tmp_path / "out/my_toy", photo], capture_output=True,
                          text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert (told["name"], told["version"]) == ("my_toy", "1.2.3")
    assert told["record"]["summary"] == "shapes"
    expected = {each.name: each.score for each in Predictor(str(run)).predict([str(photo)], topk=3)[0].classes}
    assert len(told["answers"]) == 3
    for answer in told["answers"]:
        assert list(answer) == list(expected)
        assert answer == pytest.approx(expected, abs=1e-5)
    assert [list(each) for each in told["served"]] == [list(expected)[:1]]
