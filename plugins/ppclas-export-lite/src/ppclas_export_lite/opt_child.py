# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `optimise`: STEP TARGET FP16, in the folder of the model. Python 3.7 may run it."""

import sys


def main(step: str, target: str, fp16: str) -> None:
    """Check the operators, or write `model.nb`; opt ends this process itself after the one, or a failure."""
    del sys.path[0]  # the folder of this file, whose modules have names that others may have too
    from paddlelite import lite

    opt = lite.Opt()
    opt.set_model_file("model.pdmodel")
    opt.set_param_file("model.pdiparams")
    if int(fp16):
        opt.enable_fp16()  # before the places: they are chosen by it
    opt.set_valid_places(target)
    if step == "check":
        opt.check_if_model_supported(True)
    else:
        opt.set_model_type("naive_buffer")
        opt.set_optimize_out("model")
        opt.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
