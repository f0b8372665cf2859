# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Workers of a loader (threads or processes) and the buffers that they fill."""
