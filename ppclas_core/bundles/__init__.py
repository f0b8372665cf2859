# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Bundles on disk: `bundle.json`, the golden batch, parity with the model."""
