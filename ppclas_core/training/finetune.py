# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The public function `finetune`: one call from images and the name of a model to a trained model."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Dict, Mapping, Optional, Sequence, Tuple, Union

from ppclas_core.checks.data import check_data
from ppclas_core.config.load import load_with_values
from ppclas_core.data.from_config import settle_classes
from ppclas_core.errors import UserError
from ppclas_core.models.finetune import FinetuneConfig, FinetuneRequest, run_started, write_finetune_config
from ppclas_core.models.model_path import CheckpointCall, refuse_path
from ppclas_core.plugins.signature import coerce
from ppclas_core.system.rank import rank_from_environment
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.check_callback import check_callbacks
from ppclas_core.training.run_training import TrainResult, train

_log = logging.getLogger(__name__)

OPTIONS: Mapping[str, object] = {"batch_size": Optional[int], "image_size": Optional[int], "lr": Optional[float],
                                 "val": float}
"""Options of `ppclas finetune` that are no config keys, with their types."""


def finetune(
    data: Union[str, Path],
    model: str,
    *,
    pretrained: Union[str, Path, bool, None] = True,
    epochs: Optional[int] = None,
    out: Union[str, Path, None] = None,
    callbacks: Sequence[Callback] = (),
    resume: bool = False,
    overrides: Optional[Mapping[str, object]] = None,
    **keys: object,
) -> TrainResult:
    """Train a model on images; the same as `ppclas finetune` without its report.

    Every value of the config that is not given is derived from the data and the model. The config is written to a YAML
    file in `out`, with the reason of each value as a comment. The images are checked as by `check` before the training.
    After an error before the first checkpoint, config and lists are again as before the call.

    Args:
        data: folder with a subfolder per class, or with splits; list of `path label` lines; table `.csv` with columns
            `path` and `label`, optionally `split`.
        model: name of an architecture or of published weights.
        pretrained: weights to start from, such as a run or checkpoint folder of the architecture `model`; True: the
            published weights of the model; False: random initialization.
        epochs: number of epochs.
        out: folder for config, lists and runs; default: `output/finetune_<name of data>`.
        callbacks: callback objects, see `train`.
        resume: continue the last run of this config.
        overrides: config keys of any depth, such as `{"TRAIN.num_workers": 2}`, for this run.
        keys: the options `batch_size`, `image_size`, `lr` and `val` of the command; `allow` of `train`; or further
            config keys, such as `seed=1` or `freeze=["backbone"]`.

    Raises:
        UserError: the data, the weights or a value have an error; config keys are checked as in a YAML file.
        Interrupted: see `train`.
    """
    if isinstance(data, (str, Path)) and isinstance(model, (str, Path)):
        refuse_path(model, "finetune takes the name of a model", lambda checkpoint: _call(str(data), checkpoint))
    if not isinstance(data, (str, Path)) or not isinstance(model, str):
        raise UserError(f"finetune() takes a path and a name, not a {type(data).__name__} and a {type(model).__name__}",
                        do="finetune('photos', NAME), with a name of `ppclas list models`; a model object is trained "
                           "from pretrained=ppc.save_checkpoint(model, FOLDER)")
    check_callbacks(callbacks)
    if rank_from_environment().world > 1:
        raise UserError("finetune() runs in one process, which writes the config",
                        do="ppclas finetune ... --write-only, then train(load_config(FILE)) in each process")
    if not isinstance(overrides or {}, Mapping):
        raise UserError(f"overrides is {overrides!r}; it must be a dict", do='overrides={"TRAIN.num_workers": 2}')
    values: Dict[str, object] = {**(overrides or {}), **keys}
    allow = coerce(values.pop("allow", ()), Tuple[str, ...], what="finetune(allow=)")
    given = {name: coerce(values.pop(name), hint, what=f"finetune({name}=)")
             for name, hint in OPTIONS.items() if name in values}
    done = write_finetune_config(FinetuneRequest(
        Path(data), model, None if out is None else Path(out), _weights(pretrained),
        coerce(epochs, Optional[int], what="finetune(epochs=)"), **given))
    return _train(done, values, resume=resume, allow=allow, callbacks=callbacks)


def _train(done: FinetuneConfig, values: Mapping[str, object], *, resume: bool, allow: Sequence[str],
           callbacks: Sequence[Callback]) -> TrainResult:
    """Check the config and the images, and train; an error before the first checkpoint takes back what was written."""
    with done.before.restored_on_error():
        config = load_with_values(done.file, values, "finetune(...)")
        check_data(settle_classes(config))
    for line in ([f"the earlier config is renamed to {done.renamed}"] if done.renamed else []) + done.notes:
        _log.info("%s", line)
    with done.before.restored_on_error(unless=run_started(config)):
        return train(config, resume=resume, allow=allow, callbacks=callbacks)


def _call(data: str, checkpoint: CheckpointCall) -> str:
    """Return the call of `finetune` that starts with the weights of a checkpoint."""
    params = {f"ARCHITECTURE.params.{key}": value for key, value in checkpoint.params.items()}
    further = f", overrides={params!r}" if params else ""
    return f"ppc.finetune({data!r}, '{checkpoint.name}', pretrained={checkpoint.path!r}{further})"


def _weights(pretrained: Union[str, Path, bool, None]) -> Optional[str]:
    """Return the weights as the command takes them: None for the published ones, `none` for random initialization."""
    if isinstance(pretrained, bool) or pretrained is None:
        return None if pretrained else "none"
    return str(pretrained)
