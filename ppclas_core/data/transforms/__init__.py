# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The standard transforms, one file each, under the names and parameters that configs use."""
