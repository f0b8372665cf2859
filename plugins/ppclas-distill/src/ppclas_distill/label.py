# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Soft labels: the best classes of a teacher per image, with their probabilities."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import List, Mapping, Optional, Tuple

import numpy as np

from ppclas_core.bundles import bundle_folder
from ppclas_core.data import write_label_list
from ppclas_core.errors import UserError
from ppclas_core.models import PretrainedSource
from ppclas_core.predict import Predictor
from ppclas_distill.chunks import ALONE, Chunks, Shard
from ppclas_distill.listing import Listing

_log = logging.getLogger(__name__)

CHUNK = 2048
"""Images per chunk."""

LABELS = "label_list.txt"
"""File with the class names of the teacher, in the folder of the labels."""


@dataclass(frozen=True)
class LabelTeacher:
    """The network that labels images.

    Args:
        model: bundle, run folder, checkpoint, or the name of published weights.
        runtime: as in `Predictor`; with `auto` on the CPU, a checkpoint is exported to Paddle Inference.
        device: as in `Predictor`.
        architecture: architecture of weights without `meta.yaml`, as `model` in `Predictor`.
    """

    model: str
    runtime: str = "auto"
    device: Optional[str] = None
    architecture: Optional[str] = None


def label_images(
    listing: Listing,
    teacher: LabelTeacher,
    out: Path,
    *,
    topk: int = 10,
    batch_size: int = 32,
    chunk: int = CHUNK,
    shard: Shard = ALONE,
) -> Chunks:
    """Label images with a teacher, and write `out/<number>.npz` for each missing chunk.

    A file has `names`, `classes` (N, k) int32 and `scores` (N, k) float32, best first. An image that cannot be read has
    class -1. If the model has class names, they are written to `out/label_list.txt`.

    Args:
        listing: the images.
        teacher: the network that labels them.
        out: folder of the labels.
        topk: number of classes per image.
        batch_size: images per step.
        chunk: images per file.
        shard: this process among those that share the work.

    Raises:
        UserError: `out` has labels with other settings, the model cannot be loaded, or it is multi-label.
    """
    identity = PretrainedSource(teacher.model).published or str(Path(teacher.model).resolve())
    chunks = Chunks(out, {"model": identity, "topk": topk, "root": str(Path(
        listing.source.root).resolve()), "list": listing.digest()}, len(listing), chunk)
    if next(chunks.todo(shard), None) is None:
        _log.info("%s: all %d images have labels already", out, len(listing))
        return chunks
    predictor = _predictor(teacher)
    if predictor.labels:
        write_label_list(out / LABELS, list(predictor.labels))
    bad = 0
    for number in chunks.todo(shard):
        indices = chunks.range(number)
        paths = [listing.source.path(index) for index in indices]
        rows: List[Tuple[List[int], List[float]]] = []
        for each in predictor.stream(paths, topk, batch_size, on_bad="report"):
            rows.append(([score.id for score in each.classes], [score.score for score in each.classes]))
            bad += bool(each.error)
        width = min(topk, predictor.num_classes)
        classes = np.array([found or [-1] * width for found, _ in rows], np.int32)
        scores = np.array([found or [0.0] * width for _, found in rows], np.float32)
        names = "\n".join(listing.source.name(index) for index in indices).encode("utf-8", "surrogateescape")
        chunks.write(number, names=np.frombuffer(names, np.uint8), classes=classes, scores=scores)
        _log.info("label: images %d to %d of %d labeled", indices.start, indices.stop - 1, len(listing))
    if bad:
        _log.warning("label: %d images are unreadable and have no label", bad)
    return chunks


def names_of(arrays: Mapping[str, np.ndarray]) -> List[str]:
    """Return the image paths of a chunk of labels."""
    return arrays["names"].tobytes().decode("utf-8", "surrogateescape").split("\n")


def _predictor(teacher: LabelTeacher) -> Predictor:
    """Load the teacher.

    Raises:
        UserError: it cannot be loaded, or it is multi-label.
    """
    runtime = teacher.runtime
    if runtime == "auto" and bundle_folder(teacher.model) is None and not _has_gpu(teacher.device):
        runtime = "paddle"
    predictor = Predictor(teacher.model, runtime=runtime, device=teacher.device, model=teacher.architecture)
    if predictor.task.activation != "softmax":
        raise UserError("a multi-label model cannot label images, because its scores are not those of exclusive "
                        "classes",
                        where=teacher.model, do="use a teacher with 'task: multiclass'")
    return predictor


def _has_gpu(device: Optional[str]) -> bool:
    import paddle

    wanted = device or "gpu"
    return wanted.startswith("gpu") and paddle.is_compiled_with_cuda() and paddle.device.cuda.device_count() > 0
