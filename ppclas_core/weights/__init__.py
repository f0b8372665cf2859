# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Read and write every form of checkpoint, and load it into a model with a report."""
