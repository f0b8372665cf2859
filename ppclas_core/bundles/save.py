# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The public function `save_checkpoint`: a model object becomes a checkpoint folder, as training writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Dict, Optional, Tuple, Union

from ppclas_core.bundles.own_model import Preprocessing, describe_model, model_layer, model_source
from ppclas_core.bundles.source import Labels
from ppclas_core.errors import UserError
from ppclas_core.models.create import create_model
from ppclas_core.runs.checkpoint import write_checkpoint
from ppclas_core.runs.meta import Meta
from ppclas_core.system.paths import expand_path

if TYPE_CHECKING:
    from paddle import nn

    from ppclas_core.bundles.own_model import Model


def save_checkpoint(model: Model, folder: Union[str, Path], labels: Optional[Labels] = None,
                    preprocessing: Optional[Preprocessing] = None) -> Path:
    """Write a model of one's own training loop to a checkpoint folder, which every command and function takes.

    The folder is written as a whole or not at all. It has the weights and a `meta.yaml`; it has no state of an
    optimizer, so `--resume` refuses it.

    Args:
        model: a model of `create_model`, or a `paddle.Model` around it.
        folder: a new or empty folder, or a checkpoint of this function, which is replaced.
        labels: class names in the order of the logits, or a file of them; default: none.
        preprocessing: result of `ppclas_core.transforms`, or a list of transforms as in a config; default: that of
            the architecture, or of the checkpoint that the model was built from.

    Returns:
        The folder.

    Raises:
        UserError: the model was not built by `create_model` or its layers were replaced, the preprocessing or the
            number of labels does not fit, or the folder has other content or cannot be written.
    """
    layer = model_layer(model)
    if layer is None:
        raise UserError(f"an object of type {type(model).__name__} is not a model",
                        do="give a paddle.nn.Layer or a paddle.Model")
    if model_source(layer) is None:
        raise UserError(f"this {type(layer).__name__} was not built by create_model, and a checkpoint names the "
                        "architecture that builds its model again",
                        do=f"ppc.register(Backbone('{type(layer).__name__}', '__main__:{type(layer).__name__}', "
                           f"family='mine'), {type(layer).__name__}) with Backbone of ppclas_core.api, then "
                           f"create_model('{type(layer).__name__}') and finetune(DATA, '{type(layer).__name__}', "
                           "pretrained=False); or export it: ppc.export(model, 'inference', OUT, preprocessing=...)")
    own = describe_model(layer, labels, preprocessing)
    _refuse_replaced_layers(layer, own.meta)
    target = Path(expand_path(str(folder)))
    write_checkpoint(target, {key: value.numpy() for key, value in layer.state_dict().items()}, own.meta)
    return target


def _refuse_replaced_layers(layer: nn.Layer, meta: Meta) -> None:
    """Refuse a model whose tensors are not those of its architecture, as no command could build it again."""
    import paddle

    with paddle.LazyGuard():  # shapes suffice
        twin = create_model(meta.architecture, num_classes=meta.num_classes, in_channels=meta.image_shape[0],
                            **meta.params)
    mine, built = _shapes(layer), _shapes(twin)
    key = next((key for key in {**built, **mine} if mine.get(key) != built.get(key)), None)
    if key is not None:
        raise UserError(f"{key} of this model is {mine.get(key) or 'absent'}; {meta.architecture} with "
                        f"{meta.num_classes} classes builds {built.get(key) or 'none'}",
                        do="change the classifier by reset_classifier; other layers need an architecture of their own, "
                           "see docs/how-to/notebooks.md")


def _shapes(layer: nn.Layer) -> Dict[str, Tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in layer.state_dict().items()}
