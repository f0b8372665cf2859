# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Bundle on disk: model files, `labels.txt`, `preprocess.yaml`, `golden.npz`, and `bundle.json`, which lists them.

`export.write` calls the writers below; `read_bundle` opens the folder for `runtimes.load` and `predict`.
"""

from __future__ import annotations

import contextlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import yaml

from ppclas_core.bundles.bundle_facts import facts_problem
from ppclas_core.data.class_names import is_utf8
from ppclas_core.data.transforms.resolved import resolved
from ppclas_core.errors import UserError
from ppclas_core.system.hashing import file_sha256
from ppclas_core.system.json_text import to_json
from ppclas_core.system.paths import require_utf8
from ppclas_core.system.text import one_line
from ppclas_core.system.text_files import write_text

BUNDLE_FILE = "bundle.json"
LABELS_FILE = "labels.txt"
PREPROCESS_FILE = "preprocess.yaml"
GOLDEN_FILE = "golden.npz"
PREPROCESS_VERSION = 1


class Golden(NamedTuple):
    """Golden batch as input of the artifact, and the model's logits (N, num_classes) float32 for it."""

    inputs: np.ndarray
    logits: np.ndarray


@dataclass(frozen=True)
class Bundle:
    """A bundle: its folder and the content of its `bundle.json`."""

    path: Path
    facts: Dict[str, Any]

    @property
    def format(self) -> str:
        """Name of its format."""
        return str(self.facts["format"])

    @property
    def architecture(self) -> str:
        """Name of the backbone."""
        return str(self.facts["architecture"])

    @property
    def num_classes(self) -> int:
        """Number of logits."""
        return int(self.facts["num_classes"])

    @property
    def takes_pixels(self) -> bool:
        """Whether the input is uint8 (N, H, W, C), normalized by the artifact; else it is float32 (N, C, H, W)."""
        return bool(self.facts["input"]["dtype"] == "uint8")

    @property
    def gives_probabilities(self) -> bool:
        """Whether the output is softmax(logits)."""
        return bool(self.facts["output"]["kind"] == "probabilities")

    @property
    def task(self) -> str:
        """Value of the config key `task` in training; `multiclass` for bundles without it."""
        return str(self.facts.get("task") or "multiclass")

    @property
    def threshold(self) -> Optional[float]:
        """Sigmoid score from which a class is predicted; None for `task: multiclass`."""
        threshold = self.facts.get("threshold")
        return None if threshold is None else float(threshold)

    @property
    def input_shape(self) -> Tuple[int, ...]:
        """Shape of one input, without the batch axis."""
        return tuple(self.facts["input"]["shape"][1:])

    @property
    def labels(self) -> List[str]:
        """Class names in the order of the logits; empty if the checkpoint had none."""
        with self._readable(LABELS_FILE) as path:
            return path.read_text(encoding="utf-8").split("\n")[:-1]

    @property
    def preprocessing(self) -> List[Dict[str, Any]]:
        """Transforms from encoded bytes to one input of the artifact."""
        with self._readable(PREPROCESS_FILE) as path:
            settings = yaml.safe_load(path.read_text(encoding="utf-8"))
            version = settings.get("version", 1)  # bundles of the first release have no version
            if version != PREPROCESS_VERSION:
                raise UserError(f"the file has version {version}; this ppclas-core reads version {PREPROCESS_VERSION}",
                                where=str(path), do="pip install --upgrade ppclas-core")
            return [dict(step) for step in settings["transforms"]]

    def golden(self) -> Golden:
        """Return the golden batch with its logits."""
        with self._readable(GOLDEN_FILE) as path, np.load(path, allow_pickle=False) as arrays:
            return Golden(arrays["inputs"], arrays["logits"])

    @contextlib.contextmanager
    def _readable(self, name: str) -> Iterator[Path]:
        """Yield the path of a file to read; convert the errors of a damaged file into a `UserError`."""
        path = self.path / name
        try:
            yield path
        except (ValueError, KeyError, TypeError, AttributeError, EOFError, yaml.YAMLError, zipfile.BadZipFile) as error:
            raise UserError(f"damaged: {error}", where=str(path), do="export the bundle again") from error


def is_bundle(folder: Path) -> bool:
    """Return whether a folder has a `bundle.json`."""
    return (folder / BUNDLE_FILE).is_file()


def read_bundle(folder: Path) -> Bundle:
    """Open a bundle without checking the hashes of its files, which `verify` does.

    Raises:
        UserError: the folder is not a bundle, or lacks files.
    """
    path = folder / BUNDLE_FILE
    require_utf8(folder, "bundle")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError("not a bundle: it has no bundle.json", where=str(folder),
                        do=f"'ppclas export RUN FORMAT {folder}' writes one") from None
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"unreadable: {error}", where=str(path), do="export it again") from error
    problem = facts_problem(facts)
    if problem:
        raise UserError(problem, where=str(path), do="export it again")
    missing = [name for name in (LABELS_FILE, PREPROCESS_FILE) if not (folder / name).is_file()]
    if missing:
        raise UserError(f"the bundle is incomplete: it lacks {', '.join(missing)}", where=str(folder),
                        do="copy the whole folder, or export it again")
    return Bundle(folder, facts)


def write_labels(folder: Path, labels: Sequence[str]) -> None:
    """Write `labels.txt`: one class name per line in the order of the logits, UTF-8.

    Raises:
        UserError: a name has a line break or is not UTF-8.
    """
    for label in labels:
        if "\n" in label or not is_utf8(label):
            raise UserError(f"the class name '{one_line(label)}' " +
                            ("has a line break" if "\n" in label else "is not UTF-8"),
                            do="rename the class in the label list")
    write_text(folder / LABELS_FILE, "".join(f"{label}\n" for label in labels))


def write_preprocessing(folder: Path, image_shape: Sequence[int], transforms: Sequence[Dict[str, Any]],
                        inside: int = 0) -> Dict[str, Any]:
    """Write `preprocess.yaml`: the transforms in the syntax of configs, with all parameter values; return its content.

    Args:
        folder: folder of the bundle.
        image_shape: network input [channels, height, width].
        transforms: from the encoded file to the input of the network.
        inside: number of transforms at the end that the artifact applies itself; they are listed under `in_model`.
    """
    steps = resolved(transforms)
    outside = len(steps) - inside
    settings: Dict[str, Any] = {"version": PREPROCESS_VERSION, "image_shape": list(image_shape),
                                "transforms": steps[:outside], **({"in_model": steps[outside:]} if inside else {})}
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    (folder / PREPROCESS_FILE).write_text(text, encoding="utf-8")
    return settings


def write_facts(folder: Path, facts: Dict[str, Any]) -> None:
    """Write `bundle.json`."""
    text = to_json(facts, indent=2)
    (folder / BUNDLE_FILE).write_text(text + "\n", encoding="utf-8")


def hash_files(folder: Path) -> Dict[str, Dict[str, Any]]:
    """Return relative path (with `/`) -> size in bytes and sha256 of every file except `bundle.json`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != BUNDLE_FILE:
            found[name] = {"size": path.stat().st_size, "sha256": file_sha256(path)}
    return found
