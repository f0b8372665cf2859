# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`PretrainedSource`: weights named by `pretrained`, `pretrained_model`, `checkpoints` or a command-line argument."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, List, Optional, Sequence, Union

from ppclas_core.api import Backbone, Weights
from ppclas_core.errors import UserError
from ppclas_core.plugins.models import find_model, list_models, model_name
from ppclas_core.runs.folder import BEST, LAST
from ppclas_core.runs.locate import checkpoint_folder, resolve_checkpoint
from ppclas_core.runs.meta import Meta, read_meta
from ppclas_core.weights.download import download_address, download_weights
from ppclas_core.weights.load import LoadReport, load_weights
from ppclas_core.weights.locate import SUFFIXES
from ppclas_core.weights.read import WeightsFile, read_weights

if TYPE_CHECKING:
    from paddle import nn


Source = Union[bool, str, Path, Sequence[Union[bool, str, Path]]]
"""Value of a config key or an argument that names weights, see `PretrainedSource`."""


class PretrainedSource:
    """Weights named by a user.

    Args:
        source: True (the published weights of `model`), a published name, a URL, a prefix, a file, a folder
            (of a run, a checkpoint, or one variable per file), or a list of these. A local file takes precedence over
            a published name.
        model: name of an architecture or of published weights, used if `source` is True.
        prefer: names of the checkpoints of a run folder in order of preference.
    """

    def __init__(self, source: Source, model: str = "", prefer: Sequence[str] = (BEST, LAST)) -> None:
        self.source = source
        self.model = model
        self.prefer = tuple(prefer)

    def __str__(self) -> str:
        return ", ".join(str(part.source) for part in self.parts)

    @property
    def parts(self) -> List[PretrainedSource]:
        """Items of a list, each as a source; for other values the source itself."""
        if not isinstance(self.source, (list, tuple)):
            return [self]
        return [PretrainedSource(item, self.model, self.prefer) for item in self.source]

    @property
    def published(self) -> str:
        """Published name of the weights; "" for a path or a URL."""
        if self.source is True:
            entry, weights = find_model(self.model)
            return weights.name if weights else str(entry.record.name)
        text = str(self.source)
        if not text or "/" in text or os.sep in text:
            return ""
        if any(Path(text + suffix).exists() for suffix in ("", *SUFFIXES)):
            return ""
        name = model_name(text)
        return name if name.rpartition(":")[2] in list_models() else ""

    @property
    def is_address(self) -> bool:
        """Whether the source is a URL."""
        return str(self.source).startswith(("http://", "https://"))

    @property
    def is_downloaded(self) -> bool:
        """Whether `resolve` may download: true for a published name and for a URL."""
        return self.is_address or bool(self.published)

    def resolve(self) -> List[Path]:
        """Return the file, or the folder of variable files, of each part; download published weights and URLs.

        Raises:
            UserError: there are no weights or several, nothing is published under the name, or the download fails.
        """
        return [part.resolve_one() for part in self.parts]

    def locate(self) -> Optional[Path]:
        """Return the local file or folder of a single source without downloading; None for a published name or URL.

        Raises:
            UserError: there are no weights, or several.
        """
        return None if self.is_downloaded else resolve_checkpoint(str(self.source), self.prefer)

    def meta(self) -> Optional[Meta]:
        """Return the `meta.yaml` beside the weights, the last one for a list; None if there is none.

        Raises:
            UserError: see `resolve`; also if the file is invalid.
        """
        metas = [read_meta(checkpoint_folder(path)) for path in self.resolve()]
        return next((meta for meta in reversed(metas) if meta is not None), None)

    def read(self) -> List[WeightsFile]:
        """Read the arrays of each part, with the class names of the `meta.yaml` beside them.

        Raises:
            UserError: see `resolve` and `read_weights`.
        """
        return [read_with_class_names(path) for path in self.resolve()]

    def load(self, model: nn.Layer, record: Backbone, *, weights: Optional[Weights] = None,
             allow_new_head: bool = True) -> LoadReport:
        """Set the tensors of a model; see `load_weights` for the arguments.

        Raises:
            UserError: see `read` and `load_weights`.
        """
        files = self.read()
        if not files:
            raise UserError("no weights given")
        return load_weights(model, record, files, weights=weights, allow_new_head=allow_new_head)

    def resolve_one(self) -> Path:
        """Return the file or folder of a source that is not a list, see `resolve`."""
        if self.is_address:
            return resolve_checkpoint(download_address(str(self.source)))
        name = self.published
        if name:
            return resolve_checkpoint(download_weights(name))
        return resolve_checkpoint(str(self.source), self.prefer)


def read_with_class_names(path: Union[str, Path]) -> WeightsFile:
    """Read the weights of a local path, with the class names of the `meta.yaml` beside them.

    Raises:
        UserError: see `resolve_checkpoint` and `read_weights`.
    """
    file = resolve_checkpoint(path)
    meta = read_meta(checkpoint_folder(file))
    labels = [str(label) for label in meta.labels] if meta is not None else []
    return read_weights(file)._replace(class_names=tuple(labels))
