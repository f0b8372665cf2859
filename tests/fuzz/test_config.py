# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A damaged config, or a wild override, is a config or an error with its place; never a crash."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from ppclas_core.config.load import load_config
from ppclas_core.config.render import render
from ppclas_core.errors import UserError
from tests.fuzz.mutations import JUNK, check, damaged, damaged_lines, lengths

CONFIG = b"""\
mode: train
ARCHITECTURE:
  name: MobileNetV3_small_x0_5
  params:
    lr_mult_list: [0.1, 0.5, 1.0, 1.0, 1.0]
pretrained_model: ''
model_save_dir: ./output/
classes_num: 10
save_interval: 1
epochs: 12
topk: 5
image_shape: [3, 32, 32]
ls_epsilon: 0.1
LEARNING_RATE:
  function: CosineWarmup
  params:
    lr: 0.1
    warmup_epoch: 2
OPTIMIZER:
  function: Momentum
  params:
    momentum: 0.9
  regularizer:
    function: L2
    factor: 0.0001
class_weights: {cat: 1.0, dog: 2.0}
early_stop: {patience: 3}
TRAIN:
  batch_size: 64
  num_workers: 2
  file_list: train.txt
  data_dir: data
  transforms:
  - DecodeImage:
      to_rgb: true
  - RandCropImage:
      size: 32
  - NormalizeImage:
      scale: 1./255.
      mean: [0.485, 0.456, 0.406]
      std: [0.229, 0.224, 0.225]
      order: ''
  - ToCHWImage:
VALID:
  batch_size: 64
  data_dir: data
  transforms:
  - DecodeImage: {to_rgb: true}
  - ResizeImage: {size: 32}
  - ToCHWImage:
"""
KEYS = ["epochs", "TRAIN.batch_size", "LEARNING_RATE.params.lr", "TRAIN.transforms.1.RandCropImage.size", "image_shape",
        "ARCHITECTURE.name", "classes_num", "VALID", "TRAIN.transforms", "nothing", "", ".", "TRAIN.", "a.b.c.0"]


def load(path: Path, *overrides: str) -> None:
    """Load and print a config; a `UserError` is right too, and its text is short."""
    try:
        said = render(load_config(path, list(overrides), inspect_only=True))
    except UserError as error:
        said = str(error)
    assert len(said) < 20_000


@lengths
def test_a_damaged_config_loads_or_names_its_fault(examples: int, tmp_path: Path) -> None:
    path = tmp_path / "damaged.yaml"

    def property(data: bytes) -> None:
        path.write_bytes(data)
        load(path)

    check(examples, property, damaged([CONFIG]) | damaged_lines(CONFIG.split(b"\n")))


@lengths
def test_a_wild_override_is_taken_or_refused(examples: int, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(CONFIG)
    values = st.sampled_from([junk.decode("utf-8", "replace") for junk in JUNK]) | st.text(max_size=20)

    check(examples, lambda pair: load(path, f"{pair[0]}={pair[1]}"),
          st.tuples(st.sampled_from(KEYS) | st.text(max_size=8), values))
