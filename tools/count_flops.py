# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Count parameters and FLOPs of the architectures of a models plugin, for the literals in its records.

    python tools/count_flops.py ppclas-models-mobile [ARCHITECTURE ...]

A FLOP count is 2 x the multiply-adds of convolutions and fully connected layers for one image of `input_size`;
biases, norms, activations and pooling are not counted. Exit 1 where a record says otherwise.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, List

ROOT = Path(__file__).resolve().parent.parent


def count_flops(model: Any, input_size: int) -> int:
    """2 x multiply-adds of all `nn.Conv2D` and `nn.Linear` calls for one (in_channels, size, size) image.

    The model is left in the mode (training or evaluation) in which it was; it runs in evaluation mode.
    """
    import paddle
    from paddle import nn

    total = 0

    def count(layer: Any, inputs: Any, output: Any) -> None:
        nonlocal total
        values = 1
        for length in output.shape[1:]:
            values *= length
        terms = layer.weight.shape[0]  # a fully connected weight is (in, out)
        if isinstance(layer, nn.Conv2D):
            terms = layer.weight.shape[1] * layer.weight.shape[2] * layer.weight.shape[3]
        total += 2 * values * terms

    layers = [layer for layer in model.sublayers() if isinstance(layer, (nn.Conv2D, nn.Linear))]
    hooks = [layer.register_forward_post_hook(count) for layer in layers]
    training = model.training
    model.eval()
    try:
        with paddle.no_grad():
            model(paddle.zeros([1, model.in_channels, input_size, input_size]))
    finally:
        for hook in hooks:
            hook.remove()
        if training:
            model.train()
    return total


def count_params(model: Any) -> int:
    """Number of trainable values."""
    return sum(parameter.size for parameter in model.parameters() if not parameter.stop_gradient)


def main(arguments: List[str]) -> int:
    """Print one line per architecture, marking records that differ."""
    if not arguments:
        print(__doc__)
        return 2
    from ppclas_core.testing.published import build

    source = ROOT / "plugins" / arguments[0] / "src"
    sys.path.insert(0, str(source))
    package = next(source.glob("*/plugin.py")).parent.name
    wrong = 0
    for record in importlib.import_module(f"{package}.plugin").ppclas_backbones():
        if arguments[1:] and record.name not in arguments[1:]:
            continue
        model = build(record)
        params, flops = count_params(model), count_flops(model, record.input_size)
        differs = (params, flops) != (record.params, record.flops)
        wrong += differs
        remark = f"   the record says {record.params} and {record.flops}" if differs else ""
        print(f"{record.name}\t{params}\t{flops}{remark}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
