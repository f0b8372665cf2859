# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Placement of the teachers on a device."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Iterator, Optional

import paddle

from ppclas_core.errors import UserError


def refuse_device(device: Optional[str]) -> None:
    """Raise a UserError if Paddle cannot use the device: `cpu`, `gpu`, `gpu:N`, or None for the student's."""
    if device is None or device == "cpu":
        return
    where, do = "DISTILLATION.device", "leave it out: the teacher then runs where the student does"
    if not re.fullmatch(r"gpu(:\d+)?", device):
        raise UserError(f"unknown device '{device}'", where=where, do="one of: cpu, gpu, gpu:N")
    there = paddle.device.cuda.device_count() if paddle.device.is_compiled_with_cuda() else 0
    if int(device.partition(":")[2] or 0) >= there:
        raise UserError(f"device is {device}, but Paddle sees {there} GPUs", where=where, do=do)


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


def moved(tensor: Any, device: Optional[str]) -> Any:
    """Return the tensor on the device; with None, unchanged."""
    return tensor if device is None else tensor.to(device)
