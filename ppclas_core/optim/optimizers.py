# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The optimizers of core: each function builds one from its parameters. See `ppclas_core.api.Optimizer`."""

from __future__ import annotations

from typing import Any, Collection, Dict

from ppclas_core.errors import UserError

__all__ = ["adadelta", "adagrad", "adam", "adamax", "adamw", "asgd", "lamb", "lars_momentum", "momentum", "nadam",
           "radam", "rmsprop", "sgd"]


def momentum(parameters: Any, grad_clip: Any = None, regularizer: Any = None, momentum: float = 0.9,
             use_nesterov: bool = False) -> Any:
    """Build SGD with momentum."""
    return _regularized("Momentum", parameters, grad_clip, regularizer, momentum=momentum, use_nesterov=use_nesterov)


def sgd(parameters: Any, grad_clip: Any = None, regularizer: Any = None) -> Any:
    """Build plain SGD."""
    return _regularized("SGD", parameters, grad_clip, regularizer)


def rmsprop(parameters: Any, grad_clip: Any = None, regularizer: Any = None, rho: float = 0.95,
            epsilon: float = 1e-6, momentum: float = 0.0, centered: bool = False) -> Any:
    """Build RMSProp."""
    return _regularized("RMSProp", parameters, grad_clip, regularizer, rho=rho, epsilon=epsilon, momentum=momentum,
                        centered=centered)


def adam(parameters: Any, grad_clip: Any = None, regularizer: Any = None, beta1: float = 0.9, beta2: float = 0.999,
         epsilon: float = 1e-8, lazy_mode: bool = False) -> Any:
    """Build Adam."""
    return _regularized("Adam", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon,
                        lazy_mode=lazy_mode)


def adamax(parameters: Any, grad_clip: Any = None, regularizer: Any = None, beta1: float = 0.9, beta2: float = 0.999,
           epsilon: float = 1e-8) -> Any:
    """Build Adamax."""
    return _regularized("Adamax", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon)


def adagrad(parameters: Any, grad_clip: Any = None, regularizer: Any = None, epsilon: float = 1e-6,
            initial_accumulator_value: float = 0.0) -> Any:
    """Build Adagrad."""
    return _regularized("Adagrad", parameters, grad_clip, regularizer, epsilon=epsilon,
                        initial_accumulator_value=initial_accumulator_value)


def adadelta(parameters: Any, grad_clip: Any = None, regularizer: Any = None, epsilon: float = 1e-6,
             rho: float = 0.95) -> Any:
    """Build Adadelta."""
    return _regularized("Adadelta", parameters, grad_clip, regularizer, epsilon=epsilon, rho=rho)


def nadam(parameters: Any, grad_clip: Any = None, regularizer: Any = None, beta1: float = 0.9, beta2: float = 0.999,
          epsilon: float = 1e-8, momentum_decay: float = 0.004) -> Any:
    """Build NAdam."""
    return _regularized("NAdam", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon,
                        momentum_decay=momentum_decay)


def radam(parameters: Any, grad_clip: Any = None, regularizer: Any = None, beta1: float = 0.9, beta2: float = 0.999,
          epsilon: float = 1e-8) -> Any:
    """Build RAdam."""
    return _regularized("RAdam", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon)


def asgd(parameters: Any, grad_clip: Any = None, regularizer: Any = None, batch_num: int = 1) -> Any:
    """Build ASGD, averaged stochastic gradient descent."""
    return _regularized("ASGD", parameters, grad_clip, regularizer, batch_num=batch_num)


def adamw(parameters: Any, grad_clip: Any = None, no_decay: Collection[str] = (), beta1: float = 0.9,
          beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.01, lazy_mode: bool = False) -> Any:
    """Build AdamW: Adam with decoupled weight decay."""
    extra: Dict[str, Any] = {"apply_decay_param_fun": lambda name: name not in no_decay} if no_decay else {}
    return _paddle("AdamW")(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, beta1=beta1, beta2=beta2,
                            epsilon=epsilon, weight_decay=weight_decay, lazy_mode=lazy_mode, **extra)


def lamb(parameters: Any, grad_clip: Any = None, no_decay: Collection[str] = (), beta1: float = 0.9,
         beta2: float = 0.999, epsilon: float = 1e-6, lamb_weight_decay: float = 0.01) -> Any:
    """Build LAMB."""
    extra: Dict[str, Any] = {}
    if no_decay:
        extra["exclude_from_weight_decay_fn"] = lambda parameter: parameter.name in no_decay
    return _paddle("Lamb")(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, beta1=beta1, beta2=beta2,
                           epsilon=epsilon, lamb_weight_decay=lamb_weight_decay, **extra)


def lars_momentum(parameters: Any, grad_clip: Any = None, no_decay: Collection[str] = (), momentum: float = 0.9,
                  lars_coeff: float = 0.001, lars_weight_decay: float = 0.0005, epsilon: float = 0.0) -> Any:
    """Build LARS with momentum."""
    from paddle.incubate.optimizer import LarsMomentumOptimizer

    extra: Dict[str, Any] = {"exclude_from_weight_decay": sorted(no_decay)} if no_decay else {}
    return LarsMomentumOptimizer(0.0, parameter_list=parameters, grad_clip=grad_clip, momentum=momentum,
                                 lars_coeff=lars_coeff, lars_weight_decay=lars_weight_decay, epsilon=epsilon, **extra)


def _regularized(cls: str, parameters: Any, grad_clip: Any, regularizer: Any, **values: Any) -> Any:
    """Build an optimizer of Paddle's whose weight decay is coupled: a term of the gradient, and so of its momentum."""
    return _paddle(cls)(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, weight_decay=regularizer,
                        **values)


def _paddle(cls: str) -> Any:
    """Return a class of `paddle.optimizer`.

    Raises:
        UserError: this Paddle lacks it.
    """
    import paddle

    if not hasattr(paddle.optimizer, cls):
        raise UserError(f"Paddle {paddle.__version__} has no optimizer '{cls}'", where="OPTIMIZER.function",
                        do='pip install "paddlepaddle>=3.0"')
    return getattr(paddle.optimizer, cls)
