# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a reader plugin: a list of lines."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A storage format"
COMMANDS = RUN_EXAMPLE

RECORDS = '''
        Reader(
            name="@component@",
            target="@package@.@module@:read_@module@",
            suffixes=(".@module@.txt",),
            doc="a text file with a line `path index` per image",
        ),
    '''

MODULE = '''\
"""@component@: name the tool that writes this format."""

from __future__ import annotations

from typing import List

from ppclas_core.data import ReadRequest, Source
from ppclas_core.errors import UserError


def read_@module@(request: ReadRequest, every: int = 1) -> Source:
    """Return the images of a text file with a line `path index` per image; paths are relative to `data_dir`.

    Args:
        every: use each n-th line.

    Raises:
        UserError: the file is missing, or a line is no path with a class index.
    """
    if request.file_list is None:
        raise UserError("@component@ needs the key file_list", where=request.where("data_dir"))
    if every < 1:
        raise UserError(f"every is {every}; it must be at least 1", where=request.where("reader"))
    try:
        lines = request.file_list.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the list cannot be read: {error}", where=str(request.file_list)) from error
    paths: List[str] = []
    labels: List[int] = []
    for number, line in enumerate(lines, 1):
        path, _, label = line.rpartition(" ")
        if not path or not (label.isascii() and label.isdigit()):
            raise UserError("this line is no `path index`", where=f"{request.file_list}:{number}")
        paths.append(path)
        labels.append(int(label))
    return Source.from_paths(str(request.folder), paths[::every], labels[::every], request.class_names)
'''

TESTS = '''
    def write(self, folder, images, labels):
        lines = []
        for index, (image, label) in enumerate(zip(images, labels)):
            (folder / f"{index}.png").write_bytes(image)
            lines.append(f"{index}.png {['cat', 'dog', 'emu'].index(label)}")
        path = folder / "train.@module@.txt"
        path.write_text("".join(f"{line}\\n" for line in lines))
        return {"file_list": str(path), "data_dir": str(folder)}
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
TRAIN:
  reader: {name: @component@, params: {every: 2}}
VALID:
  reader: {name: @component@}
"""

FILES = component_files(
    plugin_module("Reader", "ppclas_readers", "storage format", RECORDS),
    MODULE,
    kit_tests("ReaderConformance", "Readers", "; `write` stores its images in the format.", body=TESTS),
    CONFIG,
)
