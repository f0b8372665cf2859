#!/bin/sh
# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
# Train ResNet50 on ImageNet-1k with four GPUs, or with those that DEVICES names; where there is none, on the CPU.
#   DEVICES=0,1 sh tools/run.sh -o TRAIN.batch_size=128
set -eu
set -- "$(dirname "$0")/train.py" -c ./configs/ResNet/ResNet50.yaml -o print_interval=10 "$@"
if nvidia-smi -L >/dev/null 2>&1; then
  set -- -m paddle.distributed.launch --devices "${DEVICES:-0,1,2,3}" "$@"
fi
exec "${PYTHON:-python}" "$@"
