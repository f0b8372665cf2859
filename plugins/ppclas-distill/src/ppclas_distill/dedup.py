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
from ppclas_distill.duplicates_page import write_page
from ppclas_distill.features import Features, extract_all, unpack
from ppclas_distill.listing import Listing
from ppclas_distill.matching import DuplicatePair, Index, groups

_log = logging.getLogger(__name__)

CHUNK = 512
"""Images per chunk."""
POINTS = 96
"""SIFT points per image."""
MIN_POINTS = 8
"""Images with fewer points are not compared."""


class Duplicates(NamedTuple):
    """Result of `find_duplicates`.

    Args:
        pairs: pairs of near-duplicates.
        dropped: indices of the images to leave out.
        unreadable: indices of the images that cannot be decoded.
        too_few_points: indices of the images that were not compared.
    """

    pairs: List[DuplicatePair]
    dropped: List[int]
    unreadable: List[int]
    too_few_points: List[int]


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
    """Find near-duplicates; write `kept.txt` (the remaining lines of the list), `duplicates.csv`, `duplicates.html`.

    With `against`, the near-duplicates of its images are left out. Without it, the images are compared with each other,
    and the first of each group of near-duplicates is kept. Memory: 512 bytes per point of the reference. Several
    processes may share the work; each returns when all of it is done, and writes the same result.

    Args:
        listing: the images.
        out: folder of the results and intermediate results, from which a repeated call continues.
        against: reference images; None: `listing` itself.
        points: SIFT points per image; with more points, smaller crops are found.
        threads: number of images decoded at once.
        chunk: images per file of intermediate results.
        shard: this process among those that share the work.

    Raises:
        UserError: `out` has results of other images or with other settings.
    """
    reference = against or listing
    settings = {"points": points, "list": listing.digest(), "against": reference.digest()}
    features = Chunks(out / "features", settings, len(reference), chunk)
    for number in features.todo(shard):
        indices = features.range(number)
        features.write(number, **extract_all([reference.source.path(index) for index in indices], points, threads))
        _log.info("dedup: points of images %d to %d of %d extracted", indices.start, indices.stop - 1, len(reference))
    matches = Chunks(out / "matches", settings, len(listing), chunk)
    if next(matches.todo(shard), None) is not None:
        index = Index(list(_all_features(features)))
        for number in matches.todo(shard):
            indices = matches.range(number)
            arrays = features.load(number) if against is None else extract_all(
                [listing.source.path(each) for each in indices], points, threads)
            matches.write(number, **_matched(index, arrays, indices, against is None))
            _log.info("dedup: images %d to %d of %d compared", indices.start, indices.stop - 1, len(listing))
    found = _outcome(matches, against is None)
    _write(out, listing, reference, found)
    return found


def _all_features(features: Chunks) -> Iterator[Features]:
    for _, arrays in features.read():
        yield from unpack(arrays)


def _matched(index: Index, arrays: Dict[str, np.ndarray], numbers: range, same: bool) -> Dict[str, np.ndarray]:
    pairs = [pair for number, query in zip(numbers, unpack(arrays))
             for pair in index.duplicates(number, query, number if same else None)]
    return {"pairs": np.array([pair[:3] for pair in pairs], np.int64).reshape(-1, 3),
            "correlation": np.array([pair.correlation for pair in pairs], np.float32), "counts": arrays["counts"]}


def _outcome(matches: Chunks, same: bool) -> Duplicates:
    pairs: Dict[object, DuplicatePair] = {}
    counts = np.zeros(matches.images, np.int32)
    for number, arrays in matches.read():
        counts[matches.range(number).start:matches.range(number).stop] = arrays["counts"]
        for (image, other, inliers), correlation in zip(arrays["pairs"].tolist(), arrays["correlation"].tolist()):
            if same:  # a pair is found from both of its images; the later one is the duplicate
                image, other = max(image, other), min(image, other)
            known = pairs.get((image, other))
            if known is None or inliers > known.inliers:
                pairs[(image, other)] = DuplicatePair(image, other, inliers, correlation)
    ordered = sorted(pairs.values())
    if same:
        first = groups([(pair.image, pair.other) for pair in ordered])
        dropped = sorted(image for image, kept in first.items() if image != kept)
    else:
        dropped = sorted({pair.image for pair in ordered})
    return Duplicates(ordered, dropped, np.flatnonzero(counts < 0).tolist(),
                      np.flatnonzero((counts >= 0) & (counts < MIN_POINTS)).tolist())


def _cell(name: str) -> str:
    """Return a name as a cell of a CSV table."""
    return '"' + name.replace('"', '""') + '"'


def _write(out: Path, listing: Listing, reference: Listing, found: Duplicates) -> None:
    left_out = {*found.dropped, *found.unreadable}
    write_atomic(out / "kept.txt", "".join(
        f"{listing.line(index)}\n" for index in range(len(listing)) if index not in left_out))
    rows = [f"{_cell(listing.source.name(pair.image))},{_cell(reference.source.name(pair.other))},{pair.inliers},"
            f"{pair.correlation:.3f}\n" for pair in found.pairs]
    write_atomic(out / "duplicates.csv", "image,shows_the_same_as,points,correlation\n" + "".join(rows))
    write_page(out / "duplicates.html", listing, reference, found.pairs)
