# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The base class of training callbacks, named in a config's `callbacks:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Mapping

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer


class Callback:
    """Override what you need; `run` is the `Trainer`: its attributes are the config, model, state and run folder.

    An exception in a callback ends the training: a logger that must not do so catches its own. `changes_layers` says
    that `on_model_built` changes what layers compute in training steps; they then run as they are, without an
    accelerator or `to_static`, which would not follow.
    """

    changes_layers: ClassVar[bool] = False

    def load_pretrained(self, model: Any, record: Any, source: Any, *, resumed: bool) -> bool:
        """Load further networks, or the weights of the model in place of the trainer, before a run starts.

        Args:
            model, record: the layer and its record.
            source: `pretrained_model` of the config.
            resumed: the model holds the weights of a checkpoint already, and must keep them.

        Returns:
            True when `source` was loaded; else the trainer loads it into the model of a new run.
        """
        return False

    def on_model_built(self, model: Any, example: Any) -> Any:
        """Return what training steps call: the model, or another callable with the same parameters.

        Evaluation and checkpoints always use `model` itself.

        Args:
            model: the layer, or what the callback before returned.
            example: a float32 batch (1, C, H, W).
        """
        return model

    def on_train_begin(self, run: Trainer) -> None:
        """Run once, before the first step."""

    def on_batch(self, run: Trainer, batch: Any) -> None:
        """Run before the forward pass of each batch, or of each part of it (`TRAIN.accumulate`).

        Args:
            batch: a `Batch` of images, labels and the indices of the samples.
        """

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Run after each step.

        Args:
            values: `epoch`, `step` (in the epoch), `loss`, the metrics `run.task.step_names` (`top1` and `topk`; with
                `task: multilabel` `f1`), `lr`, `seconds`.
        """

    def on_epoch_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Run after the steps of an epoch.

        Args:
            values: `epoch`, and `loss`, metrics and `seconds` over its samples.
        """

    def on_eval_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Run after an evaluation.

        Args:
            values: `epoch`, `loss`, the metrics `run.task.logged` (`top1` and `topk`; with `task: multilabel` `mAP`,
                `f1`, `macro_f1`; those of the keys `monitor` and `metrics`), `samples`, `seconds`.
        """

    def on_train_end(self, run: Trainer) -> None:
        """Run once, after the last checkpoint, also when the run was interrupted."""
