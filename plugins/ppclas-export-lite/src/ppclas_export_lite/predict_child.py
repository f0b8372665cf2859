# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `LiteRuntime`; arguments: FILE VERSION THREADS, run in the folder of the file.

It must run in Python 3.7 too. It writes the names of inputs and outputs as one line of JSON, then one output tensor
for each input tensor until its standard input ends. A tensor is the number of dimensions (uint32), the dimensions as
int64 and the float32 values, all little-endian.
"""

import json
import os
import struct
import sys


def main(file: str, version: str, threads: str) -> None:
    """Load the model, and compute outputs until standard input ends."""
    del sys.path[0]  # the folder of this file: its module names may shadow others
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the output of paddlelite must not mix with the tensors
    import numpy as np
    from paddlelite import lite

    installed = lite.Opt().version()
    if installed != version:
        sys.exit(f"Error: the model was written by Paddle-Lite {version}, but Paddle-Lite {installed} is installed; a "
                 ".nb file runs only with the version that wrote it")
    config = lite.MobileConfig()
    config.set_model_from_file(file)
    predictor = lite.create_paddle_predictor(config)
    _use_threads(int(threads))
    names = {"inputs": predictor.get_input_names(), "outputs": predictor.get_output_names()}
    if not all(names.values()):  # a topology of zeros loads without an error
        sys.exit("Error: the model has no input or no output; the file is damaged")
    results.write(json.dumps(names).encode() + b"\n")
    results.flush()
    while True:
        head = sys.stdin.buffer.read(4)
        if len(head) < 4:
            return
        shape = np.frombuffer(_exactly(8 * struct.unpack("<I", head)[0]), "<i8")
        values = np.frombuffer(_exactly(4 * int(shape.prod())), "<f4").reshape(shape)
        predictor.get_input(0).from_numpy(values)
        predictor.run()
        output = np.ascontiguousarray(predictor.get_output(0).numpy(), "<f4")
        results.write(struct.pack(f"<I{output.ndim}q", output.ndim, *output.shape) + output.tobytes())
        results.flush()


def _exactly(count: int) -> bytes:
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        raise EOFError("a tensor is truncated")
    return data


def _use_threads(threads: int) -> None:
    """Set the threads of MKL and OpenMP: the Python API has no setting for x86, and MKL is set to 1 at load."""
    import ctypes
    import glob

    import paddlelite

    folder = os.path.join(os.path.dirname(paddlelite.__file__), "libs")
    for name, function in (("libmklml*", "MKL_Set_Num_Threads"), ("libiomp5*", "omp_set_num_threads")):
        for path in glob.glob(os.path.join(folder, name)):
            getattr(ctypes.CDLL(path), function)(threads)


if __name__ == "__main__":
    main(*sys.argv[1:])
