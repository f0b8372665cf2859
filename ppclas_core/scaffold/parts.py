# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Parts that the templates of all kinds share: `plugin.py` with the records, and the tests of the conformance kit."""

from __future__ import annotations

from typing import Dict

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
