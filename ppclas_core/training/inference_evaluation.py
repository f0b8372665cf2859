# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation on the CPU with Paddle Inference, which is several times faster there than the model in Python."""

from __future__ import annotations

import logging
import tempfile
import time
from pathlib import Path
from typing import Callable, Optional, Sequence, Union

import numpy as np
import paddle
from paddle import nn

from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.bundles.parity import measure_parity
from ppclas_core.system.rank import Rank

_log = logging.getLogger(__name__)

FROM_IMAGES = 256
"""Number of images from which Paddle Inference saves more time than the export costs, one or two seconds."""


def quick(model: nn.Layer, images: int, device: str, rank: Rank) -> Union[nn.Layer, Quick]:
    """Return the model in Paddle Inference if that is faster for so many images, else the model.

    Args:
        model: the model, with the weights to evaluate.
        images: number of images to evaluate.
        device: device of the model; only a model on `cpu` is replaced.
        rank: this process.
    """
    return model if device != "cpu" or images < FROM_IMAGES else Quick(model, rank)


class Quick:
    """Model whose forward pass runs in Paddle Inference, for one evaluation.

    The first call exports the model and compares the outputs of both; later calls use Paddle Inference if they agreed.
    Weights that change after the first call have no effect.

    Args:
        model: the model.
        rank: this process.
        name: name of the network in log lines; empty for the evaluated model.

    Attributes:
        preparing: seconds that the export took.
    """

    def __init__(self, model: nn.Layer, rank: Rank, name: str = "") -> None:
        self._model = model
        self._rank = rank
        self._prefix = f"{name}: " if name else ""
        self._runtime: Optional[Callable[[np.ndarray], np.ndarray]] = None
        self._decided = False
        self.preparing = 0.0

    @property
    def training(self) -> bool:
        """Whether the model is in training mode."""
        return bool(self._model.training)

    def train(self) -> None:
        """Put the model in training mode."""
        self._model.train()

    def eval(self) -> None:
        """Put the model in evaluation mode."""
        self._model.eval()

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """Return the logits (N, num_classes) float32 of images (N, C, H, W) float32."""
        if not self._decided:
            self._decided = True
            return self._first(images)
        if self._runtime is None:
            return self._model(images)
        return paddle.to_tensor(self._runtime(images.numpy()))

    def _first(self, images: paddle.Tensor) -> paddle.Tensor:
        """Return the logits of the model, after they were compared with those of its export."""
        expected = self._model(images)
        started = time.perf_counter()
        try:
            runtime = _export(self._model, list(images.shape[1:]), self._rank)
            found = measure_parity(expected.numpy(), runtime(images.numpy()))
        except ExportFailed as error:
            self._log(f"evaluation by the model, not by Paddle Inference: {error.what}")
        except Exception as error:  # Paddle raises many types; the model can still be evaluated
            reason = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
            self._log(f"evaluation by the model, not by Paddle Inference: Paddle cannot export it: {reason[:200]}")
        else:
            if found.holds:
                self._runtime = runtime
                self._log("evaluation by Paddle Inference (logits of the first batch differ from those of the model by "
                          f"{found.difference:.0e} of their standard deviation)")
            else:
                self._log("evaluation by the model, not by Paddle Inference: its logits differ by "
                          f"{found.difference:.0e} of their standard deviation")
        self.preparing = time.perf_counter() - started
        return expected

    def _log(self, line: str) -> None:
        _log.info("%s%s", self._prefix, line)


def _export(model: nn.Layer, shape: Sequence[int], rank: Rank) -> Callable[[np.ndarray], np.ndarray]:
    """Return the runtime of the exported model, for images of `shape` (C, H, W)."""
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
