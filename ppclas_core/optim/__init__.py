# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Optimizers, gradient clipping, and rules for groups of parameters."""
