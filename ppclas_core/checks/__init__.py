# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of a config and its data: all that `ppclas check` does, and what a run repeats before it starts."""
