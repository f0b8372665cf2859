# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The device of a process: CPU or GPU."""

from __future__ import annotations

import logging
import os
from typing import Optional

from ppclas_core.errors import UserError
from ppclas_core.system.rank import rank_from_environment

_log = logging.getLogger(__name__)


def choose_device(device: str = "auto", *, use_gpu: Optional[bool] = None, warn: bool = False) -> str:
    """Set and return the Paddle device of this process: `cpu`, `gpu` or `gpu:N`.

    `device: auto` takes a GPU when Paddle can use one and `use_gpu` is not false. `use_gpu: True` is what legacy
    configs say whatever the machine, so it falls back to the CPU with one line; `device: gpu` does not.

    Args:
        device: `auto`, `cpu`, `gpu` or `gpu:N`.
        use_gpu: whether `auto` may take a GPU; None: yes.
        warn: log a warning where `use_gpu` is true and there is no GPU.

    Raises:
        UserError: `device: gpu` where there is none, or an unknown device.
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
                        do="'ppclas doctor' shows what is installed; 'device: auto' takes what there is")
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
