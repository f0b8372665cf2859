# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Learning rate scaled with the batch size: `lr: {value: 0.1, per_batch: 256}`.

Source of the linear rule: Accurate, large minibatch SGD (2017).
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from ppclas_core.config.sections import LearningRateSection
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.signature import coerce

KEY = "LEARNING_RATE.params.lr"


def schedule_parameters(section: LearningRateSection, batch_size: Optional[int]) -> Tuple[Dict[str, Any], str]:
    """Return `LEARNING_RATE.params` with a plain number as `lr`, and the log line of the scaling ("" if there is none).

    Args:
        section: section LEARNING_RATE.
        batch_size: TRAIN.batch_size; None without TRAIN.

    Raises:
        UserError: the mapping has other keys, lacks one, or has a value of the wrong type or range; no batch size.
    """
    params: Dict[str, Any] = dict(section.params or {})
    given = params.get("lr")
    if not isinstance(given, dict):
        return params, ""
    names = ("value", "per_batch")
    for key in given:
        if key not in names:
            raise UserError(f"lr has no key '{key}'.{did_you_mean(str(key), names)}", where=f"{KEY}.{key}",
                            do="write lr: {value: 0.1, per_batch: 256}")
    missing = [name for name in names if name not in given]
    if missing:
        raise UserError(f"lr needs the key '{missing[0]}'", where=KEY, do="write lr: {value: 0.1, per_batch: 256}")
    value = coerce(given["value"], float, what=f"{KEY}.value")
    reference = coerce(given["per_batch"], int, what=f"{KEY}.per_batch")
    if reference < 1:
        raise UserError(f"per_batch is {reference}; it must be at least 1", where=f"{KEY}.per_batch")
    if batch_size is None:
        raise UserError("per_batch needs TRAIN.batch_size, and there is no TRAIN", where=KEY, do="write lr: NUMBER")
    params["lr"] = value * batch_size / reference
    return params, f"lr {value:g} per {reference} images is {params['lr']:g} for a batch of {batch_size}"
