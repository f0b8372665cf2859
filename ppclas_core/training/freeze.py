# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Frozen layers: the config key `freeze`. Neither their parameters nor their running statistics change."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, List, Sequence

from ppclas_core.api import Backbone
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.weights.match import in_classifier

if TYPE_CHECKING:
    from paddle import nn

BACKBONE = "backbone"
"""Entry of `freeze` for all layers but the classifier."""


def freeze(model: nn.Layer, record: Backbone, entries: Sequence[str]) -> List[str]:
    """Freeze the parameters of layers; their batch norms then use their running statistics and do not update them.

    Args:
        model: the model.
        record: record of its architecture.
        entries: `backbone`, or layers, given as prefixes of parameter keys up to a dot (`stem`, `stages.0`) with the
            wildcard `*` (`stages.*.conv1`).

    Returns:
        Keys of the frozen parameters.

    Raises:
        UserError: an entry matches no parameter.
    """
    layers = [name for name, _ in model.named_sublayers()]
    frozen: List[str] = []
    for entry in entries:
        keys = [key for key, _ in model.named_parameters() if _belongs(key, entry, record)]
        if not keys:
            raise UserError(f"freeze: no parameter of {record.name} belongs to '{entry}'.{did_you_mean(entry, layers)}",
                            do=f"'{BACKBONE}' (all but the classifier), or a layer such as {', '.join(layers[:3])}")
        frozen += keys
    parameters = dict(model.named_parameters())
    for key in frozen:
        parameters[key].stop_gradient = True
    for name, layer in model.named_sublayers():
        if hasattr(layer, "_use_global_stats") and any(_belongs(name, entry, record) for entry in entries):
            # the mode of the model does not change this attribute of batch norms
            layer._use_global_stats = True  # noqa: SLF001  Paddle has no public name for it
    return list(dict.fromkeys(frozen))


def _belongs(key: str, entry: str, record: Backbone) -> bool:
    if entry == BACKBONE:
        return not in_classifier(key, record.classifier)
    return fnmatch.fnmatchcase(key, entry) or fnmatch.fnmatchcase(key, f"{entry}.*")
