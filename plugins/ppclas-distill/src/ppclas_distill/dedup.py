# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Detection of near-duplicates, within a set of images or against a reference set."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional

import numpy as np

from ppclas_core.system import write_atomic
from ppclas_distill.chunks import ALONE, Chunks, Shard
from ppclas_distill.features import Features, extract_all, unpack
from ppclas_distill.listing import Listing
from ppclas_distill.matching import Index, Twin, groups
from ppclas_distill.pictures import write_pictures

_log = logging.getLogger(__name__)

CHUNK, POINTS = 512, 96


class Duplicates(NamedTuple):
    """Result: pairs, images to leave out, unreadable images, images with too few points to compare."""

    twins: List[Twin]
    dropped: List[int]
    unreadable: List[int]
    plain: List[int]


def find_duplicates(
    listing: Listing,
    out: Path,
    *,
    against: Optional[Listing] = None,
    points: int = POINTS,
    threads: int = 2,
    chunk: int = CHUNK,
    shard: Shard = ALONE,
) -> Duplicates:
    """Write `kept.txt` (the remaining lines of the list), `duplicates.csv` and `duplicates.html` into `out`.

    With `against`, every image that duplicates one of the reference is left out. Without it, the images are compared
    with each other, and the first of each group of duplicates stays. Memory: 512 bytes per point of the reference.
    Several processes may share the work. Each returns when all is done, and writes the same result.

    Args:
        points: SIFT points per image; more find smaller crops.
        chunk: images per file of intermediate results, from which a repeated call continues.

    Raises:
        UserError: `out` has results of other images or settings.
    """
    reference = against or listing
    settings = {"points": points, "list": listing.digest(), "against": reference.digest()}
    features = Chunks(out / "features", settings, len(reference), chunk)
    for number in features.todo(shard):
        indices = features.range(number)
        features.write(number, **extract_all([reference.source.path(index) for index in indices], points, threads))
        _log.info("points of images %d to %d of %d", indices.start, indices.stop - 1, len(reference))
    matches = Chunks(out / "matches", settings, len(listing), chunk)
    if next(matches.todo(shard), None) is not None:
        index = Index(list(_all_features(features)))
        for number in matches.todo(shard):
            indices = matches.range(number)
            arrays = features.load(number) if against is None else extract_all(
                [listing.source.path(each) for each in indices], points, threads)
            matches.write(number, **_matched(index, arrays, indices, against is None))
            _log.info("images %d to %d of %d compared", indices.start, indices.stop - 1, len(listing))
    found = _outcome(matches, against is None)
    _write(out, listing, reference, found, against is None)
    return found


def _all_features(features: Chunks) -> Iterator[Features]:
    for _, arrays in features.read():
        yield from unpack(arrays)


def _matched(index: Index, arrays: Dict[str, np.ndarray], numbers: range, same: bool) -> Dict[str, np.ndarray]:
    twins = [twin for number, query in zip(numbers, unpack(arrays))
             for twin in index.twins(number, query, number if same else None)]
    return {"pairs": np.array([twin[:3] for twin in twins], np.int64).reshape(-1, 3),
            "correlation": np.array([twin.correlation for twin in twins], np.float32), "counts": arrays["counts"]}


def _outcome(matches: Chunks, same: bool) -> Duplicates:
    twins: Dict[object, Twin] = {}
    counts = np.zeros(matches.images, np.int32)
    for number, arrays in matches.read():
        counts[matches.range(number).start:matches.range(number).stop] = arrays["counts"]
        for (image, other, inliers), correlation in zip(arrays["pairs"].tolist(), arrays["correlation"].tolist()):
            if same:  # a pair is found from either side; the later image is the duplicate
                image, other = max(image, other), min(image, other)
            known = twins.get((image, other))
            if known is None or inliers > known.inliers:
                twins[(image, other)] = Twin(image, other, inliers, correlation)
    ordered = sorted(twins.values())
    if same:
        first = groups([(twin.image, twin.other) for twin in ordered])
        dropped = sorted(image for image, kept in first.items() if image != kept)
    else:
        dropped = sorted({twin.image for twin in ordered})
    return Duplicates(ordered, dropped, np.flatnonzero(counts < 0).tolist(),
                      np.flatnonzero((counts >= 0) & (counts < 8)).tolist())


def _cell(name: str) -> str:
    """Return a name as a cell of a CSV table."""
    return '"' + name.replace('"', '""') + '"'


def _write(out: Path, listing: Listing, reference: Listing, found: Duplicates, same: bool) -> None:
    left_out = {*found.dropped, *found.unreadable}
    write_atomic(out / "kept.txt", "".join(
        f"{listing.line(index)}\n" for index in range(len(listing)) if index not in left_out))
    rows = [f"{_cell(listing.source.name(twin.image))},{_cell(reference.source.name(twin.other))},{twin.inliers},"
            f"{twin.correlation:.3f}\n" for twin in found.twins]
    write_atomic(out / "duplicates.csv", "image,shows_the_same_as,points,correlation\n" + "".join(rows))
    write_pictures(out / "duplicates.html", listing, reference, found.twins)
