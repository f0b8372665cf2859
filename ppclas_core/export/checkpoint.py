# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""From a run folder, a checkpoint folder or a prefix to the model that was trained."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, NamedTuple, Tuple, Union

from ppclas_core.errors import UserError
from ppclas_core.export.bundle import is_bundle
from ppclas_core.plugins.catalogue import Entry
from ppclas_core.weights.meta import META_FILE, Meta, read_meta

if TYPE_CHECKING:
    from paddle import nn

_GIVEN_APART = ("num_classes", "in_channels", "pretrained")


class Checkpoint(NamedTuple):
    """A weight file, and the `meta.yaml` beside it."""

    file: Path
    meta: Meta


def find_checkpoint(source: Union[str, Path, Checkpoint]) -> Checkpoint:
    """The checkpoint that a path means: of a run folder its best, else its last; one that was found already is itself.

    Raises:
        UserError: no weights there, or no `meta.yaml` beside them.
    """
    from ppclas_core.weights.read import resolve_checkpoint

    if isinstance(source, Checkpoint):
        return source
    if is_bundle(Path(source)):
        raise UserError("this is a bundle, which holds no weights to train or export", where=str(source),
                        do="give the run folder that it was exported from")
    file = resolve_checkpoint(source)
    folder = file if file.is_dir() else file.parent
    meta = read_meta(folder)
    if meta is None:
        raise UserError(f"these weights have no {META_FILE} beside them, so their architecture, labels and "
                        "preprocessing are unknown", where=str(file),
                        do="give a run folder, or a checkpoint that 'ppclas run' wrote")
    return Checkpoint(file, meta)


def build(checkpoint: Checkpoint) -> Tuple[nn.Layer, Entry]:
    """The model in evaluation mode with its weights, and the entry of its architecture.

    Raises:
        UserError: the architecture is not installed, or the weights do not fit.
    """
    from ppclas_core.create import create_model, find_model
    from ppclas_core.weights.load import load_weights

    meta = checkpoint.meta
    try:
        entry, _ = find_model(meta.architecture)
    except UserError as error:
        others = ", ".join(f"{name} {version}" for name, version in meta.plugins.items() if name != "ppclas-core")
        error.do = f"{error.do}\n  it was trained with these plugins: {others}" if others else error.do
        raise error.at(str(checkpoint.file)) from None
    params = {key: value for key, value in meta.params.items() if key not in _GIVEN_APART}
    model = create_model(meta.architecture, num_classes=meta.num_classes, in_channels=meta.image_shape[0], **params)
    load_weights(model, entry.record, checkpoint.file, rename_head=False)
    model.eval()
    return model, entry


@contextlib.contextmanager
def on_cpu() -> Iterator[None]:
    """Inside, new Paddle tensors live on the CPU; a GPU would round references differently (TF32)."""
    import paddle

    before = paddle.device.get_device()
    paddle.device.set_device("cpu")
    try:
        yield
    finally:
        paddle.device.set_device(before)
