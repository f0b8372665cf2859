# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is installed and what this machine has; what is broken, and the command that mends it."""

from __future__ import annotations

from ppclas_core.doctor.diagnosis import Diagnosis
from ppclas_core.doctor.examination import Report, examine

__all__ = ["Diagnosis", "Report", "examine"]
