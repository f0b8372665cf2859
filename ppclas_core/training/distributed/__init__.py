# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Training with several processes: exchange of values, synchronized batch norm, lost ranks, launcher."""
