# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Training: construction of the components from a config, the training loop, evaluation.

Imports inside functions: the launcher, the collectives and `train` check a config and run a single process without
Paddle, which takes seconds to import; an evaluation that does not export the model needs no runtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "Callback": "ppclas_core.training.callbacks",
    "FREE_KEYS": "ppclas_core.training.resume",
    "FROM_IMAGES": "ppclas_core.training.inference_evaluation",
    "Quick": "ppclas_core.training.inference_evaluation",
    "ScalarLogger": "ppclas_core.training.scalar_logger",
    "summed": "ppclas_core.training.distributed.collectives",
    "train": "ppclas_core.training.run_training",
    "Trainer": "ppclas_core.training.trainer",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.training.callbacks import Callback as Callback
    from ppclas_core.training.distributed.collectives import summed as summed
    from ppclas_core.training.inference_evaluation import FROM_IMAGES as FROM_IMAGES
    from ppclas_core.training.inference_evaluation import Quick as Quick
    from ppclas_core.training.resume import FREE_KEYS as FREE_KEYS
    from ppclas_core.training.run_training import train as train
    from ppclas_core.training.scalar_logger import ScalarLogger as ScalarLogger
    from ppclas_core.training.trainer import Trainer as Trainer

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
