# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Time of `create_model` compared with Paddle's initialization of the same tensors.

    python benchmarks/create_model.py [ARCHITECTURE ...]

For each architecture, two times are measured alternately: building the model, and creating tensors of the same shapes
with the same initializers (normal for weights of convolutions, uniform for those of fully connected layers, constants
for the rest). The medians are printed. The goal: a ratio of at most 2. Duration: about 2 minutes on two cores.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Callable, List, Sequence, Tuple

from command_line import benchmark_parser, start
from results import Row, record

if TYPE_CHECKING:
    import paddle

Shapes = Sequence[Tuple[str, Tuple[int, ...]]]
"""Key and shape of each tensor of a model."""

ARCHITECTURES = ["MobileNetV3_small_x1_0", "ResNet50_vd", "DenseNet121", "VGG16", "HRNet_W18_C"]
GOAL = 2.0


def main() -> int:
    """Print seconds and ratios; return 0 if all meet the goal."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("architectures", nargs="*", metavar="ARCHITECTURE", help="default: five installed ones")
    args = start(parser, "about 2 minutes on two cores")
    from ppclas_core.models.create import create_model
    from ppclas_core.plugins.models import list_models

    worst = 0.0
    for name in args.architectures or [name for name in ARCHITECTURES if name in list_models()]:
        shapes = [(key, tuple(value.shape)) for key, value in create_model(name).state_dict().items()]
        ours, theirs = alternate(partial(create_model, name), partial(initialize, shapes))
        worst = max(worst, ours / theirs)
        record(Row(name, "initialization alone", theirs, "s", less=True))
        record(Row(name, "create_model", ours, "s", "initialization alone", ours / theirs, GOAL, less=True))
        print(f"{name:<24} create_model {ours:6.3f} s   initialization alone {theirs:6.3f} s   {ours / theirs:5.2f}x")
    print(f"goal: at most {GOAL}x; worst is {worst:.2f}x")
    return 0 if worst <= GOAL else 1


def alternate(first: Callable[[], object], second: Callable[[], object], rounds: int = 5) -> List[float]:
    """Return the median time of each function in s; the calls alternate."""
    times: List[List[float]] = [[], []]
    for _ in range(rounds):
        for call, values in zip((first, second), times):
            started = time.perf_counter()
            call()
            values.append(time.perf_counter() - started)
    return [statistics.median(values) for values in times]


def initialize(shapes: Shapes) -> List[paddle.Tensor]:
    """Create parameters of these shapes with normal, uniform and constant initializers of Paddle."""
    import paddle

    layer = paddle.nn.Layer()
    initializers = paddle.nn.initializer
    parameters = []
    for key, shape in shapes:
        if len(shape) == 4:
            initializer = initializers.Normal(0.0, 0.1)
        elif len(shape) == 2:
            initializer = initializers.Uniform(-0.1, 0.1)
        else:
            initializer = initializers.Constant(1.0 if key.endswith("weight") else 0.0)
        parameters.append(layer.create_parameter(shape, default_initializer=initializer))
    return parameters


if __name__ == "__main__":
    raise SystemExit(main())
