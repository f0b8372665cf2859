# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Decoders of image files, and what the header of an encoded image says without decoding it."""
