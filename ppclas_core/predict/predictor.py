# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Predictor`: classification of images with the labels, preprocessing and runtime of a checkpoint or bundle."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Callable, Iterator, List, Literal, Optional, Sequence, Union, cast

import numpy as np

from ppclas_core.bundles.own_model import Preprocessing
from ppclas_core.bundles.source import CheckpointSource, Labels
from ppclas_core.data.errors import BadImage
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.errors import UserError
from ppclas_core.predict.images import preprocessed
from ppclas_core.predict.inputs import Images, Input, inputs
from ppclas_core.predict.prediction import HIGHEST, Prediction, named_classes
from ppclas_core.predict.runnable import Runnable, open_runnable
from ppclas_core.predict.video import Capture, is_capture, may_be_endless
from ppclas_core.system.cores import usable_cores
from ppclas_core.tasks.task import Task

if TYPE_CHECKING:
    from ppclas_core.bundles.own_model import Model

_STREAM = "use stream, which yields each prediction at once"


class Predictor:
    """Classifier of images, with the labels and the evaluation preprocessing of the training.

    Args:
        path: bundle, run folder (its best checkpoint), checkpoint folder or prefix, or the name of published weights,
            which are downloaded once; a folder of `tools/export_model.py`; a `Checkpoint` or `Runnable`; or a model
            object: of `create_model`, any `paddle.nn.Layer`, or a `paddle.Model`. A model object runs as it is, in
            evaluation mode, with the weights that it has at each call.
        runtime: `auto` runs a checkpoint with `dygraph`, and a bundle on the CPU with the fastest usable runtime whose
            outputs agree with the model, measured once per bundle (see `ppclas_core.predict.runtime_selection`).
            For the name of a format or of its runtime (`paddle`, `openvino`), a checkpoint is exported to a temporary
            bundle, verified, and run by that runtime, which is faster.
        device: `cpu`, `gpu`, `gpu:N`; default: for a checkpoint a GPU if there is one, for a bundle the CPU.
        model: architecture of weights without `meta.yaml` (such as a legacy checkpoint), or the published weights whose
            preprocessing applies.
        labels: class names of such weights in the order of the logits, or a file of them; default: those of
            ImageNet-1k if the classifier has 1000 classes. Of a model object: default none.
        preprocessing: preprocessing of a model object: the result of `ppclas_core.transforms`, or a list of transforms
            as in a config. Default for a model of `create_model`: that of its architecture, or of the checkpoint that
            it was built from.
        engine: deprecated name of `runtime`.

    Raises:
        UserError: there is no such source, or the runtime or device cannot run it.
    """

    def __init__(self, path: Union[CheckpointSource, Runnable, Model], runtime: str = "auto",
                 device: Optional[str] = None, *, model: Optional[str] = None, labels: Optional[Labels] = None,
                 preprocessing: Optional[Preprocessing] = None, engine: Optional[str] = None) -> None:
        if engine is not None:
            warnings.warn("the argument engine of Predictor is now called runtime", DeprecationWarning, stacklevel=2)
            runtime = engine
        self._runnable = (path if isinstance(path, Runnable) else
                          open_runnable(path, runtime, device, model=model, labels=labels, preprocessing=preprocessing))
        self._pipeline = build_pipeline(self._runnable.preprocessing)

    @property
    def labels(self) -> List[str]:
        """Class names in the order of the logits; empty if the checkpoint has none."""
        return self._runnable.labels

    @property
    def num_classes(self) -> int:
        """Number of logits."""
        return self._runnable.num_classes

    @property
    def threshold(self) -> Optional[float]:
        """Sigmoid score from which a class counts as found, as trained; None for a single-label model."""
        return self.task.threshold

    @property
    def task(self) -> Task:
        """Task of the training, which defines the meaning of the logits."""
        return self._runnable.task

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """Return the logits (N, num_classes) float32 of a preprocessed batch.

        Args:
            batch: float32 (N, C, H, W), N >= 1; for a bundle with normalization inside: uint8 (N, H, W, C).

        Raises:
            UserError: shape or dtype do not match.
        """
        shape, dtype = self._runnable.input_shape, self._runnable.dtype
        if batch.shape[1:] != shape or len(batch) == 0 or (dtype == "uint8") != (batch.dtype == np.uint8):
            raise UserError(f"the model takes {dtype} (N, {', '.join(map(str, shape))}), not {batch.dtype} "
                            f"({', '.join(map(str, batch.shape))})")
        return self._runnable.runtime(np.ascontiguousarray(batch, dtype=dtype))

    def preprocess(self, images: Images) -> np.ndarray:
        """Return the batch of `logits` for one or several images, see `stream`; all of them are held in memory.

        Raises:
            BadImage: an image is missing or unusable.
            UserError: there are no images, or a camera or endless capture is given.
        """
        arrays = [_array_of(prepared) for prepared in map(self._prepare, inputs(_finite(images)))]
        if not arrays:
            raise UserError("no images are given")
        return np.stack(arrays)

    def predict(self, images: Images, topk: Optional[int] = None, batch_size: int = 8,
                on_bad: Literal["raise", "report"] = "raise", threshold: Optional[float] = None,
                every: int = 1) -> List[Prediction]:
        """Return the predictions of `stream` as a list."""
        return list(self.stream(_finite(images), topk, batch_size, on_bad, threshold, every))

    def stream(self, images: Images, topk: Optional[int] = None, batch_size: int = 8,
               on_bad: Literal["raise", "report"] = "raise", threshold: Optional[float] = None,
               every: int = 1) -> Iterator[Prediction]:
        """Yield predictions in the order of the images, batch by batch; at most one batch of images is in memory.

        Args:
            images: one or several, as a list or any iterable, of: path of an image; of a folder (all images below it,
                sorted); of a `.txt` list of images; of a `.csv` table with a column `path`; of a video; a pattern such
                as `photos/**/*.jpg`; an http or https address; encoded bytes; a file opened with mode "rb"; uint8
                pixels (H, W, 3) RGB, (H, W, 4) RGBA, (H, W) or (H, W, 1) gray, or a batch (N, H, W, C) of them; PIL
                images; an open `cv2.VideoCapture`, read from its position on; the number of a camera, which never ends.
            topk: number of top classes, default 5, at most the number of classes; for a multi-label model the largest
                number of found classes to return, default all.
            batch_size: number of images per call of the runtime.
            on_bad: for an image that is missing or unreadable: `raise`, or `report` it in its prediction's `error`.
            threshold: for a multi-label model: sigmoid score, 0..1, from which a class counts as found; default: that
                of the training.
            every: for videos and cameras: predict each `every`-th frame.

        Raises:
            BadImage: an image is missing or unusable, and `on_bad` is `raise`.
            UserError: an argument is out of range, or a threshold is given for a single-label model.
        """
        if threshold is not None and self.task.threshold is None:
            raise UserError("a threshold applies to multi-label models only; this model is single-label")
        if threshold is not None and not 0 <= threshold <= 1:
            raise UserError(f"threshold is {threshold}; it must be 0 to 1")
        if (topk is not None and topk < 1) or batch_size < 1:
            raise UserError(f"topk is {topk} and batch_size {batch_size}; both must be at least 1")
        if on_bad not in ("raise", "report"):
            raise UserError(f"on_bad is {on_bad!r}; it must be 'raise' or 'report'")
        waiting = inputs(images, every)
        with ThreadPoolExecutor(usable_cores()) as pool:  # decoding releases the GIL
            while batch := list(islice(waiting, batch_size)):
                yield from self._batch(batch, list(pool.map(self._prepare, batch)), on_bad,
                                       lambda each, row: self._prediction(each, row, topk, threshold))

    def _prepare(self, each: Input) -> Union[np.ndarray, BadImage]:
        try:
            if each.error is not None:
                raise each.error
            return preprocessed(self._pipeline, each.image, np.random.default_rng(0))
        except BadImage as error:
            return error if each.name is None else error.at(each.name)

    def _batch(self, batch: Sequence[Input], prepared: Sequence[Union[np.ndarray, BadImage]], on_bad: str,
               decode: Callable[[Input, np.ndarray], Prediction]) -> Iterator[Prediction]:
        good = [_array_of(item) for item in prepared if on_bad == "raise" or not isinstance(item, BadImage)]
        wrong = [array.shape for array in good if array.shape != self._runnable.input_shape]
        if wrong:
            raise UserError(f"the preprocessing returns an image of shape {list(wrong[0])}; the model takes "
                            f"{list(self._runnable.input_shape)}", do="its transforms must end in a crop or fixed size")
        rows = iter(self.logits(np.stack(good)) if good else ())
        for each, item in zip(batch, prepared):
            if isinstance(item, BadImage):
                yield Prediction(each.name, error=item.reason)
            else:
                yield decode(each, next(rows))

    def _prediction(self, each: Input, row: np.ndarray, topk: Optional[int], threshold: Optional[float]) -> Prediction:
        """Return the prediction of an image with the logits `row` (K,)."""
        decoded = self.task.decode(row, None if topk is None else max(topk, HIGHEST), threshold)
        classes = named_classes(decoded, self.labels)
        return Prediction(each.name, classes[:topk], top5=classes[:HIGHEST],
                          probs=self.task.scores(row).astype(np.float32), image=each.image)


def _array_of(prepared: Union[np.ndarray, BadImage]) -> np.ndarray:
    if isinstance(prepared, BadImage):
        raise prepared
    return prepared


def _finite(images: Images) -> Images:
    if isinstance(images, int):
        raise UserError(f"camera {images} never ends", do=_STREAM)
    if is_capture(images) and may_be_endless(cast(Capture, images)):
        raise UserError("this cv2.VideoCapture states no number of frames, so it may never end", do=_STREAM)
    return images
