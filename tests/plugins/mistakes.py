# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Table of mistakes in plugins: a small distribution each, the command that meets it, and what it prints."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Dict, Mapping, NamedTuple, Tuple

HEAD = "from ppclas_core.api import *\n"
OPS = HEAD + "@hookimpl\ndef ppclas_ops():\n    return [{}]\n"
ONE_OP = OPS.format("Op('Bad', 'acme_bad.op:Bad')")
BAD = 'class Bad:\n    """An op."""\n'
CALL = BAD + "    def __call__(self, image, rng=None):\n        {}\n"
FINE = CALL.format("return image")
PLUGINS = ("plugins",)
CHECK = ("plugins", "--check")
LIST = ("list", "ops", "--json")
INFO = ("info", "Bad")
AUGMENT = ("augment", "config.yaml", "a.png", "-o", "out.png")


class Mistake(NamedTuple):
    """A distribution `acme-bad` with one mistake.

    Args:
        says: what the output contains, in order.
        plugin, op: text of `acme_bad/plugin.py` and `acme_bad/op.py`.
        arguments: command line of ppclas.
        code: exit code.
        group, value: entry point.
        requires: requirement on ppclas-core.
        environment: variables.
        metadata: text of METADATA; "" for a valid one.
    """

    says: Tuple[str, ...]
    plugin: str = ONE_OP
    op: str = FINE
    arguments: Tuple[str, ...] = PLUGINS
    code: int = 0
    group: str = "ppclas.plugins.v1"
    value: str = "acme_bad.plugin"
    requires: str = ">=0.1,<1"
    environment: Mapping[str, str] = {}
    metadata: str = ""


PROBLEM = "problem: plugin acme-bad 1.0 is installed but could not be loaded"
DISABLE = "PPCLAS_DISABLE_PLUGINS=acme-bad disables the plugin"


def record(text: str, message: str) -> Mistake:
    """Return a mistake in the third line of a hook that returns one record of any kind."""
    hook = {"Backbone": "backbones", "Loss": "losses"}.get(text.partition("(")[0], text.partition("(")[0].lower() + "s")
    plugin = f"{HEAD}@hookimpl\ndef ppclas_{hook}():\n    return [{text}]\n"
    where = f" (record): acme_bad/plugin.py:4: ppclas_{hook}(): "
    return Mistake((PROBLEM + where, message, "correct the record; until then " + DISABLE), plugin)


