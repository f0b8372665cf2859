# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Config of a fine-tuning: from images and the name of a model to a YAML file."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ppclas_core.api import Backbone, Weights
from ppclas_core.config.config import Config
from ppclas_core.config.finetune_defaults import Choice, Data, finetune_yaml
from ppclas_core.data.datasets.finetune_data import finetune_data
from ppclas_core.data.datasets.split import LISTS
from ppclas_core.errors import UserError
from ppclas_core.models.files_before import FilesBefore
from ppclas_core.models.preprocessing import checkpoint_preprocessing, model_preprocessing
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.models import find_model, model_name, same_network
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.locate import resolve_checkpoint

_URLS = ("http://", "https://")


class FinetuneRequest(NamedTuple):
    """Arguments of a fine-tuning.

    Args:
        data: folder, list or table of images, see `finetune_data`.
        model: name of an architecture or of published weights.
        out: folder for config, lists and runs; None: `output/finetune_<name of data>`, without the ending of a file.
        pretrained: weights to start from; `none`: random initialization; None: the published weights of the model.
        epochs, batch_size, image_size: values that replace the derived ones; image size in pixels.
        val: ratio of validation images in each class, if the data is not split.
        lr: learning rate that replaces the derived one.
        freeze: parts that are not trained, see `freeze.freeze`.
    """

    data: Path
    model: str
    out: Optional[Path] = None
    pretrained: Optional[str] = None
    epochs: Optional[int] = None
    batch_size: Optional[int] = None
    image_size: Optional[int] = None
    val: float = 0.2
    lr: Optional[float] = None
    freeze: Sequence[str] = ()


class FinetuneConfig(NamedTuple):
    """Written config.

    Args:
        file: the YAML file.
        renamed: new path of an earlier, different config of the same name; None if there was none.
        data: properties of the data.
        notes: lines on the data for the user.
        before: what the folder had before.
    """

    file: Path
    renamed: Optional[Path]
    data: Data
    notes: List[str]
    before: FilesBefore


def write_finetune_config(request: FinetuneRequest) -> FinetuneConfig:
    """Write the config of a fine-tuning, and the lists of its data if that is not split.

    Raises:
        UserError: a number is too low, the model is unknown, there are no such weights, or the data is unusable.
    """
    for name in ("epochs", "batch_size", "image_size"):
        value = getattr(request, name)
        if value is not None and value < 1:
            raise UserError(f"{name} is {value}; it must be at least 1")
    if request.lr is not None and not request.lr > 0:
        raise UserError(f"lr is {request.lr}; it must be above 0")
    request = request._replace(model=model_name(request.model))
    entry, weights = find_model(request.model)
    record: Backbone = entry.record
    data_path = request.data.resolve()
    out = request.out or Path("output") / f"finetune_{data_path.name if data_path.is_dir() else data_path.stem}"
    source = _initial_weights(request, record, weights)
    file = out / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', request.model)}.yaml"
    before = FilesBefore(out, [file, *(out / name for name in LISTS)])
    with before.restored_on_error():
        data, notes = finetune_data(request.data, out, request.val)
        text = _yaml(request, record, weights, source, data, out)
        renamed = _set_aside(file, text)
        before.renamed = renamed
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return FinetuneConfig(file, renamed, data, notes, before)


def run_started(config: Config) -> Callable[[], bool]:
    """Return a function that returns whether the run of a config has written a checkpoint since this call."""
    state = RunFolder.of(config).last.state
    before = _stamp(state)
    return lambda: _stamp(state) not in (None, before)


def _stamp(file: Path) -> Optional[Tuple[int, int]]:
    """Return inode and time of a file; None if there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _yaml(request: FinetuneRequest, record: Backbone, weights: Optional[Weights], source: Union[str, bool, None],
          data: Data, out: Path) -> str:
    """Return the text of the config; `source` is the value of `pretrained_model`."""
    choice = Choice(request.model, source, out.as_posix(), request.epochs, request.batch_size, request.image_size,
                    request.lr, request.freeze)
    return finetune_yaml(record, _preprocessing(source, record, weights), data, choice)


def _initial_weights(request: FinetuneRequest, record: Backbone, weights: Optional[Weights]) -> Union[str, bool, None]:
    """Return the value of `pretrained_model`; None: random initialization."""
    given = request.pretrained
    if given is None:
        if weights is None:
            others = ", ".join(other.name for other in same_network(record))
            raise UserError(f"no weights were published as {request.model}",
                            do=(f"the same network was published as {others}; or " if others else "")
                            + "give pretrained=WEIGHTS, or pretrained=none (--pretrained none)")
        return weights.name if weights.name != record.name else True
    if given.lower() == "none":
        return None
    if _published(given) is None and not given.startswith(_URLS):
        resolve_checkpoint(given)
    return given


def _preprocessing(source: Union[str, bool, None], record: Backbone, weights: Optional[Weights]) -> Mapping[str, Any]:
    """Return the preprocessing of the initial weights: from a record, or from the `meta.yaml` of a checkpoint."""
    default = model_preprocessing(record, weights)
    if not isinstance(source, str):
        return default
    published = _published(source)
    if published is not None:
        return published
    return default if source.startswith(_URLS) else checkpoint_preprocessing(source, default)


def _published(name: str) -> Optional[Mapping[str, Any]]:
    """Return the preprocessing of published weights; None for an unknown name."""
    for entry in catalogue().entries("backbone"):
        for weights in entry.record.weights:
            if weights.name == name:
                return model_preprocessing(entry.record, weights)
    return None


def _set_aside(file: Path, text: str) -> Optional[Path]:
    """Rename an existing config with other content to the first free `<name>.<number>.yaml`; return the new path."""
    if not file.is_file() or file.read_text(encoding="utf-8") == text:
        return None
    numbered = (file.with_name(f"{file.stem}.{number}.yaml") for number in itertools.count(1))
    earlier = next(path for path in numbered if not path.exists())
    file.replace(earlier)
    return earlier
