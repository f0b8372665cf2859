# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Error for the path of a checkpoint in place of the name of a model; it shows the call that takes the path."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Callable, Mapping, NamedTuple, Optional, Union

from ppclas_core.errors import UserError
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.locate import meta_of
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.locate import SUFFIXES


class CheckpointCall(NamedTuple):
    """Values for the call that builds the model of a checkpoint.

    Args:
        path: the path, as the user gave it.
        name: name of the architecture; `NAME` if the checkpoint does not have it.
        num_classes: number of classes; None if the checkpoint does not have it.
        in_channels: number of input channels.
        params: further parameters of the architecture.
    """

    path: str
    name: str = "NAME"
    num_classes: Optional[int] = None
    in_channels: int = 3
    params: Mapping[str, object] = MappingProxyType({})


def refuse_path(name: Union[str, Path], what: str, call: Callable[[CheckpointCall], str]) -> None:
    """Refuse a path where the name of a model is required.

    Args:
        name: value of the user.
        what: the requirement, such as "create_model takes the name of a model".
        call: returns the call that takes the path.

    Raises:
        UserError: the name is an existing path and no model; for a folder without weights the reason.
    """
    if not _is_path(name):
        return
    try:
        meta = meta_of(name)
    except UserError:
        if Path(name).name == str(name):  # a folder without weights that happens to have this name
            return
        raise
    values = CheckpointCall(str(name)) if meta is None else CheckpointCall(
        str(name), meta.architecture, meta.num_classes, meta.image_shape[0], meta.model_params)
    raise UserError(f"{what}, and this is a path of weights", where=str(name), do=call(values))


def _is_path(name: Union[str, Path]) -> bool:
    if isinstance(name, Path):
        return True
    if not isinstance(name, str) or not name:
        return False
    path = expand_path(name)
    if not any(Path(path + suffix).exists() for suffix in ("", *SUFFIXES)):
        return False
    try:
        find_model(name)
    except UserError:
        return True
    return False