MISTAKES: Dict[str, Mistake] = {
    # the records
    "the name has a space": record("Op('bad name', 'a:b')", "Op 'bad name': name is 'bad name'; it must be a name"),
    "the name is empty": record("Op('', 'a:b')", "Op: name is ''; it must be a name of letters"),
    "the name is a number": record("Op(5, 'a:b')", "Op 5: name is 5; it must be a string"),
    "the target has no attribute": record("Op('Bad', 'acme_bad.op')", "an import path 'package.module:attribute'"),
    "the target is a class": record("Op('Bad', object)", "target is <class 'object'>; it must be a string"),
    "the target is empty": Mistake(
        (PROBLEM + " (record): acme_bad/plugin.py:2: ppclas_ops() returned Op 'Bad' without a target", DISABLE),
        OPS.format("Op('Bad', '')")),
    "a string in place of a tuple": record("Op('Bad', 'a:b', layouts='HWC')", "it must be a tuple, such as ('HWC',)"),
    "an unknown layout": record("Op('Bad', 'a:b', layouts=('NHWC',))", "layouts contains 'NHWC'; each item must be"),
    "an unknown dtype": record("Op('Bad', 'a:b', dtypes=('float64',))", "must be one of: uint8, float32"),
    "an unknown level": record("Op('Bad', 'a:b', level='image')", "level is 'image'; it must be one of: sample"),
    "an unknown mode": record("Metric('bad', 'a:b', mode='higher')", "mode is 'higher'; it must be one of: max, min"),
    "an unknown task": record("Metric('bad', 'a:b', tasks=('detection',))", "must be one of: multiclass, multilabel"),
    "a suffix without its dot": record("Reader('bad', 'a:b', suffixes=('csv',))", "such as '.csv'"),
    "an accuracy in percent": record("Backbone('Bad', 'a:b', 'F', weights=(Weights('w', 'f', top1=79.1),))",
                                     "Weights 'w': top1 is 79.1; it must be a ratio in 0..1"),
    "a mean of the wrong length": record("Backbone('Bad', 'a:b', 'F', mean=(0.5,))", "mean has 1 values and std has 3"),
    "a pattern that does not compile": record("Backbone('Bad', 'a:b', 'F', lr_stages=(('stem.(*',),))",
                                              "'stem.(*' does not compile: nothing to repeat"),
    "outputs without their weights": record("Backbone('Bad', 'a:b', 'F', outputs=2)", "aux_weights has 0 values, but"),
    "a text in place of a record": Mistake(
        (PROBLEM + " (record): acme_bad/plugin.py:2: ppclas_ops() returned 'Bad'; it must return Op records", DISABLE),
        OPS.format("'Bad'")),
    "a record of another kind": Mistake((PROBLEM, "ppclas_ops() returned Loss(", "it must return Op records"),
                                        OPS.format("Loss('Bad', 'a:b')")),
    "one name twice": Mistake((PROBLEM, "acme_bad/plugin.py:2: ppclas_ops() returned the name 'Bad' twice"),
                              OPS.format("Op('Bad', 'a:b'), Op('Bad', 'a:c')")),
    "a keyword that the record lacks": Mistake(
        (PROBLEM + " (call): acme_bad/plugin.py:4: ppclas_ops() raised TypeError", "layout", "--debug shows"),
        OPS.format("Op('Bad', 'a:b', layout='HWC')")),
    # the hooks
    "the hook returns nothing": Mistake((PROBLEM + " (record): acme_bad/plugin.py:2: ppclas_ops() returned None",
                                         "it must return a list of records", DISABLE),
                                        HEAD + "@hookimpl\ndef ppclas_ops():\n    pass\n"),
    "the hook raises": Mistake((PROBLEM + " (call): acme_bad/plugin.py:4", "ValueError: no table", DISABLE),
                               HEAD + "@hookimpl\ndef ppclas_ops():\n    raise ValueError('no table')\n"),
    "the hook ends the program": Mistake((PROBLEM + " (call): acme_bad/plugin.py:4", "SystemExit: 0", DISABLE),
                                         HEAD + "@hookimpl\ndef ppclas_ops():\n    raise SystemExit(0)\n"),
    "a generator fails half way": Mistake(
        (PROBLEM + " (call): acme_bad/plugin.py:5", "KeyError: 'x'"),
        HEAD + "@hookimpl\ndef ppclas_ops():\n    yield Op('Bad', 'a:b')\n    {}['x']\n"),
    "the hook is misspelled": Mistake(
        (PROBLEM + " (register)", "unknown hook 'ppclas_op'. Did you mean 'ppclas_ops'?", "decorator @hookimpl"),
        HEAD + "@hookimpl\ndef ppclas_op():\n    return []\n"),
    "the decorator is missing": Mistake(
        (PROBLEM + " (register): acme_bad/plugin.py:2: ppclas_ops() has no decorator @hookimpl", "hooks are functions"),
        HEAD + "def ppclas_ops():\n    return []\n"),
    "the hook takes arguments": Mistake((PROBLEM + " (register): acme_bad/plugin.py:2", "ppclas_ops() takes arguments",
                                         "hooks are functions"),
                                        HEAD + "@hookimpl\ndef ppclas_ops(names):\n    return []\n"),
    # the import
    "a library is missing": Mistake(
        (PROBLEM + " (import): acme_bad/plugin.py:1", "No module named 'a_library_of_nobody'",
         "pip install a_library_of_nobody"), "import a_library_of_nobody\n"),
    "the entry point names no module": Mistake(
        (PROBLEM + " (import)", "No module named 'acme_bad.plugins'", "the entry point names the module"),
        value="acme_bad.plugins"),
    "a syntax error": Mistake((PROBLEM + " (import): acme_bad/plugin.py:1", "SyntaxError", DISABLE), "def (:\n"),
    "an exception at import": Mistake((PROBLEM + " (import): acme_bad/plugin.py:1", "ZeroDivisionError"), "1 / 0\n"),
    "the import ends the program": Mistake((PROBLEM + " (import): acme_bad/plugin.py:2", "SystemExit: 0", DISABLE),
                                           "import sys\nsys.exit(0)\n"),
    "an exception that no one expects": Mistake((PROBLEM + " (import)", "GeneratorExit"), "raise GeneratorExit\n"),
    "print at import": Mistake(
        ("problem: plugin acme-bad 1.0: importing acme_bad.plugin prints 'hello'", "remove the print, or use logging"),
        "print('hello')\n" + ONE_OP, arguments=CHECK, code=1),
    "numpy at import": Mistake(
        ("problem: plugin acme-bad 1.0: importing acme_bad.plugin also imports numpy, which every command waits for",
         "import them in the modules of the targets"), "import numpy\n" + ONE_OP, arguments=CHECK, code=1),
    # the metadata
    "a group without version": Mistake(
        ("problem: plugin acme-bad 1.0: the entry-point group 'ppclas.plugins' is unknown", "is not loaded",
         'write [project.entry-points."ppclas.plugins.v1"] in pyproject.toml and reinstall acme-bad'),
        arguments=CHECK, code=1, group="ppclas.plugins", environment={"PPCLAS_PLUGINS": "acme-good"}),
    "a group of another API": Mistake(
        (PROBLEM + " (api): built for plugin API v2; this ppclas-core has v1", "install a version of acme-bad"),
        group="ppclas.plugins.v2"),
    "another core is required": Mistake(
        (PROBLEM + " (requires): needs ppclas-core >=7,<8; installed is", "install a version of acme-bad that fits"),
        requires=">=7,<8"),
    "an unreadable requirement": Mistake((PROBLEM + " (requires): unreadable requirement 'ppclas-core",),
                                         requires=" 7x"),
    "metadata without a name": Mistake((PROBLEM + " (metadata)", "acme_bad-1.0.dist-info: METADATA is missing or has",
                                        "reinstall acme-bad, or remove the folder"), metadata="Version: 1.0\n"),
    "the plugin is disabled by a name with a typo": Mistake(
        ("problem: PPCLAS_DISABLE_PLUGINS names 'acme-bed', but no such plugin is installed",),
        environment={"PPCLAS_DISABLE_PLUGINS": "acme-bed"}),
    "the name of another plugin's op": Mistake(
        ("problem: op 'Echo' is provided by two plugins: acme-bad 1.0 and acme-good 1.0",),
        OPS.format("Op('Echo', 'acme_bad.op:Bad')"), arguments=CHECK, code=1),
    "the name of a built-in op in a config": Mistake(
        ("op 'ResizeImage' is provided by two plugins", "write 'ppclas-core:ResizeImage' or 'acme-bad:ResizeImage'"),
        OPS.format("Op('ResizeImage', 'acme_bad.op:Bad')"), arguments=AUGMENT, code=2),
    # the targets
    "the module of the target is missing": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' has the target 'acme_bad.ops:Bad', which does not exist", "acme_bad.ops"),
        OPS.format("Op('Bad', 'acme_bad.ops:Bad')"), arguments=CHECK, code=1),
    "the class of the target is misspelled": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' has the target 'acme_bad.op:Bda', which does not exist", "Bda"),
        OPS.format("Op('Bad', 'acme_bad.op:Bda')"), arguments=CHECK, code=1),
    "the target is not callable": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' has the target 'acme_bad.op:Bad', which is not a class or function",),
        op="Bad = 5\n", arguments=CHECK, code=1),
    "a library of the target is missing": Mistake(
        ("op 'Bad' (acme-bad 1.0) needs the Python package 'a_library_of_nobody', which is not installed",
         "pip install a_library_of_nobody"), op="import a_library_of_nobody\n", arguments=INFO, code=2),
    "the import of the target fails": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' failed at import: ZeroDivisionError", DISABLE), op="1 / 0\n", arguments=INFO,
        code=1),
    "the target takes any keyword": Mistake(
        ("plugin acme-bad 1.0: op 'Bad': acme_bad/op.py:", "it takes **options", "write out the parameters"),
        op=BAD + "    def __init__(self, **options): pass\n", arguments=CHECK, code=1),
    "a parameter without type hint": Mistake(
        ("plugin acme-bad 1.0: op 'Bad': acme_bad/op.py:", "parameter 'size' has no type hint", "write, for example"),
        op=BAD + "    def __init__(self, size=3): pass\n", arguments=CHECK, code=1),
    "a type hint that no value has": Mistake(
        ("op 'Bad': acme_bad/op.py:", "parameter 'size' has the type hint complex", "use bool, int, float"),
        op=BAD + "    def __init__(self, size: complex = 1j): pass\n", arguments=CHECK, code=1),
    "a type hint that cannot be evaluated": Mistake(
        ("op 'Bad': acme_bad/op.py:", "type hints cannot be evaluated (NameError: name 'Size'", "import the names"),
        op=BAD + "    def __init__(self, size: 'Size' = 3): pass\n", arguments=CHECK, code=1),
    "a required parameter that the config lacks": Mistake(
        ("config.yaml:9", "op 'Bad' needs the parameter 'size'"),
        op=BAD + "    def __init__(self, size: int): pass\n", arguments=AUGMENT, code=2),
    # the calls
    "the constructor raises": Mistake(
        ("config.yaml:9", "plugin acme-bad 1.0: op 'Bad' failed: ValueError: no size", DISABLE),
        op=BAD + "    def __init__(self):\n        raise ValueError('no size')\n", arguments=AUGMENT, code=1),
    "the op ends the program": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' failed on", "SystemExit: 0", DISABLE),
        op=CALL.format("raise SystemExit(0)"), arguments=AUGMENT, code=1),
    "the op returns nothing": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' failed", "it returned a NoneType"), op=CALL.format("pass"), arguments=AUGMENT,
        code=1),
    "the op raises": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' failed on", "ValueError: no image"),
        op=CALL.format("raise ValueError('no image')"), arguments=AUGMENT, code=1),
    "the op takes no rng": Mistake(
        ("plugin acme-bad 1.0: op 'Bad' failed", "TypeError"), op=BAD + "    def __call__(self, image): return image\n",
        arguments=AUGMENT, code=1),
    "the op takes the other layout": Mistake(
        ("config.yaml:9: op 'Bad' takes CHW", "move 'Bad' after 'ToCHWImage'"),
        OPS.format("Op('Bad', 'acme_bad.op:Bad', layouts=('CHW',))"),
        arguments=AUGMENT, code=2),
    "a command returns a text": Mistake(
        ("plugin acme-bad 1.0: command 'bad' failed: TypeError: it returned 'done'; a command returns an exit code",),
        HEAD + "@hookimpl\ndef ppclas_commands():\n    return [Command('bad', 'acme_bad.op:add', 'help')]\n",
        op="def add(parser):\n    return lambda args: 'done'\n", arguments=("bad",), code=1),
    "a command ends the program": Mistake(
        ("plugin acme-bad 1.0: command 'bad' failed: SystemExit: 0", DISABLE),
        HEAD + "@hookimpl\ndef ppclas_commands():\n    return [Command('bad', 'acme_bad.op:add', 'help')]\n",
        op="def add(parser):\n    raise SystemExit(0)\n", arguments=("bad",), code=1),
    "a failure in strict mode": Mistake(
        ("ppclas: plugin acme-bad 1.0 is installed but could not be loaded (import)", "PPCLAS_STRICT_PLUGINS=1 makes"),
        "1 / 0\n", code=1, environment={"PPCLAS_STRICT_PLUGINS": "1"}),
}
"""What is wrong -> the mistake."""

