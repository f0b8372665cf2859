# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Image classification on PaddlePaddle. The public Python API; each name is imported at first use.

Imports inside functions: every command starts with `errors`, and only an error with a suggestion needs difflib.
"""

from __future__ import annotations

import importlib
import sys
import zlib  # noqa: F401  before Paddle: the zlib that Paddle 2.6 exports crashes Python's and OpenCV's PNG code otherwise
from types import ModuleType
from typing import TYPE_CHECKING, List

__version__ = "0.1.0"

_API = {
    "Callback": "ppclas_core.training.callbacks",
    "UserError": "ppclas_core.errors",
    "check": "ppclas_core.checks.check",
    "create": "ppclas_core.models.create",
    "create_model": "ppclas_core.models.create",
    "dataset": "ppclas_core.data.dataset",
    "evaluate": "ppclas_core.training.evaluate",
    "export": "ppclas_core.export",
    "finetune": "ppclas_core.training.finetune",
    "list_models": "ppclas_core.plugins.models",
    "load_config": "ppclas_core.runs.run_config",
    "Predictor": "ppclas_core.predict",
    "register": "ppclas_core.plugins.register",
    "save_checkpoint": "ppclas_core.bundles.save",
    "train": "ppclas_core.training.run_training",
    "transforms": "ppclas_core.predict.transforms",
}
__all__ = [
    "Callback",
    "Predictor",
    "UserError",
    "__version__",
    "check",
    "create",
    "create_model",
    "dataset",
    "evaluate",
    "export",
    "finetune",
    "list_models",
    "load_config",
    "register",
    "save_checkpoint",
    "train",
    "transforms",
]

if TYPE_CHECKING:
    from ppclas_core.bundles.save import save_checkpoint
    from ppclas_core.checks.check import check
    from ppclas_core.data.dataset import dataset
    from ppclas_core.errors import UserError
    from ppclas_core.export import export
    from ppclas_core.models.create import create, create_model
    from ppclas_core.plugins.models import list_models
    from ppclas_core.plugins.register import register
    from ppclas_core.predict import Predictor
    from ppclas_core.predict.transforms import transforms
    from ppclas_core.runs.run_config import load_config
    from ppclas_core.training.callbacks import Callback
    from ppclas_core.training.evaluate import evaluate
    from ppclas_core.training.finetune import finetune
    from ppclas_core.training.run_training import train
else:  # type checkers would accept any name of a module with this function

    def __getattr__(name: str) -> object:
        if name not in _API:
            raise AttributeError(f"module 'ppclas_core' has no attribute '{name}'")
        return getattr(importlib.import_module(_API[name]), name)


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Class of this package; importing a module `create` or `export` does not replace the function of that name."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _API and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
