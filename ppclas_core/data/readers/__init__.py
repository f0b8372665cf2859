# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Readers of data sets, one module per storage format.

In: a `ReadRequest`, the keys of a config section that define a data set. Out: a `Source`, the index of its images and
labels in memory, with the `Storage` of the encoded images. `open.open_source` makes the request, `selection` finds the
reader that recognizes the data, and the reader (`list_file`, `csv_table`, `folder`, `tar_shards`, `repacked` or one of
a plugin) makes the source. Next: `loader`.
"""
