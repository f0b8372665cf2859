# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the distillation losses, the callback `Distillation` and the command `ppclas ssld`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, Command, Loss, hookimpl


@hookimpl
def ppclas_losses() -> Iterable[Loss]:
    """Return the distillation losses."""
    docs = {
        "JSDivLoss": "half of the symmetric KL divergence, the loss of SSLD",
        "JSLoss": "Jensen-Shannon divergence",
        "KLLoss": "KL divergence at a temperature",
        "SoftCELoss": "cross-entropy against the teacher's probabilities",
    }
    return [Loss(name, f"ppclas_distill.losses:{name}", doc=doc, teacher=True) for name, doc in docs.items()]


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    """Return the callback that runs the teachers."""
    return [Callback("Distillation", "ppclas_distill.callback:Distillation",
                     doc="runs the teacher beside the student; its parameters are the section DISTILLATION",
                     enabled_by="use_distillation", section="DISTILLATION", default_loss="JSDivLoss", teacher=True)]


@hookimpl
def ppclas_commands() -> Iterable[Command]:
    """Return the command `ssld`."""
    return [Command("ssld", "ppclas_distill.command:add",
                    "select unlabeled images to train a student on: dedup, label, select, merge")]
