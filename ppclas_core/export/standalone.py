# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`predict_standalone.py` of a bundle: a program that predicts images without ppclas.

An exporter gives the part that runs its model (`ExportResult.standalone`); the rest is the same for all formats. It
reads `bundle.json`, which has the preprocessing, and `labels.txt`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

from ppclas_core.system.text_files import write_text

STANDALONE_FILE = "predict_standalone.py"


class Standalone(NamedTuple):
    """Part of `predict_standalone.py` that runs a model.

    Args:
        requires: name on PyPI of the library that it imports.
        load_model: body of a function without arguments; it returns a function from a batch, as the artifact takes it,
            to the output (N, num_classes). `FOLDER` is the folder of the bundle, a `Path`.
    """

    requires: str
    load_model: str


PADDLE_STANDALONE = Standalone("paddlepaddle", """\
from paddle import inference
program = next(path for pattern in ("*.pdmodel", "inference.json") for path in FOLDER.glob(pattern))
config = inference.Config(str(program), str(next(FOLDER.glob("*.pdiparams"))))
config.disable_glog_info()
predictor = inference.create_predictor(config)
source = predictor.get_input_handle(predictor.get_input_names()[0])
result = predictor.get_output_handle(predictor.get_output_names()[0])
def run(batch):
    source.copy_from_cpu(batch)
    predictor.run()
    return result.copy_to_cpu()
return run
""")
"""Part of all formats that consist of a Paddle program and its parameters."""

_PROGRAM = '''\
"""Print the classes of images: python predict_standalone.py IMAGE... [--topk 5]
Runs the model in this folder without ppclas; needs numpy, opencv-python and @REQUIRES@."""
import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np

FOLDER = Path(__file__).resolve().parent
FACTS = json.loads((FOLDER / "bundle.json").read_text(encoding="utf-8"))
LABELS = (FOLDER / "labels.txt").read_text(encoding="utf-8").split("\\n")[:-1]
FLAGS = {"nearest": 0, "bilinear": 1, "bicubic": 2, "area": 3, "lanczos": 4}

def load_model():
@LOAD_MODEL@

def read_input(path):
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)  # blue first
    if image is None or image.dtype != np.uint8:
        raise ValueError("not an image with 8 bits per channel")
    for step in FACTS["preprocess"]["transforms"]:
        ((op, values),) = step.items()
        if op == "DecodeImage":
            image = image[:, :, ::-1] if values["to_rgb"] else image
        elif op == "ResizeImage":
            height, width = image.shape[:2]
            factor = (values["resize_short"] or 0) / min(width, height)
            size = values["size"] or (round(width * factor), round(height * factor))
            image = cv2.resize(image, tuple(size), interpolation=FLAGS[values["interpolation"]])
        elif op == "CropImage":
            (width, height), (h, w) = values["size"], image.shape[:2]
            image = image[(h - height) // 2:, (w - width) // 2:][:height, :width]
        elif op == "NormalizeImage":
            axes = (-1, 1, 1) if values["order"] == "chw" else (1, 1, -1)
            mean, std = (np.float32(values[key]).reshape(axes) for key in ("mean", "std"))
            image = (image * np.float32(values["scale"]) - mean) / std
        elif op == "ToCHWImage":
            image = image.transpose(2, 0, 1)
    return np.ascontiguousarray(image[None], FACTS["input"]["dtype"])

def scores_of(output):
    if FACTS["output"]["kind"] == "probabilities":
        return output
    if FACTS.get("task") == "multilabel":
        return 1 / (1 + np.exp(-output))
    powers = np.exp(output - output.max())
    return powers / powers.sum()

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the classes of images.")
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    parser.add_argument("--topk", type=int, default=5)
    args = parser.parse_args()
    model = load_model()
    exit_code = 0
    for path in args.images:
        try:
            scores = scores_of(model(read_input(path))[0])
            best = np.argsort(-scores, kind="stable")[:args.topk]
            names = (f"{LABELS[index] if LABELS else index} {scores[index]:.4f}" for index in best
                     if scores[index] >= FACTS.get("threshold", 0))
            print(f"{path}: {', '.join(names)}")
        except (OSError, ValueError, cv2.error) as error:
            exit_code = 2
            print(f"{path}: {error}", file=sys.stderr)
    sys.exit(exit_code)
'''

_OPS: Dict[str, Mapping[str, Any]] = {"DecodeImage": {"channel_first": False, "alpha": "drop"},
                                      "ResizeImage": {}, "CropImage": {}, "NormalizeImage": {}, "ToCHWImage": {}}
"""Ops that the program knows -> values of the parameters of which it knows only this one."""


def write_standalone(folder: Path, part: Standalone, transforms: Sequence[Mapping[str, Any]]) -> str:
    """Write `predict_standalone.py` if the program can do all transforms.

    Args:
        folder: folder of the bundle.
        part: the part of the format.
        transforms: transforms outside the artifact, with all parameter values.

    Returns:
        Why it is not written; "" if it is.
    """
    unknown = _unknown(transforms)
    if unknown:
        return f"{STANDALONE_FILE} is not written: it does not know {', '.join(unknown)}"
    body = "".join(f"    {line}\n" if line else "\n" for line in part.load_model.splitlines())
    text = _PROGRAM.replace("@REQUIRES@", part.requires).replace("@LOAD_MODEL@\n", body)
    write_text(folder / STANDALONE_FILE, text)
    return ""


def _unknown(transforms: Sequence[Mapping[str, Any]]) -> List[str]:
    """Return the ops and parameter values that the program does not know."""
    found = []
    for step in transforms:
        for op, values in step.items():
            if op not in _OPS:
                found.append(op)
            found += [f"{op}.{key}: {values[key]}" for key, known in _OPS.get(op, {}).items()
                      if values.get(key, known) != known]
    return found
