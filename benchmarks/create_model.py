# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Time of `create_model` against Paddle's own initialization of the same tensors: `python benchmarks/create_model.py`.

For each architecture: the time to build it, and the time to create tensors of the same shapes with the same
initializers (normal for weights of convolutions, uniform for those of fully connected layers, constants for the rest).
They alternate; medians are printed. The goal is a ratio of at most 2.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any, Callable, List

ARCHITECTURES = ["MobileNetV3_small_x1_0", "ResNet50_vd", "DenseNet121", "VGG16", "HRNet_W18_C"]
GOAL = 2.0


def main() -> int:
    """Print seconds and ratios; return 0 if all meet the goal."""
    import paddle

    from ppclas_core.models.create import create_model
    from ppclas_core.plugins.models import list_models

    worst = 0.0
    for name in sys.argv[1:] or [name for name in ARCHITECTURES if name in list_models()]:
        shapes = [(key, tuple(value.shape)) for key, value in create_model(name).state_dict().items()]
        ours, theirs = alternate(lambda name=name: create_model(name), lambda shapes=shapes: initialise(paddle, shapes))
        worst = max(worst, ours / theirs)
        print(f"{name:<24} create_model {ours:6.3f} s   initialisation alone {theirs:6.3f} s   {ours / theirs:5.2f}x")
    print(f"goal: at most {GOAL}x; worst is {worst:.2f}x")
    return 0 if worst <= GOAL else 1


def alternate(first: Callable[[], Any], second: Callable[[], Any], rounds: int = 5) -> List[float]:
    """Return the median time of each function in s; the calls alternate."""
    times: List[List[float]] = [[], []]
    for _ in range(rounds):
        for call, values in zip((first, second), times):
            started = time.perf_counter()
            call()
            values.append(time.perf_counter() - started)
    return [statistics.median(values) for values in times]


def initialise(paddle: Any, shapes: Any) -> List[Any]:
    """Create parameters of the same shapes with normal, uniform and constant initializers of Paddle."""
    layer = paddle.nn.Layer()
    initialisers = paddle.nn.initializer
    made = []
    for key, shape in shapes:
        if len(shape) == 4:
            initialiser = initialisers.Normal(0.0, 0.1)
        elif len(shape) == 2:
            initialiser = initialisers.Uniform(-0.1, 0.1)
        else:
            initialiser = initialisers.Constant(1.0 if key.endswith("weight") else 0.0)
        made.append(layer.create_parameter(shape, default_initializer=initialiser))
    return made


if __name__ == "__main__":
    raise SystemExit(main())
