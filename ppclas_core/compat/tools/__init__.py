# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Flags and files of the `tools/*.py` command lines of July 2020.

Imports inside functions: the command lines start without Paddle, which takes seconds to import.
"""
