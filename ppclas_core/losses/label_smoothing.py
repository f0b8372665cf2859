# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Label smoothing: its formulas, and the way of the config key `ls_epsilon` to the loss.

A loss supports label smoothing by a parameter `epsilon`, which it passes to the functions below. The range of the key
stands in its line of the config schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Container, Dict, Mapping, Optional

from ppclas_core.errors import UserError

if TYPE_CHECKING:
    import paddle

KEY = "ls_epsilon"
PARAMETER = "epsilon"


def smoothing_ratio(epsilon: Optional[float]) -> float:
    """Return `epsilon` where it is in 0..1, else 0 (off). Configs write off as -1, 0 or nothing."""
    return epsilon if epsilon is not None and 0.0 <= epsilon <= 1.0 else 0.0


def smooth_cross_entropy(loss: paddle.Tensor, log_p: paddle.Tensor, epsilon: float) -> paddle.Tensor:
    """Return the cross-entropy (N,) of the targets (1 - epsilon) * target + epsilon / num_classes.

    Args:
        loss: (N,) cross-entropy of the targets themselves.
        log_p: (N, num_classes) log-probabilities, weighted by class where the loss is.
    """
    return (1.0 - epsilon) * loss - epsilon * log_p.mean(axis=-1) if epsilon else loss


def smooth_binary_targets(targets: paddle.Tensor, epsilon: float) -> paddle.Tensor:
    """Return the binary targets (N, num_classes) t as t * (1 - epsilon) + epsilon / 2."""
    return (1.0 - epsilon) * targets + epsilon / 2 if epsilon else targets


def add_smoothing(params: Dict[str, Any], config: Mapping[str, Any], accepted: Container[str]) -> None:
    """Add `ls_epsilon` of a config to the parameters of its loss, where the loss supports it and they leave it open.

    Args:
        accepted: names of the parameters of the loss.
    """
    if PARAMETER in accepted:
        params.setdefault(PARAMETER, config.get(KEY))


def check_smoothing(config: Mapping[str, Any], loss: Any, accepted: Container[str]) -> Optional[UserError]:
    """Return the error of a config whose `ls_epsilon` has no effect; None where it has one, or is off.

    Args:
        loss: record of the loss; accepted: names of its parameters.
    """
    if not config[KEY]:
        return None
    if loss.teacher:
        return UserError(f"'{KEY}' has no effect on the loss {loss.name}: the teacher gives the targets",
                         do=f"remove {KEY}")
    if PARAMETER not in accepted:
        return UserError(f"'{KEY}' has no effect on the loss {loss.name}", do=f"remove {KEY}")
    if PARAMETER in config["LOSS"]["params"]:
        return UserError(f"'{KEY}' has no effect: LOSS.params.{PARAMETER} wins over it", do="remove one of them")
    return None
