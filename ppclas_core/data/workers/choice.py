# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Choice of the number and kind of workers."""

from __future__ import annotations

from typing import NamedTuple, Optional, Union

from ppclas_core.data.capabilities import Decoder
from ppclas_core.data.pipeline import Pipeline
from ppclas_core.data.readers.source import Source
from ppclas_core.data.workers import processes as process_workers
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.ownership import Owner
from ppclas_core.system.cores import usable_cores

MOST_WORKERS = 8


class Workers(NamedTuple):
    """Number and kind (caller, threads, processes) of workers, with the reason of the choice."""

    kind: str
    number: int
    reason: str

    def __str__(self) -> str:
        workers = "the main thread" if self.kind == "caller" else f"{self.number} {self.kind}"
        return f"{workers} ({self.reason})"


def choose_workers(num_workers: Union[int, str], worker_type: str, pipeline: Pipeline, source: Source,
                   decoder: Optional[Decoder] = None) -> Workers:
    """Return the workers for a pipeline.

    Threads serve ops that release the GIL (Python's global interpreter lock). An op that holds it, and so needs
    processes, declares the class attribute `python_heavy = True`.

    Args:
        num_workers: number of workers; 0: none; "auto": number of usable cores, at most 8.
        worker_type: "auto", "threads" or "processes".
        pipeline: the ops.
        source: data set; its storage may not support processes.
        decoder: decoder that replaces DecodeImage.

    Raises:
        UserError: a value is invalid, or processes are requested but impossible.
    """
    if worker_type not in ("auto", "threads", "processes"):
        raise UserError(f"worker_type is {worker_type!r}", do="auto, threads or processes")
    count = _count(num_workers)
    if count == 0:
        return Workers("caller", 0, "num_workers is 0")
    heavy = [step.name for step in pipeline.steps if getattr(step.op, "python_heavy", False)]
    obstacle = source.storage.not_forked if process_workers.available else "this system cannot fork processes"
    registered = _registered(pipeline, source, decoder)
    if registered is not None:
        if worker_type == "processes":
            error = registered.absent_in("worker processes of the data loader")
            raise UserError(error.what, do=f"worker_type: threads; or {error.do}")
        obstacle = f"{registered.component} is registered in this process only"
    if worker_type == "processes":
        if obstacle:
            raise UserError(f"worker_type is 'processes', but {obstacle}", do="worker_type: threads")
        return Workers("processes", count, "set by worker_type")
    if worker_type == "threads":
        return Workers("threads", count, "set by worker_type")
    if not heavy:
        return Workers("threads", count, "the ops release the GIL")
    if obstacle:
        return Workers("threads", count, f"{heavy[0]} holds the GIL, but {obstacle}")
    return Workers("processes", count, f"{heavy[0]} holds the GIL")


def _registered(pipeline: Pipeline, source: Source, decoder: Optional[Decoder]) -> Optional[Owner]:
    """Return the first component of the data that `ppclas_core.register` added; None if there is none."""
    owners = [*(step.owner for step in pipeline.steps), source.reader, catalogue().owner_of("op", decoder)]
    return next((owner for owner in owners if owner is not None and owner.is_registered), None)


def _count(num_workers: Union[int, str]) -> int:
    if num_workers == "auto":
        return min(MOST_WORKERS, usable_cores())
    if isinstance(num_workers, bool) or not isinstance(num_workers, int) or num_workers < 0:
        raise UserError(f"num_workers is {num_workers!r}; it must be 'auto' or a whole number of at least 0")
    return num_workers
