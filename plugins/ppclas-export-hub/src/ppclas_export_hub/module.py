# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Generation of `module.py` from `template.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ppclas_core import create
from ppclas_core.bundles import split_normalization
from ppclas_core.data.transforms import interpolation_flag
from ppclas_core.errors import UserError


class Steps(NamedTuple):
    """Preprocessing in the form of `template.py`.

    Args:
        to_rgb: RGB instead of BGR.
        steps: resize and crop steps, see `template.py`.
        scale, mean, std: constants of `(pixel * scale - mean) / std`, with mean and std per channel.
    """

    to_rgb: bool
    steps: List[Tuple[Union[str, int], ...]]
    scale: float
    mean: List[float]
    std: List[float]


def preprocessing_steps(preprocessing: Sequence[Mapping[str, Optional[Mapping[str, object]]]]) -> Steps:
    """Convert the preprocessing of a checkpoint.

    Raises:
        UserError: it has an op that the module does not support, or does not end with NormalizeImage and ToCHWImage.
    """
    parts = split_normalization(preprocessing)
    names = [next(iter(step)) for step in (parts.outside if parts else preprocessing)]
    unsupported = [name for name in names[1:] if name not in ("ResizeImage", "CropImage")]
    if parts is None or unsupported or names[:1] != ["DecodeImage"]:
        raise UserError("a PaddleHub module does not support this preprocessing: " + " -> ".join(names),
                        where="meta.yaml: preprocessing", do="use DecodeImage, then any of ResizeImage and CropImage, "
                        "NormalizeImage, ToCHWImage; or choose another format")
    decode, *rest = [next(iter(step.items())) for step in parts.outside]
    name, params = _call(decode)
    decoder = create("op", name, **params)
    if (decoder.alpha, decoder.depth) != ("drop", "clip"):
        raise UserError("a PaddleHub module decodes only with alpha: drop and depth: clip, not with "
                        f"alpha: {decoder.alpha} and depth: {decoder.depth}", where="meta.yaml: preprocessing",
                        do="choose another format")
    to_rgb = bool(decoder.to_rgb)
    return Steps(to_rgb, [_step(*_call(step)) for step in rest], parts.scale, list(parts.mean), list(parts.std))


def module_text(steps: Steps, info: Mapping[str, str], *, multilabel: bool) -> str:
    """Return the Python source of `module.py`.

    Args:
        steps: the preprocessing.
        info: `name`, `version`, `author`, `email`, `summary`.
        multilabel: scores are sigmoids instead of a softmax.
    """
    text = Path(__file__).with_name("template.py").read_text(encoding="utf-8")
    values: Dict[str, object] = {"TO_RGB": steps.to_rgb, "STEPS": steps.steps, "SCALE": steps.scale, "MEAN": steps.mean,
                              "STD": steps.std, "MULTILABEL": multilabel}
    values.update((key.upper(), value) for key, value in info.items())
    for key, value in values.items():
        text = text.replace(f'"@{key}@"', repr(value))
    return text


def _call(step: Tuple[str, Optional[Mapping[str, object]]]) -> Tuple[str, Dict[str, Any]]:
    """Return name and parameters of an op."""
    return step[0], dict(step[1] or {})


def _step(name: str, params: Dict[str, Any]) -> Tuple[Union[str, int], ...]:
    """Return a step of `template.py`."""
    op = create("op", name, **params)
    if name == "CropImage":
        return "crop", op.width, op.height
    flag = int(interpolation_flag(name, params.get("interpolation", -1)))
    return ("short", op.resize_short, flag) if op.size is None else ("size", *op.size, flag)
