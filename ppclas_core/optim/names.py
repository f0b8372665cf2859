# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of optimizers: from `OPTIMIZER.function` of a config to the name in the catalogue."""

from __future__ import annotations

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.catalogue import catalogue

_KEY = "OPTIMIZER.function"
_SUFFIX = "Optimizer"
_REMOVED = {"DecayedAdagrad": "RMSProp", "Ftrl": "Adagrad", "Dpsgd": "SGD"}
_UNFIT = {"LBFGS": "evaluates the loss several times per step", "Rprop": "needs the whole data set in one batch"}


def optimizer_name(name: str) -> str:
    """Return the name of an optimizer in the catalogue; case and the suffix `Optimizer` are ignored.

    Raises:
        UserError: the name is unknown, or its optimizer is no longer in Paddle or does not suit training by batches.
    """
    known = catalogue().names("optimizer")
    dist, _, plain = name.rpartition(":")
    bare = plain[: -len(_SUFFIX)] if plain.endswith(_SUFFIX) and plain != _SUFFIX else plain
    for entry in catalogue().entries("optimizer"):
        record = entry.record
        for alias in (record.name, *record.aliases):
            if alias.lower() in (plain.lower(), bare.lower()):
                return f"{dist}:{record.name}" if dist else str(record.name)
    if bare in _REMOVED:
        raise UserError(f"Paddle no longer has the optimizer '{bare}'", where=_KEY,
                        do=f"use the most similar one: {_REMOVED[bare]}")
    if bare in _UNFIT:
        raise UserError(f"{bare} {_UNFIT[bare]}, so it does not suit training by batches", where=_KEY,
                        do=f"one of: {', '.join(known)}")
    raise UserError(f"unknown optimizer '{name}'.{did_you_mean(name, known)}", where=_KEY,
                    do=f"one of: {', '.join(known)}")
