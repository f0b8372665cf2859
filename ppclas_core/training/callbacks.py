# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The base class of training callbacks, named in a config's `callbacks:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Mapping

if TYPE_CHECKING:
    from ppclas_core.training.run_state import Run


class Callback:
    """Override what you need; `run` gives the config, the model, the state and the run folder.

    An exception in a callback ends the training: a logger that must not do so catches its own. `changes_layers` says
    that `on_model_built` changes what layers compute in training steps; they then run as they are, without an
    accelerator or `to_static`, which would not follow.
    """

    changes_layers: ClassVar[bool] = False

    def load_pretrained(self, model: Any, record: Any, source: Any, *, resumed: bool) -> bool:
        """Before a run starts: load further networks, or the weights of the model itself in place of the engine.

        Args:
            model, record: the layer and its record.
            source: `pretrained_model` of the config.
            resumed: the model holds the weights of a checkpoint already, and must keep them.

        Returns:
            True when `source` was dealt with; else the engine loads it into the model of a new run.
        """
        return False

    def on_model_built(self, model: Any, example: Any) -> Any:
        """May return another callable for the forward pass of training steps, which shares the model's parameters.

        Evaluation and checkpoints always use `model` itself.

        Args:
            model: the layer, or what the callback before gave.
            example: a float32 batch (1, C, H, W).
        """
        return model

    def on_train_begin(self, run: Run) -> None:
        """Once, before the first step."""

    def on_batch(self, run: Run, batch: Any) -> None:
        """Before the forward pass of each batch, or of each part of it (`TRAIN.accumulate`): a `Batch` of images,
        labels and the indices of the samples."""

    def on_step_end(self, run: Run, values: Mapping[str, float]) -> None:
        """After each step: `epoch`, `step` (in the epoch), `loss`, `top1`, `topk`, `lr`, `seconds`; with `task:
        multilabel` `f1` in place of `top1` and `topk`."""

    def on_epoch_end(self, run: Run, values: Mapping[str, float]) -> None:
        """After the steps of an epoch: `epoch` and the averages over its samples."""

    def on_eval_end(self, run: Run, values: Mapping[str, float]) -> None:
        """After an evaluation: `epoch`, `loss`, `top1`, `topk`, `samples`; with `task: multilabel` `mAP`, `f1`,
        `macro_f1` in place of `top1` and `topk`."""

    def on_train_end(self, run: Run) -> None:
        """Once, after the last checkpoint, also when the run was interrupted."""
