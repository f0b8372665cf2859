# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Workers of a loader: they load the samples of the next batches while the current batch is trained on.

In: empty `BatchBuffer`s with the keys of their samples. Out: `finish(buffer)` of each filled buffer, in order, which
is a `Batch` in training. `choice` decides
between threads, processes and the caller; `threads` and `processes` run `sample.SampleReader`; `batch_buffer` holds the
images.
"""
