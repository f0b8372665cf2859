# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of a config and its data for `ppclas check`; a run repeats the fast ones before it starts.

Imports inside functions: `ppclas show` checks the parameters of a model and starts without NumPy and OpenCV.
"""
