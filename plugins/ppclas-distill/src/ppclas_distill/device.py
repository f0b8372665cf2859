# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Device of the teachers."""

from __future__ import annotations

import contextlib
import re
from typing import Iterator, Optional

import paddle

from ppclas_core.errors import UserError


def check_device(device: Optional[str]) -> None:
    """Check that Paddle can use a device: `cpu`, `gpu`, `gpu:N`, or None, the device of the student.

    Raises:
        UserError: the device is unknown, or Paddle does not see the GPU.
    """
    if device is None or device == "cpu":
        return
    where = "DISTILLATION.device"
    if not re.fullmatch(r"gpu(:\d+)?", device):
        raise UserError(f"unknown device '{device}'", where=where, do="set one of: cpu, gpu, gpu:N")
    count = paddle.device.cuda.device_count() if paddle.device.is_compiled_with_cuda() else 0
    if int(device.partition(":")[2] or 0) >= count:
        raise UserError(f"device is {device}, but Paddle sees {count} GPUs", where=where,
                        do="remove it; the teacher then runs on the device of the student")


@contextlib.contextmanager
def on_device(device: Optional[str]) -> Iterator[None]:
    """Set the current device of Paddle inside the block; None changes nothing."""
    if device is None:
        yield
        return
    before = paddle.device.get_device()
    paddle.device.set_device(device)
    try:
        yield
    finally:
        paddle.device.set_device(before)


def to_device(tensor: paddle.Tensor, device: Optional[str]) -> paddle.Tensor:
    """Copy the tensor to the device; with None, return it unchanged."""
    return tensor if device is None else tensor.to(device)
