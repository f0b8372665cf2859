# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Statistics of data sets as terminal text and as an HTML page."""

from __future__ import annotations

import collections
import html
import re
from typing import List, Sequence, Tuple

import numpy as np

from ppclas_core.data.statistics import Group, Stats
from ppclas_core.system.text import one_line

SHOWN = 10
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #1f2328 }
table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .2em 1em .2em 0; text-align: left }
td.bar { width: 24em } td.bar div { background: #1f6feb; height: .8em } tr { border-bottom: 1px solid #d1d9e0 }
"""


def statistics_rows(stats: Stats) -> List[Tuple[str, str]]:
    """Return rows (name, value) of the statistics of one data set."""
    counts = stats.classes
    present = counts[counts > 0]
    rows = [("images", str(stats.images)), ("classes", str(len(counts)))]
    if len(present):
        rows.append(("images per class", f"{present.min()} to {present.max()}, median {np.median(present):g}; "
                                         f"the largest is {present.max() / present.min():.1f} x the smallest"))
    if (counts == 0).any():
        rows.append(("classes without images", str(int((counts == 0).sum()))))
    if stats.per_image is not None:
        per_image = stats.per_image
        rows += [("labels per image", f"{per_image.min()} to {per_image.max()}, mean {per_image.mean():.2f}"),
                 ("images without label", str(int((per_image == 0).sum())))]
    rows.append(("files", ", ".join(f"{count} {kind}" for kind, count in stats.kinds.items())))
    rows.append(("bytes", f"{stats.bytes.sum() / 1e6:.1f} MB, {_spread(stats.bytes / 1e3)} KB each"))
    if len(stats.widths):
        rows += [("width", f"{_spread(stats.widths)} pixels"), ("height", f"{_spread(stats.heights)} pixels"),
                 ("width / height", _spread(stats.widths / stats.heights))]
    rows.append(("cannot be used", _bad(stats)))
    rows += [(noted.kind, one_line(noted.text())) for noted in stats.decoding]
    rows += [(name, text) for name, text in (("left out", stats.left_out), ("warning", stats.doubt)) if text]
    return rows


def as_text(found: Sequence[Stats], groups: Sequence[Group]) -> str:
    """Return text tables of all data sets, bad files and duplicates; long lists are truncated."""
    lines: List[str] = []
    for stats in found:
        lines += [one_line(stats.name), *(f"  {name:<24}{value}" for name, value in statistics_rows(stats))]
        lines += [f"    {one_line(path)}: {one_line(reason)}" for path, reason in stats.bad[:SHOWN]]
        lines += _more(len(stats.bad))
        lines += [f"  {'largest classes':<24}{_classes(stats, reverse=True)}",
                  f"  {'smallest classes':<24}{_classes(stats, reverse=False)}", ""]
    lines.append(_summary(groups))
    for group in groups[:SHOWN]:
        lines.append("  ".join(["", _members(group, 4), *_words(group)]))
    return "\n".join([*lines, *_more(len(groups))])


def as_html(found: Sequence[Stats], groups: Sequence[Group]) -> str:
    """Return an HTML page of the same content, with complete lists."""
    body = ["<h1>Data</h1>"]
    for stats in found:
        body += [f"<h2>{html.escape(stats.name)}</h2>", _table(statistics_rows(stats))]
        if stats.bad:
            body += ["<h3>Unusable files</h3>", _table(stats.bad)]
        body += ["<h3>Images per class</h3>", _bars(stats)]
    body += ["<h2>Duplicates</h2>", f"<p>{html.escape(_summary(groups))}</p>"]
    if groups:
        body.append(_table([(" ".join(_words(group)), _members(group)) for group in groups]))
    return "\n".join(["<!doctype html>", '<html lang="en"><head><meta charset="utf-8"><title>Data</title>',
                      f"<style>{_STYLE}</style></head><body>", *body, "</body></html>", ""])


def _summary(groups: Sequence[Group]) -> str:
    if not groups:
        return "no two files are equal"
    text = f"{len(groups)} groups of equal files"
    crossing, contradicting = (sum(getattr(group, name) for group in groups) for name in ("crosses", "contradicts"))
    if crossing:
        text += f"; {crossing} lie in more than one set, so validation images are also training images"
    if contradicting:
        text += f"; {contradicting} have different labels"
    return text


def _members(group: Group, most: int = 1000) -> str:
    return " = ".join(f"{one_line(path)} ({label})" for _, path, label in group.members[:most])


def _words(group: Group) -> List[str]:
    return [word for word, applies in (("[in several sets]", group.crosses), ("[different labels]", group.contradicts))
            if applies]


def _spread(values: np.ndarray) -> str:
    if not len(values):
        return "-"
    low, middle, high = np.percentile(values, [0, 50, 100])
    digits = 2 if high < 20 else 0
    return f"{low:.{digits}f} to {high:.{digits}f}, median {middle:.{digits}f}"


def _name(stats: Stats, number: int) -> str:
    names = stats.class_names or []
    return one_line(names[number]) if number < len(names) else str(number)


def _bad(stats: Stats) -> str:
    """Return the number of bad files, in total and per reason (up to its first colon, semicolon or comma)."""
    reasons = collections.Counter(re.split("[:;,]", reason)[0] for _, reason in stats.bad)
    kinds = ", ".join(f"{count} {one_line(reason)}" for reason, count in reasons.most_common())
    return f"{len(stats.bad)} ({kinds})" if stats.bad else "0"


def _classes(stats: Stats, *, reverse: bool) -> str:
    order = np.argsort(stats.classes, kind="stable")
    chosen = order[::-1][:5] if reverse else order[:5]
    return ", ".join(f"{_name(stats, int(number))} {stats.classes[number]}" for number in chosen)


def _bars(stats: Stats) -> str:
    most = max(int(stats.classes.max()), 1)
    rows = [f"<tr><td>{html.escape(_name(stats, number))}</td><td>{count}</td>"
            f'<td class="bar"><div style="width:{100 * int(count) / most:.1f}%"></div></td></tr>'
            for number, count in enumerate(stats.classes)]
    return f"<table>{''.join(rows)}</table>"


def _table(rows: Sequence[Tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"


def _more(count: int) -> List[str]:
    return [f"    ... and {count - SHOWN} more"] if count > SHOWN else []
