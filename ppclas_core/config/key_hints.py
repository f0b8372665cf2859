# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Keys that may be meant by an unknown name: a key of this name in another section, or that of another library."""

from __future__ import annotations

from typing import Dict, List

from ppclas_core.config.schema import BY_PATH, KEYS

OTHER_NAMES: Dict[str, str] = {
    "amp": "use_fp16",
    "arch": "ARCHITECTURE.name",
    "backbone": "ARCHITECTURE.name",
    "base_lr": "LEARNING_RATE.params.lr",
    "batch": "TRAIN.batch_size",
    "class_num": "classes_num",
    "data": "TRAIN.data_dir",
    "ema": "use_ema",
    "fp16": "use_fp16",
    "image_size": "image_shape",
    "img_size": "image_shape",
    "imgsz": "image_shape",
    "input_size": "image_shape",
    "label_smoothing": "ls_epsilon",
    "learning_rate": "LEARNING_RATE.params.lr",
    "lr": "LEARNING_RATE.params.lr",
    "lr0": "LEARNING_RATE.params.lr",
    "max_epochs": "epochs",
    "model": "ARCHITECTURE.name",
    "momentum": "OPTIMIZER.params.momentum",
    "nc": "classes_num",
    "num_classes": "classes_num",
    "num_epochs": "epochs",
    "opt": "OPTIMIZER.function",
    "optimizer": "OPTIMIZER.function",
    "out": "model_save_dir",
    "output_dir": "model_save_dir",
    "pretrained": "pretrained_model",
    "save_dir": "model_save_dir",
    "scheduler": "LEARNING_RATE.function",
    "smoothing": "ls_epsilon",
    "warmup_epochs": "LEARNING_RATE.params.warmup_epoch",
    "weight_decay": "OPTIMIZER.regularizer.factor",
    "weights": "pretrained_model",
    "workers": "TRAIN.num_workers",
}
"""Name in other libraries -> dotted key."""
_OF_MANY = ("function", "name", "params")
"""Keys of several sections; no section is suggested for them."""


def keys_meant(name: str, section: str = "") -> List[str]:
    """Return the dotted keys that may be meant by a name that is no key of `section`; [] if there are none."""
    same = [key.path for key in KEYS if key.name == name and key.section != section and name not in _OF_MANY]
    other = OTHER_NAMES.get(name)
    if other is not None and section == "VALID":
        other = other.replace("TRAIN.", "VALID.")
    return same or ([] if other is None else [other])


def key_hint(name: str, section: str = "") -> str:
    """Return a blank and a sentence that suggests the keys meant by an unknown name; "" if there are none."""
    keys = keys_meant(name, section)
    if not keys:
        return ""
    if section and name in BY_PATH:
        return " It belongs at the top level."
    return f" The key is {' or '.join(keys)}."


def keys_of_option(option: str) -> List[str]:
    """Return the dotted keys that may be meant by an option such as `--batch-size`; [] if there are none."""
    name = option.lstrip("-").replace("-", "_")
    return [name] if name in BY_PATH else keys_meant(name)
