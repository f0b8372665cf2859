# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Commands of `ppclas`, one module each: it parses the options, calls one function, and prints the result.

Imports inside functions: the command line starts without Paddle, OpenCV and NumPy, which take seconds to import.
Listings start without json and the checks of plugins, which only their options need.
"""
