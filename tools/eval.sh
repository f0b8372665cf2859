#!/bin/sh
# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
# Evaluate on ImageNet-1k, by default the published ResNet50_vd, with one GPU or on the CPU.
#   sh tools/eval.sh -o pretrained_model=output/ResNet50_vd/best_model/ppcls
set -eu
exec "${PYTHON:-python}" "$(dirname "$0")/eval.py" -c ./configs/eval.yaml "$@"