GOOD = HEAD + """
@hookimpl
def ppclas_ops():
    return [Op('Echo', 'acme_good.op:Echo')]

@hookimpl
def ppclas_backbones():
    return [Backbone('Net', 'acme_good.op:net', 'Net')]
"""
GOOD_OP = '''
class Echo:
    """Return the image."""
    def __call__(self, image, rng=None):
        return image

def net(num_classes: int = 2, in_channels: int = 3):
    """Return nothing."""
'''
CONFIG = """\
mode: train
ARCHITECTURE: {name: Net}
classes_num: 2
image_shape: [3, 8, 8]
epochs: 1
validate: false
LEARNING_RATE: {function: Cosine, params: {lr: 0.1}}
OPTIMIZER: {function: Momentum, params: {momentum: 0.9}}
TRAIN: {transforms: [DecodeImage: , ResizeImage: {size: 8}, Bad: , NormalizeImage: , ToCHWImage: ],
  batch_size: 1, num_workers: 0, file_list: list.txt, data_dir: .}
"""


def write_mistake(mistake: Mistake, folder: Path) -> Path:
    """Write `acme-bad`, the healthy `acme-good` and a config with an image; return the folder of the distributions."""
    site = folder / "site"
    _write_distribution(site, "acme-bad", mistake.plugin, mistake.op, mistake)
    _write_distribution(site, "acme-good", GOOD, GOOD_OP, Mistake((), value="acme_good.plugin"))
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "list.txt").write_text("a.png 0\n")
    (folder / "a.png").write_bytes(_png(8))
    return site


def _write_distribution(site: Path, name: str, plugin: str, op: str, mistake: Mistake) -> None:
    package = site / name.replace("-", "_")
    info = site / f"{package.name}-1.0.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(plugin)
    (package / "op.py").write_text(op)
    (info / "METADATA").write_text(mistake.metadata or f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
                                   f"Requires-Dist: ppclas-core{mistake.requires}\n")
    (info / "entry_points.txt").write_text(f"[{mistake.group}]\n{name} = {mistake.value}\n")


def _png(side: int) -> bytes:
    """Return a PNG file of one color."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = side.to_bytes(4, "big")
    rows = (b"\0" + bytes((10, 20, 30)) * side) * side
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + size + b"\x08\x02\0\0\0")
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
