# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Examination of an installation and its machine: versions, problems, and the commands that fix them."""

from __future__ import annotations

from ppclas_core.doctor.examination import examine
from ppclas_core.doctor.report import Diagnosis, Report, report_text

__all__ = ["Diagnosis", "Report", "examine", "report_text"]
