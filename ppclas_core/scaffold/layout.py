# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Texts common to all plugin distributions: packaging, and the shape of `plugin.py` and of the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

from ppclas_core.scaffold.publishing import publishing_files

RUN_EXAMPLE = ("ppclas data digits", "ppclas run @folder@example.yaml")
"""Commands that try a component which a config can name; `@folder@` is the folder of the plugin with its slash."""

SETUP = """\
[metadata]
name = @dist@
version = 0.1.0
description = @what@ for ppclas
long_description = file: README.md
long_description_content_type = text/markdown
license = Apache-2.0
license_files = LICENSE
author = @author@
@url@
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

[options.extras_require]
test =
    mypy>=1.8
    pytest>=7.4

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

README = """\
# @dist@

@what@ for [ppclas](https://pypi.org/project/ppclas-core/): `@name@`.

```
pip install @dist@
```

To try it from a checkout of this repository:

```
pip install .
@commands@
```

Tests: `pip install ".[test]"`, then `pytest` and `mypy`.
"""

INIT = '''\
"""@what@ for ppclas."""

from __future__ import annotations

__version__ = "0.1.0"
'''

_PLUGIN = '''\
"""Records of this distribution; this module imports only `ppclas_core.api`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import {imports}


@hookimpl
def {hook}() -> Iterable[{record}]:
    """Return one record per {noun}."""
    return [{records}]
'''

_TESTS = '''\
"""Tests of the conformance kit{summary}"""

from __future__ import annotations
{imports}
from ppclas_core.testing import {classes}


class TestPlugin(PluginConformance):
    plugin = "@package@.plugin"


class Test{plural}({kit}):
    plugin = "@package@.plugin"
{body}'''


def distribution_files(fields: Dict[str, str], *, what: str) -> Dict[str, str]:
    """Return the packaging files and the package that every kind of plugin has, with the fields filled in."""
    values = {**fields, "what": what}
    license_text = Path(__file__).with_name("Apache-2.0.txt").read_text(encoding="utf-8")
    texts = {"setup.cfg": SETUP, "README.md": README, "LICENSE": license_text, "src/@package@/__init__.py": INIT,
             "src/@package@/py.typed": "", **publishing_files()}
    filled = {}
    for path, text in texts.items():
        for key, value in values.items():
            path, text = path.replace(f"@{key}@", value), text.replace(f"@{key}@", value)
        filled[path] = text
    return filled


def plugin_module(record: str, hook: str, noun: str, records: str) -> str:
    """Return the text of `plugin.py`.

    Args:
        record: class of the records, e.g. `Op`.
        hook: hook that returns them, e.g. `ppclas_ops`.
        noun: what one record describes, for the docstring.
        records: source text of the records.
    """
    imports = ", ".join([record, "hookimpl"])
    return _PLUGIN.format(imports=imports, hook=hook, record=record, noun=noun, records=records)


def kit_tests(kit: str, plural: str, summary: str, *, body: str = "", imports: str = "") -> str:
    """Return the text of the tests.

    Args:
        kit: class of the conformance kit.
        plural: name of the test class behind `Test`.
        summary: rest of the docstring after "Tests of the conformance kit".
        body: source text that the test class ends with.
        imports: import lines of `body`.
    """
    classes = ", ".join(sorted([kit, "PluginConformance"]))
    imports = f"\n{imports}\n" if imports else ""
    return _TESTS.format(summary=summary, imports=imports, classes=classes, plural=plural, kit=kit, body=body)


def component_files(plugin: str, module: str, tests: str, config: str = "") -> Dict[str, str]:
    """Return path -> text of the files of a component; without `config` there is no `example.yaml`."""
    files = {"src/@package@/plugin.py": plugin, "src/@package@/@module@.py": module, "tests/test_@package@.py": tests}
    return {**files, "example.yaml": config} if config else files
