# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run folders: checkpoints, the log, the lock, and the terms that a run resumes under."""
