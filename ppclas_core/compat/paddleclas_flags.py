# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Command line of the `paddleclas` wheel, `paddleclas --model_name NAME --infer_imgs IMAGE`, as `ppclas predict`."""

from __future__ import annotations

import argparse
import logging
import os
import shlex
from typing import List, Mapping, Optional, Sequence

from ppclas_core.errors import UserError, did_you_mean

_log = logging.getLogger(__name__)

_SOURCES = ("model_name", "inference_model_dir", "model_file")
_IMAGES = ("infer_imgs", "image_file")
_RENAMED = {"topk": "--topk", "top_k": "--topk", "batch_size": "--batch-size", "class_id_map_file": "--labels",
            "label_name_path": "--labels", "threshold": "--threshold"}
"""Flag of the wheel -> option of `ppclas predict`."""

_IGNORED = {
    "gpu_mem": "Paddle allocates GPU memory as it needs it",
    "ir_optim": "the graph is always optimized",
    "enable_mkldnn": "the runtime is chosen by its speed on this machine; --runtime of 'ppclas predict' names one",
    "cpu_num_threads": "the runtime uses all cores; the variable OMP_NUM_THREADS limits them",
    "enable_profile": "'ppclas benchmark' measures a model",
}
"""Flag that does not change a prediction -> why it has no effect."""

_PREPROCESSING = "each model has its own preprocessing, which 'ppclas info NAME' shows"
_SORTING = "ppclas predict NAME FOLDER --out OUT --sort copies the images into a folder per class"
_REFUSED = {
    "resize_short": _PREPROCESSING, "crop_size": _PREPROCESSING, "resize": _PREPROCESSING,
    "normalize": _PREPROCESSING, "is_preprocessed": _PREPROCESSING,
    "use_tensorrt": "export the model: ppclas export NAME tensorrt OUT, then ppclas predict OUT IMAGE",
    "use_fp16": "half precision is an option of exports: ppclas export NAME FORMAT OUT; ppclas predict OUT IMAGE",
    "save_dir": "ppclas predict NAME IMAGE --out FILE.csv, FILE.jsonl, or a folder for annotated copies",
    "pre_label_image": _SORTING,
    "pre_label_out_idir": _SORTING,
    "predict_type": "ppclas classifies images; it has no index of features",
}
"""Flag that changes the result and has no counterpart -> what to do."""


def is_paddleclas(arguments: Sequence[str]) -> bool:
    """Return whether a command line begins with a flag of the wheel, in place of a command of `ppclas`."""
    name = _name(arguments[0]) if arguments else ""
    return name in (*_SOURCES, *_IMAGES, "params_file", "use_gpu", *_RENAMED, *_IGNORED, *_REFUSED)


def predict_arguments(arguments: Sequence[str]) -> List[str]:
    """Translate flags of the wheel to arguments of `ppclas predict`, and log the translation.

    Raises:
        UserError: a flag is unknown or has no counterpart, or no model or image is given.
    """
    given = _parse(arguments)
    for name in given:
        if name in _REFUSED:
            raise UserError(f"--{name} of paddleclas has no counterpart", do=_REFUSED[name])
    images = [given[name] for name in _IMAGES if name in given]
    if not images:
        raise UserError("no image is given", do="--infer_imgs FILE_OR_FOLDER; in ppclas: ppclas predict NAME IMAGE...")
    translated = ["predict", _source(given), *images]
    if "model_name" in given and translated[1] != given["model_name"]:
        translated += ["--model", given["model_name"]]
    for name, option in _RENAMED.items():
        if name in given:
            translated += [option, given[name]]
    if "use_gpu" in given:
        translated += ["--device", _device(given["use_gpu"])]
    for name, reason in _IGNORED.items():
        if name in given:
            _log.warning("ppclas: warning: --%s has no effect: %s", name, reason)
    _log.warning("ppclas: these are flags of paddleclas; the command is: ppclas %s",
                 " ".join(map(shlex.quote, translated)))
    return translated


def _parse(arguments: Sequence[str]) -> Mapping[str, str]:
    """Return the value of each given flag.

    Raises:
        UserError: a flag is unknown.
    """
    parser = argparse.ArgumentParser(prog="ppclas", add_help=False, allow_abbrev=False)
    names = (*_SOURCES, *_IMAGES, "params_file", "use_gpu", *_RENAMED, *_IGNORED, *_REFUSED)
    for name in names:
        parser.add_argument(f"--{name}", default=argparse.SUPPRESS, nargs="?", const="True")
    found, unknown = parser.parse_known_args(list(arguments))
    if unknown:
        name = _name(unknown[0])
        raise UserError(f"paddleclas has no flag '{unknown[0]}'.{did_you_mean(name, names)}",
                        do="'ppclas predict --help' shows the options of ppclas")
    return vars(found)


def _source(given: Mapping[str, str]) -> str:
    """Return the model: the folder of an inference model, or the name of published weights.

    Raises:
        UserError: none is given, or the parameters are in another folder than the program.
    """
    if "inference_model_dir" in given:
        return given["inference_model_dir"]
    if "model_file" in given:
        folder = os.path.dirname(given["model_file"]) or "."
        params: Optional[str] = given.get("params_file")
        if params is not None and (os.path.dirname(params) or ".") != folder:
            raise UserError(f"--model_file and --params_file are in two folders: {given['model_file']} and {params}",
                            do="put both into one folder, and give its path: ppclas predict FOLDER IMAGE")
        return folder
    if "model_name" in given:
        return given["model_name"]
    raise UserError("no model is given", do="--model_name NAME; in ppclas: ppclas predict NAME IMAGE...")


def _device(text: str) -> str:
    word = text.lower()
    if word not in ("true", "false", "1", "0"):
        raise UserError(f"--use_gpu is '{text}'; it must be True or False")
    return "gpu" if word in ("true", "1") else "cpu"


def _name(argument: str) -> str:
    """Return `topk` of `--topk=1`; "" if the argument is no flag."""
    return argument[2:].partition("=")[0] if argument.startswith("--") else ""
