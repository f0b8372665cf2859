# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files common to all plugin distributions."""

from __future__ import annotations

from typing import Dict

LICENCE = "Apache-2.0"

SETUP = """\
[metadata]
name = @dist@
version = 0.1.0
description = @what@ for ppclas
long_description = file: README.md
long_description_content_type = text/markdown
license = @licence@

[options]
package_dir =
    = src
packages = find:
python_requires = >=3.9
install_requires =
    ppclas-core>=0.1,<1

[options.packages.find]
where = src

[options.package_data]
* = configs/**/*.yaml

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

@what@ for [ppclas](https://pypi.org/project/ppclas-core/): `@component@`.

```
pip install .
ppclas info @component@
```

in this folder; once it is published, `pip install @dist@`. Tests: `pytest`, with the extra `test` of ppclas-core.
"""

INIT = '''\
"""@what@ for ppclas."""

from __future__ import annotations

__version__ = "0.1.0"
'''


def distribution_files(fields: Dict[str, str], *, kind: str, what: str, licence: str) -> Dict[str, str]:
    """Return setup.cfg, pyproject.toml, README.md and the package's `__init__.py` with the fields filled in."""
    values = {**fields, "kind": kind, "what": what, "licence": licence}
    texts = {"setup.cfg": SETUP, "pyproject.toml": PYPROJECT, "README.md": README,
             "src/@package@/__init__.py": INIT}
    filled = {}
    for path, text in texts.items():
        for key, value in values.items():
            path, text = path.replace(f"@{key}@", value), text.replace(f"@{key}@", value)
        filled[path] = text
    return filled
