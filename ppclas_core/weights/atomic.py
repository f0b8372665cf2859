# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The earlier place of `ppclas_core.system.atomic`."""

from ppclas_core.system.atomic import atomic_file, atomic_folder, sync

__all__ = ["atomic_file", "atomic_folder", "sync"]
