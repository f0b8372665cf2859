# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Statistics of data sets: sizes, file formats, unusable images, duplicates."""

from __future__ import annotations

import collections
import functools
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Counter, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data.decoding.encoded_file import image_kind
from ppclas_core.data.decoding.jpeg_header import jpeg_has_end, read_jpeg_header
from ppclas_core.data.decoding.notes import Noted, count_notes, decoding_notes
from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import one_thread_per_call
from ppclas_core.data.readers.label_sets import NONE
from ppclas_core.data.readers.source import Source
from ppclas_core.data.transforms.decode import DecodeImage


class ImageProperties(NamedTuple):
    """Properties of one image.

    Args:
        size: bytes of the file.
        kind: file format.
        pixels: (width, height); None if the image is unusable.
        reason: why it is unusable, else "".
        digest: hash of the bytes.
        notes: kinds of `decoding_notes` that apply.
    """

    size: int
    kind: str
    pixels: Optional[Tuple[int, int]]
    reason: str
    digest: bytes
    notes: Tuple[str, ...] = ()


class Group(NamedTuple):
    """Images with equal bytes: (data set, path, labels) of each."""

    members: List[Tuple[str, str, str]]

    @property
    def contradicts(self) -> bool:
        """Whether the images have different labels."""
        return len({label for _, _, label in self.members}) > 1

    @property
    def crosses(self) -> bool:
        """Whether the images are in different data sets, e.g. one in the training set and one in the validation set."""
        return len({name for name, _, _ in self.members}) > 1


class Stats(NamedTuple):
    """Statistics of one data set.

    Args:
        name: name of the data set.
        images: number of images.
        classes: (K,) images per class.
        class_names: class names; None if unknown.
        per_image: (N,) number of labels of each image; None for single-label data.
        left_out: summary of the files that the search of its folders skipped, or "".
        doubt: warning about class folders that look like splits, or "".
        kinds: images per file format.
        bytes: size of each image.
        widths, heights: size in pixels of each usable image.
        bad: (path, reason) of each unusable image.
        decoding: what decoding discards or alters, by kind of note.
    """

    name: str
    images: int
    classes: np.ndarray
    class_names: Optional[Sequence[str]]
    kinds: Dict[str, int]
    bytes: np.ndarray
    widths: np.ndarray
    heights: np.ndarray
    bad: List[Tuple[str, str]]
    per_image: Optional[np.ndarray] = None
    left_out: str = ""
    doubt: str = ""
    decoding: Sequence[Noted] = ()


def compute_statistics(sources: Sequence[Tuple[str, Source]], *, workers: int,
            decode: bool = True) -> Tuple[List[Stats], List[Group]]:
    """Compute the statistics of each data set, and the groups of equal images over all of them.

    Args:
        sources: (name, source) pairs.
        workers: number of threads.
        decode: decode every image; False: check only header and end of JPEGs, which misses damage inside but takes a
            tenth of the time.
    """
    found: List[Stats] = []
    by_digest: Dict[bytes, List[Tuple[int, int]]] = {}
    with one_thread_per_call(), ThreadPoolExecutor(workers) as pool:
        for number, (name, source) in enumerate(sources):
            images = list(pool.map(functools.partial(_properties, source, decode), range(len(source))))
            found.append(_stats(name, source, images))
            for index, image in enumerate(images):
                if image.digest:
                    by_digest.setdefault(image.digest, []).append((number, index))
    names = [source.class_names for _, source in sources]
    by_name = all(names) and any(each != names[0] for each in names)  # indices are not comparable between the sets
    groups = [Group([(sources[number][0], sources[number][1].name(index), _label(sources[number][1], index, by_name))
                     for number, index in members]) for members in by_digest.values() if len(members) > 1]
    return found, sorted(groups, key=lambda group: (not group.crosses, not group.contradicts, -len(group.members)))


def _label(source: Source, index: int, by_name: bool) -> str:
    """Return the labels of an image as text, by index or by name."""
    text = source.label_text(index)
    if not by_name or text == NONE or source.class_names is None:
        return text
    return ",".join(source.class_names[int(label)] for label in text.split(","))


def _properties(source: Source, decode: bool, index: int) -> ImageProperties:
    try:
        data = source.read(index)
    except BadImage as error:
        return ImageProperties(0, "missing", None, error.reason, b"")
    kind = image_kind(data)
    digest = hashlib.blake2b(data, digest_size=16).digest()
    header = None if decode else read_jpeg_header(data)
    if header is not None and jpeg_has_end(data):
        size = (header.width, header.height)
        return ImageProperties(len(data), kind, size[::-1] if header.orientation >= 5 else size, "", digest,
                    decoding_notes(data))
    try:
        image = DecodeImage()(data)
    except BadImage as error:
        return ImageProperties(len(data), kind, None, error.reason, digest)
    return ImageProperties(len(data), kind, (image.shape[1], image.shape[0]), "", digest, decoding_notes(data))


def _stats(name: str, source: Source, images: Sequence[ImageProperties]) -> Stats:
    kinds: Counter[str] = collections.Counter(image.kind for image in images)
    sizes = np.array([image.pixels for image in images if image.pixels is not None], np.int64).reshape(-1, 2)
    return Stats(name, len(source), source.images_per_class(source.num_classes), source.class_names,
                 dict(kinds.most_common()), np.array([image.size for image in images], np.int64), sizes[:, 0],
                 sizes[:, 1],
                 [(source.path(index), image.reason) for index, image in enumerate(images) if image.pixels is None],
                 source.labels.counts if source.multilabel else None, source.left_out, source.doubt,
                 count_notes((source.name(index), image.notes) for index, image in enumerate(images)))
