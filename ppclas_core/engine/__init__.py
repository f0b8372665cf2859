# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deprecated modules of `Callback` and `ScalarLogger`; plugins import both from `ppclas_core.training`."""
