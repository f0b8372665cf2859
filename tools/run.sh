#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
# Train ResNet50 on ImageNet-1k with four GPUs, or with those that DEVICES names; where there is none, on the CPU.
#   DEVICES=0,1 bash tools/run.sh -o TRAIN.batch_size=128
set -euo pipefail
python=${PYTHON:-python}
train=$(dirname "$0")/train.py
launch=()
if nvidia-smi -L >/dev/null 2>&1; then
  launch=(-m paddle.distributed.launch --devices "${DEVICES:-0,1,2,3}")
fi
exec "$python" ${launch[@]+"${launch[@]}"} "$train" -c ./configs/ResNet/ResNet50.yaml -o print_interval=10 "$@"
