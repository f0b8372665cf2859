# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The conformance kit: one base class per hook, subclassed in three lines by a plugin's own tests."""
