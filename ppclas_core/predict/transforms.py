# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The public function `transforms`: the preprocessing of a model, a run, a bundle or a published network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.own_model import model_layer, model_source
from ppclas_core.bundles.source import evaluation_transforms, find_bundle_or_checkpoint
from ppclas_core.data.pipeline import build_pipeline
from ppclas_core.errors import UserError
from ppclas_core.models.preprocessing import INTERPOLATIONS, source_preprocessing
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.models import find_model
from ppclas_core.predict.images import Image, preprocessed

if TYPE_CHECKING:
    from ppclas_core.bundles.own_model import Model

Steps = List[Dict[str, Any]]


class ImageTransform:
    """Preprocessing of single images: a callable `image -> array`.

    Args:
        steps: transforms as in a config, a list of mappings with one key.
    """

    def __init__(self, steps: Sequence[Mapping[str, Any]]) -> None:
        self.steps: Steps = [dict(step) for step in steps]
        self._pipeline = build_pipeline(self.steps)

    def __repr__(self) -> str:
        return f"ImageTransform({', '.join(self._pipeline.names)})"

    def __call__(self, image: Image, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Return the input of the network, usually (C, H, W) float32.

        Args:
            image: path of a file, an http or https address, an open file, encoded bytes, a PIL image, or uint8 pixels
                (H, W, 3) RGB, (H, W, 4) RGBA, or (H, W) or (H, W, 1) gray.
            rng: random number generator of random augmentations; default: a new one with a random seed.

        Raises:
            BadImage: the image cannot be read.
        """
        return preprocessed(self._pipeline, image, rng or np.random.default_rng())

    @property
    def mean(self) -> Tuple[float, ...]:
        """Mean of the normalization per channel, for pixels in 0..1; empty without a normalization."""
        return tuple(self._params("NormalizeImage").get("mean") or ())

    @property
    def std(self) -> Tuple[float, ...]:
        """Standard deviation of the normalization per channel; empty without a normalization."""
        return tuple(self._params("NormalizeImage").get("std") or ())

    @property
    def size(self) -> Optional[int]:
        """Side of the crop in pixels; None without a crop to a square."""
        for name in ("CropImage", "RandCropImage"):
            size = self._params(name).get("size")
            if isinstance(size, int):
                return size
        return None

    @property
    def interpolation(self) -> str:
        """Interpolation of the resizing: `bilinear` or `bicubic`; "" without ResizeImage, or for another one."""
        params = self._params("ResizeImage")
        return INTERPOLATIONS.get(params.get("interpolation", 1), "") if params else ""

    def _params(self, name: str) -> Mapping[str, Any]:
        """Return the parameters of the first step with the name; empty if there is none."""
        return next((step[name] or {} for step in self.steps if name in step), {})


def transforms(source: Union[str, Path, Model], train: bool = False) -> ImageTransform:
    """Return the preprocessing that a model needs.

    Args:
        source: a model of `create_model`; a run folder, checkpoint or bundle; or the name of an architecture or of
            published weights, which are not downloaded. A local path takes precedence over a name.
        train: return the training transforms: those of the run's config, or for a model or a name the random crop,
            flip and normalization that are the base of all published recipes.

    Raises:
        UserError: there is no such source, or it has no training transforms.
    """
    if isinstance(source, (str, Path)):
        name = PretrainedSource(source).published or _architecture(source)
        return _of_name(name, "", train) if name else _of_files(source, train)
    layer = model_layer(source)
    built = None if layer is None else model_source(layer)
    if built is None:
        raise UserError("this model was not built by create_model, so its preprocessing is unknown",
                        do="give the name of its architecture: transforms('NAME')")
    return _of_name(built.name, built.weights, train)


def _architecture(source: Union[str, Path]) -> str:
    """Return the source if it is the name of an architecture and no local path, else ""."""
    if Path(source).exists():
        return ""
    try:
        find_model(str(source))
    except UserError:
        return ""
    return str(source)


def _of_name(name: str, weights: str, train: bool) -> ImageTransform:
    known = source_preprocessing(name, weights)
    if not train:
        return ImageTransform(evaluation_transforms(**known))
    return ImageTransform([
        {"DecodeImage": {"to_rgb": True}},
        {"RandCropImage": {"size": known["input_size"]}},
        {"RandFlipImage": {"flip_code": 1}},
        {"NormalizeImage": {"mean": list(known["mean"]), "std": list(known["std"]), "order": ""}},
        {"ToCHWImage": {}},
    ])


def _of_files(source: Union[str, Path], train: bool) -> ImageTransform:
    found = find_bundle_or_checkpoint(source)
    if isinstance(found, Bundle):
        if train:
            raise UserError("a bundle has no training transforms", where=str(source),
                            do="give the run folder that it was exported from")
        return ImageTransform(found.preprocessing)
    if not train:
        return ImageTransform(found.meta.preprocessing)
    section = found.meta.config.get("TRAIN") or {}
    if not section.get("transforms"):
        raise UserError("the config of this checkpoint has no training transforms", where=str(source),
                        do="give the name of its architecture instead")
    return ImageTransform(section["transforms"])
