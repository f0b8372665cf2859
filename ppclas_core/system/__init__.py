# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What has nothing to do with images: text from outside, faults of the machine, cache folders."""
