# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Program `python -m ppclas`."""

from __future__ import annotations

from ppclas_core.cli import main

raise SystemExit(main())
