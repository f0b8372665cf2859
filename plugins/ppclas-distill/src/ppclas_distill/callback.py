# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The callback that the key `use_distillation` enables; its parameters are the section DISTILLATION."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional, Union

from ppclas_core.errors import UserError
from ppclas_core.system import PathText
from ppclas_core.training import Callback
from ppclas_distill.spec import TeacherSpec, teacher_specs

_log = logging.getLogger(__name__)


class Distillation(Callback):
    """Knowledge distillation: the loss compares the outputs of the trained model (the student) with those of teachers.

    Only the student is evaluated, saved and exported. Teachers are not part of checkpoints; a resumed run loads them
    again from their original files.

    Args:
        teacher: name of an architecture or of published weights; or a mapping with `name`, `params` and `pretrained`
            (weights in the forms of `pretrained_model`; default: they are part of `pretrained_model`); or a list of
            these, whose probabilities are averaged.
        bn_mode: batch: a teacher normalizes with the statistics of the batch, which is better for students that are
            trained on augmented images (published: 76.00 against 75.84); running: as in evaluation.
        precision: precision of the teachers' forward pass; default: that of the student.
        device: device of the teachers: cpu, gpu or gpu:N; default: that of the student.
        cache: folder that caches the outputs of the teachers, so that they compute only one epoch. It needs
            `bn_mode: running` and deterministic transforms.
        cache_precision: dtype of the cache, float32 or float16, which takes half the space.
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
            raise UserError("the outputs of the teacher cannot be kept: under bn_mode 'batch' they depend on the other "
                            "images of the batch", do="bn_mode: running, or leave out cache")
        if cache_precision != "float32" and not cache:
            raise UserError("cache_precision has no effect without cache")
        self._specs, self._bn_mode, self._precision = teacher_specs(teacher), bn_mode, precision
        self._device, self._cache, self._cache_precision = device, cache, cache_precision
        self._teachers: List[Any] = []
        self._pair: Any = None

    def load_pretrained(self, model: Any, record: Any, source: Any, *, resumed: bool) -> bool:
        """Build the teachers with their weights, and load the student's weights in `source` into a new run's student.

        Raises:
            UserError: a teacher has no weights, or weights do not fit.
        """
        from ppclas_distill.place import on_device, refuse_device

        refuse_device(self._device)
        with on_device(self._device):
            return self._load(model, record, source, resumed)

    def _load(self, model: Any, record: Any, source: Any, resumed: bool) -> bool:
        from ppclas_core.models import PretrainedSource, create_model
        from ppclas_core.plugins import find_model

        _refuse_precision(self._precision)
        common = {"num_classes": model.num_classes, "in_channels": model.in_channels}
        self._teachers = [create_model(spec.name, **{**spec.params, **common}) for spec in self._specs]
        for teacher in self._teachers:
            teacher.class_names = getattr(model, "class_names", None)  # its outputs must be in the student's order
        open_ones = []
        for spec, teacher in zip(self._specs, self._teachers):
            if spec.pretrained is None:
                open_ones.append((spec, teacher))
            else:
                _load(teacher, find_model(spec.name)[0].record, PretrainedSource(spec.pretrained, spec.name))
        if not open_ones:
            return False
        if len(open_ones) > 1 or not source:
            lacking = ", ".join(spec.name for spec, _ in open_ones)
            raise UserError(f"no weights for the teacher {lacking}" if not source else
                            f"it is not said which weights of 'pretrained_model' are those of {lacking}",
                            do="DISTILLATION: {teacher: {name: NAME, pretrained: PATH}}")
        self._share(*open_ones[0], model, record, source, resumed)
        return True

    def _share(self, spec: TeacherSpec, teacher: Any, student: Any, record: Any, source: Any, resumed: bool) -> None:
        """Load the parts of `pretrained_model` that belong to teacher and student."""
        from ppclas_core.models import PretrainedSource
        from ppclas_core.plugins import find_model
        from ppclas_core.weights import load_weights
        from ppclas_distill.roles import Role, share

        if source is True:
            source = [PretrainedSource(True, name).resolve()[0] for name in (spec.name, record.name)]
        entry, _ = find_model(spec.name)
        sources = source if isinstance(source, list) else [source]
        for_teacher, for_student = share(sources, Role(teacher, entry.record), Role(student, record))
        _load(teacher, entry.record, for_teacher)
        if for_student and not resumed:
            load_weights(student, record, for_student)

    def on_model_built(self, model: Any, example: Any) -> Any:
        """Return the layer of student and teachers, which training calls instead of the model."""
        from ppclas_distill.pair import Pair

        self._pair = Pair(model, self._teachers, self._bn_mode, self._precision, self._device)
        return self._pair

    def on_train_begin(self, run: Any) -> None:
        """Check that the run has a teacher, export teachers for fast inference, and open the cache.

        Raises:
            UserError: the callback is listed under `callbacks`, or the training transforms are random, so that outputs
                cannot be cached.
        """
        if not run.has_teacher:
            raise UserError("the callback Distillation needs 'use_distillation: True'",
                            do="remove it from callbacks; its parameters stand under DISTILLATION")
        if self._bn_mode == "running" and self._device in (None, "cpu") and self._in_float32(run):
            from ppclas_distill.quick_teacher import quick_teachers

            self._pair.teachers = quick_teachers(self._teachers, run)
        if self._cache:
            self._pair.cache = self._open_cache(run, self._cache)
            cache = self._pair.cache
            _log.info("outputs of the teacher: %d of %d are kept in %s (%.1f MB when full)", cache.filled,
                      len(run.loader.source), cache.folder, cache.megabytes)

    def _in_float32(self, run: Any) -> bool:
        return self._precision == "float32" or (self._precision is None and not run.amp.enabled)

    def on_batch(self, run: Any, batch: Any) -> None:
        """Set the sample indices of the next batch for the cache."""
        if self._pair is not None:
            self._pair.indices = batch.indices

    def _open_cache(self, run: Any, folder: str) -> Any:
        from ppclas_distill.fixed_input import refuse_changing_input
        from ppclas_distill.teacher_cache import TeacherCache, digest_of_paths, digest_of_weights

        refuse_changing_input(run.config, run.loader)
        plain: Dict[str, Any] = run.config.to_dict()
        key = {
            "teachers": [{"name": spec.name, "params": spec.params, "weights": digest_of_weights(teacher)}
                         for spec, teacher in zip(self._specs, self._teachers)],
            "precision": self._precision or [plain.get(name) for name in ("use_fp16", "amp_level", "amp_dtype")],
            "transforms": plain["TRAIN"]["transforms"],
            "paths": digest_of_paths(run.loader.source),
        }
        shape = (len(run.loader.source), run.config.num_classes)
        return TeacherCache(Path(folder), key, shape, self._cache_precision)


def _load(teacher: Any, record: Any, source: Any) -> None:
    """Load a `PretrainedSource`, or weights files that are read already, into a teacher."""
    from ppclas_core.models import PretrainedSource
    from ppclas_core.weights import load_weights

    try:
        files = source.read() if isinstance(source, PretrainedSource) else source
        load_weights(teacher, record, files, rename_head=False)
    except UserError as error:
        error.what = f"the teacher: {error.what}"
        raise


def _refuse_precision(precision: Optional[str]) -> None:
    """Raise a UserError if this Paddle would silently compute in float32."""
    import warnings

    import paddle

    if precision in (None, "float32"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with paddle.amp.auto_cast(enable=True, dtype=precision, level="O1"):
            one = paddle.ones([2, 2])
            works = str(paddle.matmul(one, one).dtype).endswith(str(precision))
    if not works:
        raise UserError(f"this Paddle has no {precision} on {paddle.device.get_device()}",
                        where="DISTILLATION.precision", do="leave it out")
