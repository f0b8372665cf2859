# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Trainings that take no time: what they report is a function of the point. No Paddle is imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Optional

PLUGIN = '''
from ppclas_core.api import Backbone, hookimpl

@hookimpl
def ppclas_backbones():
    return [Backbone("SearchedNet", "nowhere:Net", "Stub", input_size=16, resize_short=16)]
'''

BASE = """
ARCHITECTURE: {name: SearchedNet}
model_save_dir: output
classes_num: 3
image_shape: [3, 16, 16]
epochs: 6
LEARNING_RATE: {function: Cosine, params: {lr: 0.05}}
OPTIMIZER:
  function: Momentum
  params: {momentum: 0.9}
  regularizer: {function: L2, factor: 0.0001}
TRAIN: {batch_size: 8, data_dir: data, transforms: [{DecodeImage: {}}, {NormalizeImage: {}}, {ToCHWImage: null}]}
VALID: {batch_size: 8, data_dir: data, transforms: [{DecodeImage: {}}, {NormalizeImage: {}}, {ToCHWImage: null}]}
"""


class Stub:
    """Done at its first `poll`, unless `hangs`; then it ends with 143 when it is asked to stop.

    Args:
        curve: point -> epoch -> figure; an error that it raises is the reason of a failure.
    """

    def __init__(self, folder: Path, curve: Callable[[Dict[str, Any]], Dict[int, float]], hangs: bool = False) -> None:
        self.hangs, self.stopped, self.error = hangs, False, ""
        self.params = json.loads((folder / "trial.json").read_text(encoding="utf-8"))["params"]
        self._values: Dict[int, float] = {}
        try:
            self._values = curve(self.params)
        except ValueError as error:
            self.error = str(error)

    def poll(self) -> Optional[int]:
        if self.stopped:
            return 143
        return None if self.hangs else 2 if self.error else 0

    def values(self) -> Dict[int, float]:
        return self._values

    def stop(self) -> None:
        self.stopped = True

    def kill(self) -> None:
        self.stopped = True

    def reason(self) -> str:
        return self.error
