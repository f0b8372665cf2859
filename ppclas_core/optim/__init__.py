# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Optimizers, weight decay, layer-wise learning rates, gradient clipping.

Imports inside functions: a config is checked without Paddle, which takes seconds to import.
"""
