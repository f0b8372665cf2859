# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of all models, and the feature extractor that makes a model a backbone of other networks."""

from __future__ import annotations

from typing import Iterable, List, Mapping, NamedTuple, Optional, Tuple

import paddle
from paddle import nn


class FeatureInfo(NamedTuple):
    """Feature map: key of its module, number of channels, and stride relative to the input."""

    module: str
    channels: int
    stride: int


class FeatureInfos(List[FeatureInfo]):
    """Feature maps of a model, in the order of its stages."""

    def channels(self) -> List[int]:
        """Return the number of channels of each feature map."""
        return [info.channels for info in self]

    def reduction(self) -> List[int]:
        """Return the stride of each feature map relative to the input."""
        return [info.stride for info in self]


class ModelSource(NamedTuple):
    """Arguments from which `create_model` built a model.

    Args:
        name: name of an architecture or of published weights.
        weights: path or URL of other initial weights; else "".
        params: parameters of the architecture, without `num_classes` and `in_channels`; None: none.
    """

    name: str
    weights: str = ""
    params: Optional[Mapping[str, object]] = None


class Backbone(nn.Layer):
    """Network of a stem, stages and a head.

    A family assigns these three, `feature_info` with one entry per stage, and `num_features`.

    Keys are uniform over families: `stem.*`, `stages.i.j.*`, `head.*`. `stages` is a LayerList that runs in sequence;
    a family with another data flow overrides `feature_maps`. The classifier layer is the one that depends on
    `num_classes`; its key is `head.fc` unless the record's `classifier` names another one.
    """

    stem: nn.Layer
    stages: nn.LayerList
    head: nn.Layer
    num_features: int
    """Number D of features before the classifier layer, see `forward_head`."""
    classifier_name: str = "fc"
    """Attribute of `head` that is the classifier layer."""
    source: Optional[ModelSource] = None
    """What `create_model` built the model from; None for a model built in another way."""
    class_names: Optional[List[str]] = None
    """Class names, one per logit, if known; `load_weights` matches the rows of a head by them."""

    def __init__(self, num_classes: int, in_channels: int) -> None:
        super().__init__()
        if num_classes < 1 or in_channels < 1:
            raise ValueError(f"num_classes ({num_classes}) and in_channels ({in_channels}) must be at least 1")
        self.num_classes = num_classes
        self.in_channels = in_channels

    @property
    def feature_info(self) -> FeatureInfos:
        """Feature maps that `feature_maps` returns."""
        return self._feature_info

    @feature_info.setter
    def feature_info(self, value: Iterable[FeatureInfo]) -> None:
        self._feature_info = FeatureInfos(value)

    def feature_maps(self, x: paddle.Tensor) -> List[paddle.Tensor]:
        """Map images (N, in_channels, H, W) to the outputs of all stages, see `feature_info`."""
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps

    def forward_features(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map images (N, in_channels, H, W) to the input of the head, the last feature map."""
        return self.feature_maps(x)[-1]

    def forward_head(self, features: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Map features to logits (N, num_classes); with `pre_logits`, to the (N, D) input of the classifier layer."""
        return self.head(features, pre_logits)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map images (N, in_channels, H, W) float32 to logits (N, num_classes), or features (N, D) without classes."""
        return self.forward_head(self.forward_features(x), pre_logits=self.num_classes == 0)

    def get_classifier(self) -> nn.Layer:
        """Return the classifier layer; an `Identity` after `reset_classifier(0)`."""
        classifier: nn.Layer = getattr(self.head, self.classifier_name)
        return classifier

    def reset_classifier(self, num_classes: int) -> None:
        """Replace the classifier by a newly initialized one for `num_classes` classes.

        With 0 classes the classifier is removed, and the model returns the features (N, D) before it.
        """
        self.num_classes = num_classes
        if num_classes == 0:
            setattr(self.head, self.classifier_name, nn.Identity())
        else:
            self.head.reset(num_classes)


class FeatureExtractor(nn.Layer):
    """Backbone without its head, for detection and segmentation.

    Args:
        model: the backbone; its head is removed.
        out_indices: indices into `feature_info` of the maps to return, e.g. (1, 2, 3) or (-1,).
    """

    def __init__(self, model: Backbone, out_indices: Tuple[int, ...]) -> None:
        super().__init__()
        count = len(model.feature_info)
        bad = [index for index in out_indices if not -count <= index < count]
        if bad or not out_indices:
            raise ValueError(f"out_indices {list(out_indices)}: the model has feature maps 0..{count - 1}")
        model.head = nn.Identity()
        self.model = model
        self.out_indices = tuple(index % count for index in out_indices)
        self.feature_info = FeatureInfos(model.feature_info[index] for index in self.out_indices)
        self.channels = [info.channels for info in self.feature_info]
        self.strides = [info.stride for info in self.feature_info]

    def forward(self, x: paddle.Tensor) -> List[paddle.Tensor]:
        """Map images (N, in_channels, H, W) to a list of (N, channels[k], ~H / strides[k], ~W / strides[k])."""
        maps = self.model.feature_maps(x)
        return [maps[index] for index in self.out_indices]
