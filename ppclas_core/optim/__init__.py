# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Optimizers, weight decay, layer-wise rates, gradient clipping."""
