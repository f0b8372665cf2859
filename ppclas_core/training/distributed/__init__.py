# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Training by several processes: ranks, synchronized batch norm, lost ranks, the launcher."""
