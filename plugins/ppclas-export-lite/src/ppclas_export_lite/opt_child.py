# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The child process of `optimize`; arguments: STEP TARGET FP16, run in the folder of the model by Python >= 3.7."""

import sys


def main(step: str, target: str, fp16: str) -> None:
    """Check the operators, or write `model.nb`; after a check or a failure, opt ends this process itself."""
    del sys.path[0]  # the folder of this file: its module names may shadow others
    from paddlelite import lite

    opt = lite.Opt()
    opt.set_model_file("model.pdmodel")
    opt.set_param_file("model.pdiparams")
    if int(fp16):
        opt.enable_fp16()  # must precede set_valid_places, which depends on it
    opt.set_valid_places(target)
    if step == "check":
        opt.check_if_model_supported(True)
    else:
        opt.set_model_type("naive_buffer")
        opt.set_optimize_out("model")
        opt.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
