# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback that the key `use_distillation` enables; its parameters are the section DISTILLATION."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional, Union

from ppclas_core.errors import UserError
from ppclas_core.system import PathText
from ppclas_core.training import Callback
from ppclas_distill.spec import WeightsSource, teacher_specs

if TYPE_CHECKING:
    import paddle
    from paddle import nn

    from ppclas_core.api import Backbone
    from ppclas_core.data import Batch
    from ppclas_core.training import Trainer
    from ppclas_distill.pair import Pair
    from ppclas_distill.teacher_cache import TeacherCache

_log = logging.getLogger(__name__)


class Distillation(Callback):
    """Knowledge distillation: the loss compares the outputs of the trained model (the student) with those of teachers.

    Only the student is evaluated, saved and exported. Teachers are not part of checkpoints: a resumed run loads their
    weights again from the original files.

    Args:
        teacher: name of an architecture or of published weights; or a mapping with `name`, `params` and `pretrained`
            (weights in any form of `pretrained_model`; default: `pretrained_model` has them); or a list of these, whose
            probabilities are averaged.
        bn_mode: batch: a teacher normalizes with the statistics of the batch, which is better if the images are
            augmented (published top-1 of a student: 76.00 % against 75.84 %); running: it normalizes as in evaluation.
        precision: precision of the teachers' forward pass; default: that of the student.
        device: device of the teachers: cpu, gpu or gpu:N; default: that of the student.
        cache: folder that caches the outputs of the teachers, so that they are computed in one epoch only. It requires
            `bn_mode: running` and deterministic transforms.
        cache_precision: dtype of the cache: float32, or float16, which needs half the space.
    """

    def __init__(
        self,
        teacher: Union[str, Dict[str, Any], List[Any]],
        bn_mode: Literal["batch", "running"] = "batch",
        precision: Optional[Literal["float32", "float16", "bfloat16"]] = None,
        device: Optional[str] = None,
        cache: Optional[PathText] = None,
        cache_precision: Literal["float32", "float16"] = "float32",
    ) -> None:
        if cache and bn_mode == "batch":
            raise UserError("the outputs of the teacher cannot be cached: with bn_mode 'batch' they depend on the "
                            "other "
                            "images of the batch", do="set bn_mode: running, or remove cache")
        if cache_precision != "float32" and not cache:
            raise UserError("cache_precision has no effect without cache", do="remove it, or set cache")
        self._specs = teacher_specs(teacher)
        self._bn_mode = bn_mode
        self._precision = precision
        self._device = device
        self._cache = cache
        self._cache_precision = cache_precision
        self._teachers: List[nn.Layer] = []
        self._pair: Optional[Pair] = None

    def load_pretrained(self, model: nn.Layer, record: Backbone, source: Optional[WeightsSource], *,
                        resumed: bool) -> bool:
        """Build the teachers and load their weights; load those of the student too if `source` has them.

        Raises:
            UserError: a teacher has no weights, weights do not fit, or Paddle cannot use device or precision.
        """
        from ppclas_distill import teachers
        from ppclas_distill.device import check_device, on_device
        from ppclas_distill.roles import Role

        check_device(self._device)
        with on_device(self._device):
            teachers.check_precision(self._precision)
            self._teachers = teachers.build_teachers(self._specs, model)
            return teachers.load_teachers(self._specs, self._teachers, Role(model, record), source, resumed=resumed)

    def on_model_built(self, model: nn.Layer, example: paddle.Tensor) -> nn.Layer:
        """Return the layer of student and teachers, which training calls instead of the model."""
        from ppclas_distill.pair import Pair

        self._pair = Pair(model, self._teachers, self._bn_mode, self._precision, self._device)
        return self._pair

    def on_train_begin(self, run: Trainer) -> None:
        """Check that the run has a teacher, export teachers for faster inference, and open the cache.

        Raises:
            UserError: the callback is listed under `callbacks`, or outputs cannot be cached because the training
                transforms are random.
        """
        if not run.has_teacher or self._pair is None:
            raise UserError("the callback Distillation needs 'use_distillation: True'",
                            do="remove it from callbacks; its parameters stand under DISTILLATION")
        if self._bn_mode == "running" and self._device in (None, "cpu") and self._is_float32(run):
            from ppclas_distill.inference_teacher import inference_teachers

            self._pair.teachers = inference_teachers(self._teachers, run)
        if self._cache:
            cache = self._pair.cache = self._open_cache(run, self._cache)
            _log.info("teacher cache: %d of %d outputs in %s (%.1f MB when complete)", cache.filled,
                      len(run.loader.source), cache.folder, cache.megabytes)

    def _is_float32(self, run: Trainer) -> bool:
        return self._precision == "float32" or (self._precision is None and not run.amp.enabled)

    def on_batch(self, run: Trainer, batch: Batch) -> None:
        """Pass the sample indices of the next batch to the cache."""
        if self._pair is not None:
            self._pair.indices = batch.indices

    def _open_cache(self, run: Trainer, folder: str) -> TeacherCache:
        from ppclas_distill.deterministic_input import check_deterministic_input
        from ppclas_distill.teacher_cache import TeacherCache, digest_of_paths, digest_of_weights

        check_deterministic_input(run.config, run.loader)
        config: Dict[str, Any] = run.config.to_dict()
        key = {
            "teachers": [{"name": spec.name, "params": spec.params, "weights": digest_of_weights(teacher)}
                         for spec, teacher in zip(self._specs, self._teachers)],
            "precision": self._precision or [config.get(name) for name in ("use_fp16", "amp_level", "amp_dtype")],
            "transforms": config["TRAIN"]["transforms"],
            "paths": digest_of_paths(run.loader.source),
        }
        shape = (len(run.loader.source), run.config.num_classes)
        return TeacherCache(Path(folder), key, shape, self._cache_precision)
