# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deprecated places of `Callback` and `ScalarLogger`, which plugins import; both live in `ppclas_core.training`."""
