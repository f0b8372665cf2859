# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The optimizers of core: each function builds one, with learning rate 0. See `ppclas_core.api.Optimizer`.

The trainer supplies `parameters`, `grad_clip`, `regularizer` and `no_decay` (the names of the parameters without
weight decay); a config sets the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Collection, Dict, List

from ppclas_core.errors import UserError
from ppclas_core.optim.protocol import GradClip, Optimizer, Parameters, Regularizer

if TYPE_CHECKING:
    import paddle

__all__ = ["adadelta", "adagrad", "adam", "adamax", "adamw", "asgd", "lamb", "lars_momentum", "momentum", "nadam",
           "radam", "rmsprop", "sgd"]


def momentum(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, momentum: float = 0.9,
             use_nesterov: bool = False) -> Optimizer:
    """Build SGD with momentum."""
    return _regularized("Momentum", parameters, grad_clip, regularizer, momentum=momentum, use_nesterov=use_nesterov)


def sgd(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None) -> Optimizer:
    """Build plain SGD."""
    return _regularized("SGD", parameters, grad_clip, regularizer)


def rmsprop(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, rho: float = 0.95,
            epsilon: float = 1e-6, momentum: float = 0.0, centered: bool = False) -> Optimizer:
    """Build RMSProp."""
    return _regularized("RMSProp", parameters, grad_clip, regularizer, rho=rho, epsilon=epsilon, momentum=momentum,
                        centered=centered)


def adam(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, beta1: float = 0.9,
         beta2: float = 0.999, epsilon: float = 1e-8, lazy_mode: bool = False) -> Optimizer:
    """Build Adam."""
    return _regularized("Adam", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon,
                        lazy_mode=lazy_mode)


def adamax(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, beta1: float = 0.9,
           beta2: float = 0.999, epsilon: float = 1e-8) -> Optimizer:
    """Build Adamax."""
    return _regularized("Adamax", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon)


def adagrad(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, epsilon: float = 1e-6,
            initial_accumulator_value: float = 0.0) -> Optimizer:
    """Build Adagrad."""
    return _regularized("Adagrad", parameters, grad_clip, regularizer, epsilon=epsilon,
                        initial_accumulator_value=initial_accumulator_value)


def adadelta(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, epsilon: float = 1e-6,
             rho: float = 0.95) -> Optimizer:
    """Build Adadelta."""
    return _regularized("Adadelta", parameters, grad_clip, regularizer, epsilon=epsilon, rho=rho)


def nadam(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, beta1: float = 0.9,
          beta2: float = 0.999, epsilon: float = 1e-8, momentum_decay: float = 0.004) -> Optimizer:
    """Build NAdam."""
    return _regularized("NAdam", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon,
                        momentum_decay=momentum_decay)


def radam(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None, beta1: float = 0.9,
          beta2: float = 0.999, epsilon: float = 1e-8) -> Optimizer:
    """Build RAdam."""
    return _regularized("RAdam", parameters, grad_clip, regularizer, beta1=beta1, beta2=beta2, epsilon=epsilon)


def asgd(parameters: Parameters, grad_clip: GradClip = None, regularizer: Regularizer = None,
         batch_num: int = 1) -> Optimizer:
    """Build ASGD, averaged stochastic gradient descent."""
    return _regularized("ASGD", parameters, grad_clip, regularizer, batch_num=batch_num)


def adamw(parameters: Parameters, grad_clip: GradClip = None, no_decay: Collection[str] = (), beta1: float = 0.9,
          beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.01,
          lazy_mode: bool = False) -> Optimizer:
    """Build AdamW: Adam with decoupled weight decay."""
    extra: Dict[str, Callable[[str], bool]] = {}
    if no_decay:
        extra["apply_decay_param_fun"] = lambda name: name not in no_decay
    return _paddle_class("AdamW")(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, beta1=beta1,
                                  beta2=beta2, epsilon=epsilon, weight_decay=weight_decay, lazy_mode=lazy_mode, **extra)


def lamb(parameters: Parameters, grad_clip: GradClip = None, no_decay: Collection[str] = (), beta1: float = 0.9,
         beta2: float = 0.999, epsilon: float = 1e-6, lamb_weight_decay: float = 0.01) -> Optimizer:
    """Build LAMB: Adam with a trust ratio per layer and decoupled weight decay."""
    extra: Dict[str, Callable[[paddle.Tensor], bool]] = {}
    if no_decay:
        extra["exclude_from_weight_decay_fn"] = lambda parameter: parameter.name in no_decay
    return _paddle_class("Lamb")(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, beta1=beta1,
                                 beta2=beta2, epsilon=epsilon, lamb_weight_decay=lamb_weight_decay, **extra)


def lars_momentum(parameters: Parameters, grad_clip: GradClip = None, no_decay: Collection[str] = (),
                  momentum: float = 0.9, lars_coeff: float = 0.001, lars_weight_decay: float = 0.0005,
                  epsilon: float = 0.0) -> Optimizer:
    """Build SGD with momentum and LARS: the learning rate of a layer follows the norms of its weights and gradients."""
    from paddle.incubate.optimizer import LarsMomentumOptimizer

    extra: Dict[str, List[str]] = {"exclude_from_weight_decay": sorted(no_decay)} if no_decay else {}
    optimizer: Optimizer = LarsMomentumOptimizer(
        0.0, parameter_list=parameters, grad_clip=grad_clip, momentum=momentum, lars_coeff=lars_coeff,
        lars_weight_decay=lars_weight_decay, epsilon=epsilon, **extra)
    return optimizer


def _regularized(name: str, parameters: Parameters, grad_clip: GradClip, regularizer: Regularizer,
                 **values: float) -> Optimizer:
    """Build a Paddle optimizer with coupled weight decay: the regularizer is a term of the gradient."""
    return _paddle_class(name)(learning_rate=0.0, parameters=parameters, grad_clip=grad_clip, weight_decay=regularizer,
                               **values)


def _paddle_class(name: str) -> Callable[..., Optimizer]:
    """Return a class of `paddle.optimizer`.

    Raises:
        UserError: this Paddle lacks the class.
    """
    import paddle

    if not hasattr(paddle.optimizer, name):
        raise UserError(f"Paddle {paddle.__version__} has no optimizer '{name}'", where="OPTIMIZER.function",
                        do='pip install "paddlepaddle>=3.0"')
    optimizer_class: Callable[..., Optimizer] = getattr(paddle.optimizer, name)
    return optimizer_class
