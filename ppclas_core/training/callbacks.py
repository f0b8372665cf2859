# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of training callbacks, which a config lists under `callbacks` or Python code passes to `train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Mapping

if TYPE_CHECKING:
    import paddle
    from paddle import nn

    from ppclas_core.api import Backbone
    from ppclas_core.data.loader import Batch
    from ppclas_core.models.pretrained import Source
    from ppclas_core.training.forward import Forward
    from ppclas_core.training.trainer import Trainer


class Callback:
    """Callback of a training; a subclass overrides the methods that it needs.

    `run` is the `Trainer`, whose attributes include the config, the model, the progress and the run folder.
    `run.stop = True`, in any method, ends the run after the current epoch, whose evaluation and checkpoint are
    completed. An exception in a callback ends the training at once.

    Attributes:
        changes_layers: `on_model_built` changes the computation of layers in training steps. Neither an accelerator nor
            `to_static` is used then, as they would ignore the change.
    """

    changes_layers: ClassVar[bool] = False

    def load_pretrained(self, model: nn.Layer, record: Backbone, source: Source, *, resumed: bool) -> bool:
        """Load further networks before a run starts, or load the weights of the model instead of the trainer.

        Args:
            model: the model.
            record: record of its architecture.
            source: `pretrained_model` of the config.
            resumed: the run continues a checkpoint, whose weights the model gets later.

        Returns:
            Whether the callback has loaded `source`; else the trainer loads it into the model of a new run.
        """
        return False

    def on_model_built(self, model: Forward, example: paddle.Tensor) -> Forward:
        """Return the forward pass of training steps: the model, or another callable with the same parameters.

        Evaluation and checkpoints always use the model.

        Args:
            model: the model, or the result of the callback before.
            example: batch (1, C, H, W) float32.
        """
        return model

    def on_train_begin(self, run: Trainer) -> None:
        """Run once, before the first step."""

    def on_batch(self, run: Trainer, batch: Batch) -> None:
        """Run before the forward pass of each batch, or of each of its parts (`TRAIN.accumulate`).

        Args:
            run: the trainer.
            batch: images, labels and indices of the samples.
        """

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Run after each step.

        Args:
            run: the trainer.
            values: `epoch`, `step` (in the epoch), `loss`, the metrics `run.task.step_names` (`top1` and `topk`; with
                `task: multilabel` `f1`), `lr`, `seconds`.
        """

    def on_epoch_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Run after the steps of an epoch.

        Args:
            run: the trainer.
            values: `epoch`, and `loss`, metrics and `seconds` over its samples.
        """

    def on_eval_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Run after an evaluation.

        Args:
            run: the trainer.
            values: `epoch`, `loss`, the metrics `run.task.logged` (`top1` and `topk`; with `task: multilabel` `mAP`,
                `f1`, `macro_f1`; those of the keys `monitor` and `metrics`), `samples`, `seconds`.
        """

    def on_train_end(self, run: Trainer) -> None:
        """Run once, after the last checkpoint, also after an interruption."""
