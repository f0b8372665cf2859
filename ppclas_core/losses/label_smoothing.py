# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Label smoothing: the formulas, and the use of the config key `ls_epsilon`.

A loss supports label smoothing if it has a parameter `epsilon`, which it passes to the functions below. The config
schema checks the range of the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Container, Dict, Optional

from ppclas_core.api import Loss
from ppclas_core.errors import UserError

if TYPE_CHECKING:
    import paddle


KEY = "ls_epsilon"
PARAMETER = "epsilon"


def smoothing_ratio(epsilon: Optional[float]) -> float:
    """Return `epsilon` if it is in 0..1, else 0 (off). Configs switch it off by -1, 0 or no value."""
    return epsilon if epsilon is not None and 0.0 <= epsilon <= 1.0 else 0.0


def smooth_cross_entropy(loss: paddle.Tensor, log_p: paddle.Tensor, epsilon: float) -> paddle.Tensor:
    """Return the cross-entropy (N,) of the targets (1 - epsilon) * target + epsilon / num_classes.

    Args:
        loss: (N,) cross-entropy of the targets without smoothing.
        log_p: (N, num_classes) log-probabilities, with the class weights of the loss.
        epsilon: 0..1.
    """
    return (1.0 - epsilon) * loss - epsilon * log_p.mean(axis=-1) if epsilon else loss


def smooth_binary_targets(targets: paddle.Tensor, epsilon: float) -> paddle.Tensor:
    """Return t * (1 - epsilon) + epsilon / 2 for the binary targets t (N, num_classes)."""
    return (1.0 - epsilon) * targets + epsilon / 2 if epsilon else targets


def add_smoothing(params: Dict[str, Any], epsilon: float, accepted: Container[str]) -> None:
    """Add `ls_epsilon` of a config to `params`, unless they contain `epsilon` or the loss does not support it.

    Args:
        params: `LOSS.params` of the config.
        epsilon: value of `ls_epsilon`.
        accepted: names of the parameters of the loss.
    """
    if PARAMETER in accepted:
        params.setdefault(PARAMETER, epsilon)


def check_smoothing(
    epsilon: float, params: Container[str], loss: Loss, accepted: Container[str]
) -> Optional[UserError]:
    """Return an error if `ls_epsilon` is set and has no effect, else None.

    Args:
        epsilon: value of `ls_epsilon`.
        params: `LOSS.params` of the config.
        loss: record of its loss.
        accepted: names of the parameters of the loss.
    """
    if not epsilon:
        return None
    if loss.teacher:
        return UserError(f"'{KEY}' has no effect on the loss {loss.name}: the teacher gives the targets",
                         do=f"remove {KEY}")
    if PARAMETER not in accepted:
        return UserError(f"'{KEY}' has no effect on the loss {loss.name}", do=f"remove {KEY}")
    if PARAMETER in params:
        return UserError(f"'{KEY}' has no effect: LOSS.params.{PARAMETER} overrides it", do="remove one of them")
    return None
