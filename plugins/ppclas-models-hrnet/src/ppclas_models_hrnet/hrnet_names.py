# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Published names of HRNet's tensors; releases 2.0 and 2.1 differ."""

from __future__ import annotations

from typing import Iterator, List

from ppclas_core.weights import Names, conv_bn, linear
from ppclas_models_hrnet.blocks import Block
from ppclas_models_hrnet.hrnet import HRNet


def _unit(ours: str, v2020: str, v2_0: str, v2_1: str) -> Iterator[Names]:
    yield from conv_bn(ours, v2020, v2_0, v2_1)


def _block(block: Block, ours: str, v2020: str, v2_0: str, v2_1: str) -> Iterator[Names]:
    for k in range(len(block.convs)):
        yield from _unit(f"{ours}.convs.{k}", f"{v2020}_conv{k + 1}", f"{v2_0}.conv{k + 1}", f"{v2_1}.conv{k + 1}")
    if block.short is not None:
        yield from _unit(f"{ours}.short", f"{v2020}_downsample", f"{v2_0}.conv_down", f"{v2_1}.conv_down")
    if block.se is not None:
        for layer, old, later in (("reduce", "sqz", "squeeze"), ("expand", "exc", "excitation")):
            yield from linear(f"{ours}.se.{layer}", f"fc{v2020}_{old}_weights", f"fc{v2020}_{old}_offset",
                              f"{v2_0}.se.{later}", f"{v2_1}.se.fc_{later}")


def _exchange(ours: str, stage: int, module: int, count: int, blocks: List[List[Block]]) -> Iterator[Names]:
    old = f"st{stage}_{module}"
    v2_0, v2_1 = f"st{stage}.stage_{old}", f"st{stage}.stage_func_list.{module - 1}"
    for b, branch in enumerate(blocks):
        for n, block in enumerate(branch):
            name = f"{old}_branch_layer_{b + 1}_{n + 1}"
            yield from _block(block, f"{ours}.branches.{b}.{n}", name, f"{v2_0}.branches_func.bb_{name}",
                              f"{v2_1}.basic_block_list.{b}.{n}")
    number = 0
    for target in range(count):
        sources = [source for source in range(count) if source != target]
        for k, source in enumerate(sources):
            steps = max(1, target - source)
            for n in range(steps):
                name = f"{old}_layer_{target + 1}_{source + 1}" + (f"_{n + 1}" if source < target else "")
                yield from _unit(f"{ours}.fuse.{target}.{k}.{n}", name, f"{v2_0}.fuse_func.residual_{name}",
                                 f"{v2_1}.fuse_func.residual_func_list.{number}")
                number += 1


def weight_names(model: HRNet) -> Iterator[Names]:
    """Yield the published names of every tensor of `model`."""
    for k in (1, 2):
        name = f"layer1_{k}"
        yield from _unit(f"stem.{k - 1}", name, f"conv_{name}", f"conv_{name}")
    for k, block in enumerate(model.stages[0]):
        name = f"layer2_{k + 1}"
        yield from _block(block, f"stages.0.{k}", name, f"la1.bb_{name}", f"layer1.{k}")
    for k in (1, 2, 3):
        transition, modules = model.stages[k][0], list(model.stages[k])[1:]
        branches = ["narrow", "lower"] if transition.narrow is not None else ["lower"]
        for ours in branches:
            number = 1 if ours == "narrow" else k + 1
            name = f"tr{k}_layer_{number}"
            yield from _unit(f"stages.{k}.0.{ours}", name, f"tr{k}.transition_{name}",
                             f"conv_tr{k}_{number}" if len(branches) == 2 else f"conv_tr{k}")
        for m, module in enumerate(modules, 1):
            blocks = [list(branch) for branch in module.branches]
            yield from _exchange(f"stages.{k}.{m}", k + 1, m, k + 1, blocks)
    for k, block in enumerate(model.head.branches):
        name = f"conv_{k + 1}"
        yield from _block(block, f"head.branches.{k}", f"cls_head{name}", f"last_cls.conv_cls_head_{name}",
                          f"last_cls.func_list.{k}")
    for k in range(len(model.head.downs)):
        name = f"cls_head_add{k + 1}"
        yield from _unit(f"head.downs.{k}", name, name, f"cls_head_conv_list.{k}")
    yield from _unit("head.last", "cls_head_last_conv", "conv_last", "conv_last")
    yield from linear("head.fc", "fc_weights", "fc_offset", "out", "fc")
