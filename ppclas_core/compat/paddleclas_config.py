# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Recognition of configs of PaddleClas 2.x, which have other sections; the error maps them to the keys of ppclas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict

from ppclas_core.errors import UserError

if TYPE_CHECKING:
    from ppclas_core.config.yaml_node import Node

SECTIONS: Dict[str, str] = {
    "Global": "epochs, image_shape, pretrained_model, save_interval, seed: the same names at the top level; "
              "output_dir: model_save_dir; eval_interval: valid_interval; print_batch_step: print_interval",
    "Arch": "name: ARCHITECTURE.name; class_num: classes_num; pretrained: pretrained_model",
    "Loss": "CELoss.epsilon: ls_epsilon; another loss: LOSS.name",
    "Optimizer": "name: OPTIMIZER.function; momentum: OPTIMIZER.params.momentum; regularizer: OPTIMIZER.regularizer; "
                 "lr.name: LEARNING_RATE.function; lr.learning_rate: LEARNING_RATE.params.lr",
    "DataLoader": "Train: TRAIN; Eval: VALID; in both, image_root: data_dir; cls_label_path: file_list; transform_ops: "
                  "transforms, with '- ToCHWImage:' at the end; batch_size, times the number of GPUs; num_workers",
    "Metric": "TopkAcc.topk: topk, one number",
    "AMP": "use_fp16: True",
    "EMA": "use_ema: True; decay: ema_decay",
    "Infer": "none: ppclas predict RUN IMAGE",
    "PreProcess": "none: the preprocessing is that of the training",
    "PostProcess": "none: label_list names the classes",
}
"""Section of PaddleClas 2.x -> its main keys and their keys in ppclas."""

_ENOUGH = 2
"""Number of these sections from which a config is one of PaddleClas 2.x."""


def refuse_paddleclas(root: Node) -> None:
    """Refuse a config of PaddleClas 2.x.

    Raises:
        UserError: the config has sections of PaddleClas 2.x; the error names the keys to take over.
    """
    found = [name for name in SECTIONS if name in root.value]
    if len(found) < _ENOUGH:
        return
    rows = [f"{name + ':':<12} {SECTIONS[name]}" for name in found]
    raise UserError(
        f"a config of PaddleClas 2.x (sections {', '.join(found)}); ppclas has other keys", where=root.origin,
        do="\n  ".join(["write a config of ppclas, or let 'ppclas finetune DATA --model NAME' write it, and take over:",
                        *rows, "see docs/migration/from_paddleclas_2.md, 'The configs'"]))
