# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoint with its metadata, and the model built from it.

`bundles.source.find_checkpoint` makes a `Checkpoint` from what a user names; export, prediction and verification build
its model with `load_model`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, NamedTuple, Tuple

from ppclas_core.errors import UserError
from ppclas_core.models.create import create_model
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.catalogue import Entry
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.meta import Meta

if TYPE_CHECKING:
    from paddle import nn


class Checkpoint(NamedTuple):
    """Weights with their metadata.

    Args:
        file: the file, or the folder of variable files.
        meta: metadata from the `meta.yaml` beside the file, or from the record of a model.
        published: published name of the weights, if they were requested by it; else "".
    """

    file: Path
    meta: Meta
    published: str = ""

    @property
    def title(self) -> str:
        """Published name, else the name of the checkpoint folder."""
        return self.published or self.file.absolute().parent.name

    @property
    def size(self) -> int:
        """Size of the file, or of all files of the folder, in bytes."""
        files = self.file.iterdir() if self.file.is_dir() else [self.file]
        return sum(file.stat().st_size for file in files)


def load_model(checkpoint: Checkpoint) -> Tuple[nn.Layer, Entry]:
    """Build a model in evaluation mode with its weights; return it and the entry of its architecture.

    Raises:
        UserError: the architecture is not installed, or the weights do not fit.
    """
    meta = checkpoint.meta
    try:
        entry, _ = find_model(meta.architecture)
    except UserError as error:
        others = ", ".join(f"{name} {version}" for name, version in meta.plugins.items() if name != "ppclas-core")
        error.do = f"{error.do}\n  the checkpoint was trained with these plugins: {others}" if others else error.do
        raise error.at(str(checkpoint.file)) from None
    model = create_model(meta.architecture, num_classes=meta.num_classes, in_channels=meta.image_shape[0],
                         **meta.model_params)
    PretrainedSource(checkpoint.file).load(model, entry.record, allow_new_head=False)
    model.eval()
    return model, entry


@contextlib.contextmanager
def on_cpu() -> Iterator[None]:
    """Create new Paddle tensors on the CPU in this context; a GPU would round reference values differently (TF32)."""
    import paddle

    before = paddle.device.get_device()
    paddle.device.set_device("cpu")
    try:
        yield
    finally:
        paddle.device.set_device(before)
