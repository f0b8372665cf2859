# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Config for fine-tuning on a folder, list or table of images.

Every value is derived from the data or the model; comments in the YAML explain how.
"""

from __future__ import annotations

import math
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ppclas_core.api import Backbone
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.json_text import to_json

SMALL, MEDIUM, LARGE = 1_000, 10_000, 100_000
"""Thresholds of the rules, in training images."""

BIG_MODEL = 20_000_000
"""Number of parameters from which a model counts as large (ResNet50 has 25.6 million)."""


class Data(NamedTuple):
    """Properties of the images.

    Args:
        train, valid: keys of TRAIN and VALID that name the data (`file_list`, `data_dir`).
        label_list: file of class names; None if the folders have them.
        images, valid_images, classes: number of training images, of validation images and of classes.
        smallest, largest: number of training images of the smallest and of the largest class.
    """

    train: Mapping[str, str]
    valid: Mapping[str, str]
    label_list: Optional[str]
    images: int
    valid_images: int
    classes: int
    smallest: int
    largest: int


class Choice(NamedTuple):
    """Choices of the user.

    Args:
        model: name of the model.
        pretrained: weights to start from; True: the published ones, None: random initialization.
        save_dir: folder of the runs.
        epochs, batch_size, image_size, lr: values that replace the derived ones; image size in pixels.
        freeze: parts that are not trained.
    """

    model: str
    pretrained: Union[str, bool, None]
    save_dir: str
    epochs: Optional[int] = None
    batch_size: Optional[int] = None
    image_size: Optional[int] = None
    lr: Optional[float] = None
    freeze: Sequence[str] = ()


def learning_rate(images: int, *, pretrained: bool) -> float:
    """Return the learning rate.

    Fine-tuning: 0.001 up to 1,000 images, 0.01 from 100,000 images, logarithmic interpolation between them. From random
    weights: 0.1, the rate for a batch of 256.
    """
    if not pretrained:
        return 0.1
    position = math.log(min(max(images, SMALL), LARGE) / SMALL) / math.log(LARGE / SMALL)  # 0 to 1
    return float(f"{0.001 * 10**position:.2g}")


def batch_size(images: int) -> int:
    """Return the batch size: a power of 2, 4 to 256, with about 30 steps per epoch or more on small data sets."""
    if images < MEDIUM:
        largest = 32
    else:
        largest = 64 if images < LARGE else 256
    return 1 << int(math.log2(min(max(images / 30, 4), largest)))


def epoch_count(images: int, batch: int, *, pretrained: bool) -> int:
    """Return the number of epochs: 20, or up to 100 to reach 1,000 steps; three times that from random weights."""
    steps = max(images // batch, 1)
    count = min(max(20, math.ceil(1000 / steps)), 100)
    return count if pretrained else 3 * count


class _Values(NamedTuple):
    """Values of the config that several of its lines use.

    Args:
        tuned: training starts from pretrained weights.
        large: the model counts as large.
        batch: images per training step.
        size: image size in pixels.
        cubic: parameters of an op for bicubic interpolation; empty for bilinear interpolation.
        normalize: parameters of NormalizeImage.
    """

    tuned: bool
    large: bool
    batch: int
    size: int
    cubic: Mapping[str, Any]
    normalize: Mapping[str, Any]


def finetune_yaml(record: Backbone, preprocessing: Mapping[str, Any], data: Data, choice: Choice) -> str:
    """Return the YAML text of the config.

    Args:
        record: record of the model.
        preprocessing: preprocessing of its weights, see `model_preprocessing`.
        data: properties of the images.
        choice: choices of the user.
    """
    values = _Values(
        tuned=choice.pretrained is not None,
        large=(record.params or 0) >= BIG_MODEL,
        batch=choice.batch_size or batch_size(data.images),
        size=choice.image_size or preprocessing["input_size"],
        cubic={"interpolation": 2} if preprocessing["interpolation"] == "bicubic" else {},
        normalize={"scale": "1./255.", "mean": preprocessing["mean"], "std": preprocessing["std"], "order": ""},
    )
    short = round(values.size * preprocessing["resize_short"] / preprocessing["input_size"])
    lines = [*_model_lines(record, data, choice, values), "", *_optimizer_lines(data.images, values, choice.lr), "",
             *_train_lines(data, values), "", *_valid_lines(data, short, values)]
    return "\n".join(lines) + "\n"


def _model_lines(record: Backbone, data: Data, choice: Choice, values: _Values) -> List[str]:
    images, tuned, size = data.images, values.tuned, values.size
    epochs = choice.epochs or epoch_count(images, values.batch, pretrained=tuned)
    smoothing = 0.1 if values.large and images >= MEDIUM else 0.0
    return [
        f"# {choice.model} on {images:,} photos of {data.classes} classes ({data.smallest:,} to {data.largest:,} of "
        f"each), validated on {data.valid_images:,}. Written by 'ppclas finetune';",
        "# change what you like and start it with: ppclas run THIS_FILE",
        "mode: train",
        "ARCHITECTURE:",
        f"  name: {_text(record.name)}",
        *_multipliers(record, images, values.large, tuned),
        "# Weights to start from; the classifier is new, as it has other classes.",
        f"pretrained_model: {_text(choice.pretrained)}" if tuned else "pretrained_model:  # none: from random weights",
        f"model_save_dir: {_text(choice.save_dir)}",
        f"classes_num: {data.classes}",
        *([f"label_list: {_text(data.label_list)}"] if data.label_list else []),
        *([f"freeze: {_text(list(choice.freeze))}  # as given: they keep their weights"] if choice.freeze else []),
        f"epochs: {epochs}  # {_why_epochs(choice, images, values.batch)}",
        "save_interval: 0  # only the best and the last epoch are kept",
        f"topk: {min(5, data.classes)}",
        f"image_shape: [3, {size}, {size}]  # {_why_size(choice, tuned)}; smaller is faster, larger more accurate",
        f"ls_epsilon: {smoothing}  # label smoothing: 0.1 pays for large models on {MEDIUM:,} photos or more",
    ]


def _optimizer_lines(images: int, values: _Values, given: Optional[float]) -> List[str]:
    rate = learning_rate(images, pretrained=values.tuned)
    if values.tuned:
        decay = "1e-6" if images < MEDIUM else "1e-5"
        why_decay = "hardly any: what was learnt is to be kept"
        rate_line = f"    lr: {rate}  # 0.001 below 1,000 photos to 0.01 from 100,000 on"
    else:
        decay = "1e-4" if values.large else "4e-5"
        why_decay = "large models 1e-4, small ones 4e-5"
        rate_line = f"    lr: {rate * min(values.batch, 256) / 256:g}  # 0.1 per batch of 256"
    if given is not None:
        rate_line = f"    lr: {given:g}  # as given"
    return [
        "LEARNING_RATE:",
        "  function: CosineWarmup  # up within the first epoch, then down to 0 along a cosine",
        "  params:",
        rate_line,
        "    warmup_epoch: 1",
        "",
        "OPTIMIZER:",
        "  function: Momentum",
        "  params: {momentum: 0.9}",
        f"  regularizer: {{function: L2, factor: {decay}}}  # {why_decay}",
    ]


def _train_lines(data: Data, values: _Values) -> List[str]:
    ratio = data.largest / max(data.smallest, 1)
    balanced = [f"  # The largest class has {ratio:.0f} times the photos of the smallest:",
                "  # each class comes equally often.", "  sampler: balanced"]
    return [
        "TRAIN:",
        f"  batch_size: {values.batch}  # lower it when memory is short",
        "  num_workers: auto",
        *(balanced if ratio >= 10 else []),
        *(f"  {key}: {_text(value)}" for key, value in data.train.items()),
        "  transforms:",
        *_training_ops(data.images, values.size, values.cubic, values.normalize),
    ]


def _valid_lines(data: Data, short: int, values: _Values) -> List[str]:
    """Return the lines of VALID; `short` is the length of the short side before the crop, in pixels."""
    return [
        "VALID:",
        f"  batch_size: {max(values.batch, 32)}",
        "  num_workers: auto",
        *(f"  {key}: {_text(value)}" for key, value in data.valid.items()),
        "  transforms:",
        "  - DecodeImage: {to_rgb: True}",
        f"  - ResizeImage: {_text({'resize_short': short, **values.cubic})}",
        f"  - CropImage: {{size: {values.size}}}",
        f"  - NormalizeImage: {_text(values.normalize)}",
        "  - ToCHWImage:",
    ]


def _why_size(choice: Choice, tuned: bool) -> str:
    if choice.image_size:
        return "as given"
    return "what the weights were made for" if tuned else "what the architecture was made for"


def _why_epochs(choice: Choice, images: int, batch: int) -> str:
    steps = max(images // batch, 1)
    if choice.epochs:
        return f"as given, of {steps:,} steps each"
    if choice.pretrained is not None:
        return f"of {steps:,} steps: 20, or what makes about 1,000 steps, at most 100"
    return f"of {steps:,} steps: 60, or what makes about 3,000 steps, at most 300; from random weights"


def _multipliers(record: Backbone, images: int, large: bool, tuned: bool) -> List[str]:
    if not tuned or images >= MEDIUM or len(record.lr_stages) != 5:
        return []
    factors = [0.1, 0.1, 0.2, 0.2, 0.3] if large else [0.25, 0.25, 0.5, 0.5, 0.75]
    return ["  params:", "    # Early stages know edges and textures already: they learn at a part of the rate.",
            f"    lr_mult_list: {factors}"]


def _training_ops(images: int, size: int, cubic: Mapping[str, Any], normalize: Mapping[str, Any]) -> List[str]:
    scale, why = _crop(images)
    lines = ["  - DecodeImage: {to_rgb: True}", f"  # {why}",
             f"  - RandCropImage: {_text({'size': size, 'scale': scale, **cubic})}",
             "  - RandFlipImage: {flip_code: 1}  # remove it where left and right mean something, as in writing"]
    return [*lines, *_recommended_ops(images, normalized=False), f"  - NormalizeImage: {_text(normalize)}",
            *_recommended_ops(images, normalized=True), "  - ToCHWImage:"]


def _recommended_ops(images: int, *, normalized: bool) -> List[str]:
    """Return a YAML line per installed op recommended for this number of images, before or after NormalizeImage."""
    lines = []
    for entry in catalogue().entries("op"):
        when = entry.record.recommended
        if when is None or when.normalized != normalized or images < when.min_images:
            continue
        if when.below_images is not None and images >= when.below_images:
            continue
        params = f" {_text(dict(when.params))}" if when.params else ""
        lines.append(f"  - {entry.record.name}:{params}" + (f"  # {when.why}" if when.why else ""))
    return lines


def _crop(images: int) -> Tuple[List[float], str]:
    if images < SMALL:
        return [0.35, 1.0], "Crops of 35 to 100 % of the area: with few photos each epoch must show the whole object."
    if images < MEDIUM:
        return [0.2, 1.0], "Crops of 20 to 100 % of the area."
    return [0.08, 1.0], "Crops of 8 to 100 % of the area, as for ImageNet."


def _text(value: object) -> str:
    """Return a value as one line of JSON, which is valid YAML."""
    return to_json(value)
