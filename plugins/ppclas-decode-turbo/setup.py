# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Setup of the optional C part; without a compiler or libjpeg-turbo, the package installs and names what is missing.

The package contains libjpeg-turbo: linked statically from the prefix in LIBJPEG_TURBO (with include/ and a
position-independent lib/libjpeg.a), else as a copy of the shared library beside the module.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

PREFIX = os.environ.get("LIBJPEG_TURBO", "")
MISSING = """
ppclas-decode-turbo: its C part was NOT built; ppclas decodes with OpenCV, as without this package. To get it:
  apt-get install gcc libjpeg62-turbo-dev python3-dev   (or set LIBJPEG_TURBO to a built prefix), then install again
"""


def static_library() -> str:
    """Return the static library in the prefix; "": link the shared library of the system."""
    found = [str(path) for name in ("lib", "lib64") for path in Path(PREFIX, name).glob("libjpeg.a")] if PREFIX else []
    return found[0] if found else ""


class Build(build_ext):
    """Build step of the C part, which copies a linked shared library beside the module."""

    def run(self) -> None:
        """Build the extension and copy the library that it needs."""
        super().run()
        module = Path(self.get_ext_fullpath("ppclas_decode_turbo._turbo"))
        if not module.exists():
            print(MISSING, file=sys.stderr)
        elif not static_library() and sys.platform == "linux":
            self._bundle(module)

    @staticmethod
    def _bundle(module: Path) -> None:
        shown = subprocess.run(["ldd", str(module)], capture_output=True, text=True).stdout
        for line in shown.splitlines():
            name, _, rest = line.strip().partition(" => ")
            library = Path(rest.split(" (")[0])
            if name.startswith("libjpeg") and library.is_file() and library.resolve().parent != module.resolve().parent:
                shutil.copy2(library.resolve(), module.parent / name)
                print(f"{library} goes into the package", file=sys.stderr)


def extension() -> Extension:
    """Return the C extension, which is optional: a failing compiler does not fail the install."""
    archive = static_library()
    return Extension(
        "ppclas_decode_turbo._turbo",
        ["src/ppclas_decode_turbo/_turbo.c"],
        include_dirs=[str(Path(PREFIX, "include"))] if PREFIX else [],
        extra_objects=[archive] if archive else [],
        libraries=[] if archive else ["jpeg"],
        extra_link_args=["-Wl,-rpath,$ORIGIN"] if sys.platform == "linux" and not archive else [],
        extra_compile_args=["-O2"] if os.name != "nt" else [],
        py_limited_api=True,  # the C file defines Py_LIMITED_API
        optional=True,
    )


setup(ext_modules=[extension()], cmdclass={"build_ext": Build}, options={"bdist_wheel": {"py_limited_api": "cp39"}})
