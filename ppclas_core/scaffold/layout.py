# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files common to all plugin distributions."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

SETUP = """\
[metadata]
name = @dist@
version = 0.1.0
description = @what@ for ppclas
long_description = file: README.md
long_description_content_type = text/markdown
license = Apache-2.0
license_files = LICENSE
author = The authors of @dist@
keywords = ppclas-plugin
classifiers =
    Operating System :: OS Independent
    Programming Language :: Python :: 3
    Topic :: Scientific/Engineering :: Image Recognition
    Typing :: Typed

[options]
package_dir =
    = src
packages = find:
python_requires = >=3.9
install_requires =
    ppclas-core~=0.1.0

[options.packages.find]
where = src

[options.package_data]
* =
    py.typed
    configs/**/*.yaml
    configs/**/*.yml

[options.entry_points]
ppclas.plugins.v1 =
    @entry@ = @package@.plugin
"""

PYPROJECT = """\
[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"
"""

README = """\
# @dist@

@what@ for [ppclas](https://pypi.org/project/ppclas-core/): `@name@`.

```
pip install .
ppclas plugins
```

in this folder; once it is published, `pip install @dist@`. Tests: `pytest`, with the extra `test` of ppclas-core.
"""

INIT = '''\
"""@what@ for ppclas."""

from __future__ import annotations

__version__ = "0.1.0"
'''


def distribution_files(fields: Dict[str, str], *, kind: str, what: str) -> Dict[str, str]:
    """Return the packaging files and the package that every kind of plugin has, with the fields filled in."""
    values = {**fields, "kind": kind, "what": what}
    license_text = Path(__file__).with_name("Apache-2.0.txt").read_text(encoding="utf-8")
    texts = {"setup.cfg": SETUP, "pyproject.toml": PYPROJECT, "README.md": README, "LICENSE": license_text,
             "src/@package@/__init__.py": INIT, "src/@package@/py.typed": ""}
    filled = {}
    for path, text in texts.items():
        for key, value in values.items():
            path, text = path.replace(f"@{key}@", value), text.replace(f"@{key}@", value)
        filled[path] = text
    return filled
