# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Discovery of plugins and the catalogue of what they provide: discover -> manager -> catalogue."""
