# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of readers: they recognize their data, and give each image with its label as it was stored."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from threading import Thread
from typing import Dict, List, Optional

import numpy as np
import pytest

from ppclas_core.api import Reader
from ppclas_core.data.class_match import ClassNames
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import bind_parameters
from ppclas_core.testing.base import Conformance

CLASSES = ("cat", "dog", "emu")


class ReaderConformance(Conformance):
    """Tests of a plugin's readers; subclasses set `plugin` and define `write`."""

    kind = "reader"

    @abstractmethod
    def write(self, folder: Path, images: List[bytes], labels: List[str]) -> Dict[str, str]:
        """Store images in the format; return the keys of a data section.

        Args:
            folder: an empty folder.
            images: encoded images.
            labels: class name of each image, of `cat`, `dog` and `emu`.

        Returns:
            `file_list`, `data_dir` or both, as paths.
        """

    def stored(self, folder: Path) -> ReadRequest:
        """Return the request for six images of three classes in the format."""
        keys = self.write(folder, self.images(), self.labels())
        assert set(keys) <= {"file_list", "data_dir"}
        paths: Dict[str, Optional[Path]] = {key: Path(keys[key]) if key in keys else None
                                            for key in ("file_list", "data_dir")}
        classes = ClassNames(CLASSES, "the classes of the kit")
        return ReadRequest(paths["file_list"], paths["data_dir"], label_list=classes)

    def images(self) -> List[bytes]:
        """Return six encoded images, all different."""
        from ppclas_core.data.opencv import cv2

        rng = np.random.default_rng(7)
        return [cv2.imencode(".png", rng.integers(0, 256, (8, 9, 3)).astype(np.uint8))[1].tobytes() for _ in range(6)]

    def labels(self) -> List[str]:
        """Return the class names of the six images."""
        return [CLASSES[index % 3] for index in range(6)]

    def read(self, record: Reader, request: ReadRequest) -> Source:
        """Return what the reader makes of a request."""
        target = resolve(record.target, owner=record.name)
        bound = bind_parameters(target, self.build_params(record), owner=record.name, hidden=("request",))
        source: Source = target(request=request, **bound)
        return source

    def test_it_gives_the_bytes_labels_and_names_that_were_stored(self, record: Reader, tmp_path: Path) -> None:
        """Each stored image is there once, with its class."""
        source = self.read(record, self.stored(tmp_path))
        assert isinstance(source, Source)
        names = list(source.class_names) if source.class_names is not None else list(CLASSES)
        found = sorted((source.read(index), names[source.label(index)]) for index in range(len(source)))
        assert found == sorted(zip(self.images(), self.labels()))

    def test_it_is_recognized_by_the_data(self, record: Reader, tmp_path: Path) -> None:
        """A config without `reader` finds it by a file name or by its `detect` function."""
        if not (record.suffixes or record.contains or record.detect):
            pytest.skip("the record recognizes no data: a config must name the reader")
        request = self.stored(tmp_path)
        names = request.names()
        by_name = any(Path(name).match(pattern) for pattern in record.contains for name in names)
        by_suffix = request.file_list is not None and request.file_list.name.lower().endswith(record.suffixes)
        assert by_name or by_suffix or resolve(record.detect, owner=record.name)(request)

    def test_it_does_not_claim_other_data(self, record: Reader, tmp_path: Path) -> None:
        """An empty folder is not taken for data of the format."""
        if not record.detect:
            pytest.skip("the record has no detect function")
        assert not resolve(record.detect, owner=record.name)(ReadRequest(None, tmp_path))

    def test_a_selection_keeps_images_and_labels_together(self, record: Reader, tmp_path: Path) -> None:
        """`max_samples` and processes take parts of the source."""
        source = self.read(record, self.stored(tmp_path))
        part = source.select(np.array([4, 1], dtype=np.int64))
        for index, original in enumerate((4, 1)):
            assert part.read(index) == source.read(original)
            assert part.label(index) == source.label(original)
            assert part.path(index) == source.path(original)

    def test_threads_read_at_the_same_time(self, record: Reader, tmp_path: Path) -> None:
        """The workers of a loader are threads: four of them read all images at once."""
        source = self.read(record, self.stored(tmp_path))
        expected = [source.read(index) for index in range(len(source))]
        wrong: List[int] = []

        def read_all() -> None:
            for _ in range(20):
                wrong.extend(index for index, data in enumerate(expected) if source.read(index) != data)

        threads = [Thread(target=read_all) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []

    def test_missing_data_is_an_error_of_the_user(self, record: Reader, tmp_path: Path) -> None:
        """A file that is gone gives a UserError or no image, and no other exception."""
        request = self.stored(tmp_path)
        for path in sorted(tmp_path.rglob("*"), reverse=True):
            if path.is_file():
                path.unlink()
        try:
            source = self.read(record, request)
        except UserError:
            return
        assert len(source) == 0
