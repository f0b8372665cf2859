# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation on the CPU by Paddle Inference, which is several times faster there than the model itself."""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np
import paddle

from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.bundles.parity import measure_parity
from ppclas_core.system.rank import Rank

_log = logging.getLogger(__name__)

FROM_IMAGES = 256
"""Fewer images are evaluated by the model itself: to export it and to open the runtime takes a second or two."""


def quick(model: Any, images: int, device: str, rank: Rank) -> Any:
    """Return a model with its current weights in Paddle Inference where that pays, else the model itself.

    Args:
        images: how many will be evaluated.
        device: of the model; only on `cpu` it is replaced.
    """
    return model if device != "cpu" or images < FROM_IMAGES else Quick(model, rank)


class Quick:
    """Exports the model at the first call and compares the outputs; later calls use Paddle Inference alone.

    It is for one evaluation: weights that change after the first call have no effect.

    Args:
        name: of the network in log lines, empty for the model that is evaluated.
    """

    def __init__(self, model: Any, rank: Rank, name: str = "") -> None:
        self._model, self._rank = model, rank
        self._prefix = f"{name}: " if name else ""
        self._runtime: Optional[Callable[[np.ndarray], np.ndarray]] = None
        self._decided = False
        self.preparing = 0.0  # seconds that the export took

    @property
    def training(self) -> bool:
        """Mode of the model."""
        return bool(self._model.training)

    def train(self) -> None:
        """Put the model in training mode."""
        self._model.train()

    def eval(self) -> None:
        """Put the model in evaluation mode."""
        self._model.eval()

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """(N, C, H, W) float32 -> logits (N, num_classes) float32."""
        if not self._decided:
            self._decided = True
            return self._first(images)
        if self._runtime is None:
            return self._model(images)
        return paddle.to_tensor(self._runtime(images.numpy()))

    def _first(self, images: paddle.Tensor) -> Any:
        """Return the outputs of the model itself, with which the export is compared."""
        expected = self._model(images)
        started = time.perf_counter()
        try:
            runtime = _export(self._model, list(images.shape[1:]), self._rank)
            found = measure_parity(expected.numpy(), runtime(images.numpy()))
        except ExportFailed as error:
            self._log(f"evaluation by the model itself: {error.what}")
        except Exception as error:  # whatever Paddle raises, the model itself can be evaluated
            reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
            self._log(f"evaluation by the model itself: Paddle cannot export it: {reason[:200]}")
        else:
            if found.holds:
                self._runtime = runtime
                self._log(f"evaluation by Paddle Inference (logits of the first batch differ by {found.difference:.0e} "
                          "of their spread from the model's)")
            else:
                self._log("evaluation by the model itself: logits of Paddle Inference differ by "
                          f"{found.difference:.0e} of their spread")
        self.preparing = time.perf_counter() - started
        return expected

    def _log(self, line: str) -> None:
        _log.info("%s%s", self._prefix, line)


def _export(model: Any, shape: Any, rank: Rank) -> Callable[[np.ndarray], np.ndarray]:
    from ppclas_core.export.deployed_layer import Deployed
    from ppclas_core.runtimes.paddle_inference import PaddleRuntime
    from ppclas_core.system.cores import usable_cores

    layer = Deployed(model)
    layer.eval()
    with tempfile.TemporaryDirectory(prefix="ppclas-") as folder, paddle.no_grad():
        spec = paddle.static.InputSpec([None, *shape], "float32", "image")
        paddle.jit.save(layer, str(Path(folder) / "model"), input_spec=[spec])
        files = [Path(folder) / f"model{suffix}" for suffix in (".json", ".pdmodel")]
        file = next(file for file in files if file.is_file())
        return PaddleRuntime(file, file.with_suffix(".pdiparams"), threads=max(1, usable_cores() // rank.world))
