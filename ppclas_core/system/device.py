# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the Paddle device of a process: CPU or GPU."""

from __future__ import annotations

import logging
import os
from typing import Optional

from ppclas_core.errors import UserError
from ppclas_core.system.rank import rank_from_environment

_log = logging.getLogger(__name__)


def choose_device(device: str = "auto", *, use_gpu: Optional[bool] = None, warn: bool = False) -> str:
    """Set and return the Paddle device of this process: `cpu`, `gpu` or `gpu:N`.

    `auto` chooses a GPU if Paddle can use one and `use_gpu` is not False. Legacy configs have `use_gpu: True` for every
    machine, so without a GPU it falls back to the CPU with a warning, while `device: gpu` is an error.

    Args:
        device: `auto`, `cpu`, `gpu` or `gpu:N`.
        use_gpu: False: `auto` chooses the CPU.
        warn: log a warning if `use_gpu` is True and there is no GPU.

    Raises:
        UserError: the device is unknown, or it is a GPU and Paddle can use none.
    """
    import paddle

    wanted = device
    usable = paddle.device.is_compiled_with_cuda() and paddle.device.cuda.device_count() > 0
    if wanted.partition(":")[0] not in ("auto", "cpu", "gpu"):
        raise UserError(f"unknown device '{wanted}'", where="device", do="one of: auto, cpu, gpu, gpu:N")
    if wanted.startswith("gpu") and not usable:
        reason = ("Paddle sees no GPU" if paddle.device.is_compiled_with_cuda()
                  else "the installed Paddle is built for CPUs only")
        raise UserError(f"device is {wanted}, but {reason}", where="device",
                        do="'ppclas doctor' shows what is installed; 'device: auto' chooses an available one")
    if wanted == "auto":
        if use_gpu is False:
            wanted = "cpu"
        else:
            wanted = "gpu" if usable else "cpu"
            if warn and use_gpu and not usable:
                _log.warning("use_gpu: no usable GPU here, training on the CPU")
    if wanted == "gpu" and rank_from_environment().world > 1:
        given = os.environ.get("FLAGS_selected_gpus") or "0"  # noqa: SIM112 - Paddle's launcher spells it so
        wanted = f"gpu:{int(given.split(',')[0])}"
    paddle.device.set_device(wanted)
    return wanted
