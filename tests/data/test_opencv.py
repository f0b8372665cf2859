# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""If OpenCV is missing or does not load, the error names the fix."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SCRIPT = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "cv2":
            raise {error}
sys.meta_path.insert(0, Finder())
from ppclas_core.errors import UserError
import ppclas_core.data
try:
    ppclas_core.data.DecodeImage
except UserError as error:
    print(error)
"""


@pytest.mark.parametrize(("error", "cure"), [
    ("ImportError('libGL.so.1: cannot open shared object file')", "apt-get install -y libgl1 libglib2.0-0"),
    ("ImportError('libGL.so.1: cannot open shared object file')", "pip install opencv-python-headless"),
    ("ModuleNotFoundError('No module named cv2', name='cv2')", "pip install opencv-python"),
])
def test_the_fix_is_named(error, cure):
    script = _SCRIPT.format(error=error)
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert cure in result.stdout


def test_listing_ops_imports_no_opencv_and_no_numpy():
    script = ("import sys, ppclas_core.data, ppclas_core.cli.commands.data\n"
              "from ppclas_core.plugins.catalogue import catalogue\ncatalogue().names('op')\n"
              "print([name for name in ('cv2', 'numpy', 'paddle') if name in sys.modules])")
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
