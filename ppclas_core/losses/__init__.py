# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Losses of core: cross-entropy, binary cross-entropy, focal loss; label smoothing and mixed labels for any loss.

A loss is a callable `loss(logits, target) -> 0-D tensor`; see `ppclas_core.api.Loss`.
"""
