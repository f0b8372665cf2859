# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas finetune`: from a folder of photos to a trained model, through a config that can be read and changed."""

from __future__ import annotations

import argparse
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.text import one_line

if TYPE_CHECKING:
    from ppclas_core.config.finetune_defaults import Data
    from ppclas_core.data.readers.source import Source


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR",
                        help="a folder per class; or train/ and val/ with a folder per class each; or train_list.txt, "
                        "val_list.txt (and label_list.txt)")
    parser.add_argument("--model", required=True, metavar="NAME", help="an architecture or published weights")
    parser.add_argument("--pretrained", metavar="WEIGHTS",
                        help="prefix, file or folder of weights to start from; 'none' for random ones (default: those "
                        "that were published for the model)")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="where config, lists and runs go (default: output/finetune_<DIR>)")
    parser.add_argument("--epochs", type=int, metavar="N", help="default: by the number of photos")
    parser.add_argument("--batch-size", type=int, metavar="N", help="default: by the number of photos")
    parser.add_argument("--image-size", type=int, metavar="PIXELS", help="default: that of the weights")
    parser.add_argument("--val", type=float, default=0.2, metavar="SHARE",
                        help="share of each class that validates, where the data is not divided (default: 0.2)")
    parser.add_argument("--write-only", action="store_true", help="write the config and do not run it")
    parser.add_argument("--resume", action="store_true", help="continue the run of this config")
    parser.add_argument("-o", "--override", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="change a value for this run, as in 'ppclas run'; repeatable")
    return run


def run(args: argparse.Namespace) -> int:
    """Write the config, check it, run it."""
    console.output_is_optional()
    from ppclas_core.config.finetune_defaults import Choice, finetune_yaml
    from ppclas_core.config.load import load_config
    from ppclas_core.plugins.models import find_model

    for name in ("epochs", "batch_size", "image_size"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise UserError(f"--{name.replace('_', '-')} is {getattr(args, name)}; it must be at least 1")
    entry, weights = find_model(args.model)
    out = args.out or Path("output") / f"finetune_{args.data.resolve().name}"
    source = _weights(args.pretrained, args.model, entry.record, weights)
    data, notes = _data(args.data, out, args.val)
    choice = Choice(args.model, source, out.as_posix(), args.epochs, args.batch_size, args.image_size)
    text = finetune_yaml(entry.record, _preprocessing(source, entry.record, weights), data, choice)
    file = out / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', args.model)}.yaml"
    _write(file, text)
    load_config(str(file), args.overrides, args.plugin_files)
    print(f"{file}: {data.classes} classes, {data.images} training and {data.valid_images} validation images")
    for note in notes:
        print(note)
    if args.write_only:
        return 0
    from ppclas_core.cli import main

    command = ["run", str(file), *(["--resume"] if args.resume else [])]
    for flag, values in (("-o", args.overrides), ("--plugin", args.plugin_files)):
        command += [word for value in values for word in (flag, value)]
    return main(command)


def _preprocessing(source: Any, record: Any, weights: Any) -> Any:
    """Return the preprocessing of weights: of a record, or of the `meta.yaml` of a checkpoint."""
    from ppclas_core.models.preprocessing import checkpoint_preprocessing, model_preprocessing
    from ppclas_core.plugins.catalogue import catalogue

    if not isinstance(source, str):
        return model_preprocessing(record, weights)
    for entry in catalogue().entries("backbone"):
        for published in entry.record.weights:
            if published.name == source:
                return model_preprocessing(entry.record, published)
    default = model_preprocessing(record, weights)
    return default if source.startswith(("http://", "https://")) else checkpoint_preprocessing(source, default)


def _weights(given: Optional[str], name: str, record: Any, weights: Any) -> Any:
    """Return the value of `pretrained_model`; None: random weights."""
    if given is None:
        if weights is None:
            raise UserError(f"no weights were published for {name}",
                            do="give --pretrained WEIGHTS, or --pretrained none")
        return weights.name if weights.name != record.name else True
    if given.lower() == "none":
        return None
    from ppclas_core.plugins.catalogue import catalogue
    from ppclas_core.runs.locate import resolve_checkpoint

    published = {each.name for entry in catalogue().entries("backbone") for each in entry.record.weights}
    if given not in published and not given.startswith(("http://", "https://")):
        resolve_checkpoint(given)
    return given


def _data(folder: Path, out: Path, share: float) -> Tuple[Data, List[str]]:
    """Find out how the folder is laid out, one that is not divided gets lists in `out`; and return what to tell."""
    import numpy as np

    from ppclas_core.config.finetune_defaults import Data
    from ppclas_core.data.class_match import ClassNames
    from ppclas_core.data.datasets.split import LISTS, write_lists

    if not folder.is_dir():
        raise UserError("a file, not a folder" if folder.exists() else "no such folder", where=str(folder),
                        do="--data takes the folder that holds the class folders" if folder.exists() else None)
    if not 0 < share < 1:
        raise UserError(f"--val is {share}; it must be a share between 0 and 1")
    sections, label_list, notes = _divided(folder)
    if sections is None:
        from ppclas_core.data.readers.folder import scan_folders
        from ppclas_core.data.readers.image_splits import find_splits

        splits = find_splits(folder)
        folder = folder if splits is None else splits.train  # a training folder alone
        if folder.resolve() in out.resolve().parents:
            raise UserError(f"the lists and runs in {out} would be among the photos in {folder}",
                            do="--out gives another folder, outside of it")
        found = scan_folders(folder)
        notes += found.notes()
        write_lists(out, [found.name(index) for index in range(len(found))], found.labels.tolist(),
                    found.class_names or [], share, replace=True)
        root = folder.as_posix()
        sections = [{"file_list": (out / name).as_posix(), "data_dir": root} for name in LISTS[:2]]
        label_list = (out / LISTS[2]).as_posix()
    sources = [_open(section, label_list) for section in sections]
    if sources[0].class_names:
        known = ClassNames(sources[0].class_names, "the training data")
        sources[1] = sources[1].matched(known, what="the validation data", where=str(folder))
    if "file_list" not in sections[0]:
        notes += [f"{section['data_dir']}: {note}" for section, source in zip(sections, sources)
                  for note in source.notes()]
    classes = max(source.num_classes for source in sources)
    if classes < 2:
        raise UserError("there is one class; it takes two to tell apart", where=str(folder), do=_deeper(folder))
    notes += _empty_classes(sources[0], sources[1], classes)
    counts = np.bincount(sources[0].labels, minlength=classes)
    return Data(sections[0], sections[1], label_list, len(sources[0]), len(sources[1]), classes,
                int(counts.min()), int(counts.max())), notes


def _empty_classes(train: Source, valid: Source, classes: int) -> List[str]:
    """Return a line on classes that have no image to train or to validate on."""
    lines = []
    for what, source in (("training", train), ("validation", valid)):
        names = source.class_names or train.class_names or []
        empty = [one_line(names[index]) if index < len(names) else str(index)
                 for index, count in enumerate(source.images_per_class(classes)) if not count]
        if empty:
            shown = ", ".join(empty[:10]) + (", ..." if len(empty) > 10 else "")
            lines.append(f"note: {len(empty)} of {classes} classes have no {what} image: {shown}")
    return lines


def _deeper(folder: Path) -> Optional[str]:
    """Return the advice to give the only sub-folder, where that holds several folders."""
    from ppclas_core.data.readers.image_walk import LeftOut, visible_folders

    below = [folder / name for name in visible_folders(str(folder), LeftOut())]
    inner = visible_folders(str(below[0]), LeftOut()) if len(below) == 1 else []
    return f"{below[0]} holds {len(inner)} folders: --data {below[0]}" if len(inner) > 1 else None


def _divided(folder: Path) -> Tuple[Optional[List[Any]], Optional[str], List[str]]:
    """Return the settings of TRAIN and VALID, the label list, and what to tell; no settings of undivided data."""
    from ppclas_core.data.readers.image_splits import find_splits

    lists = [folder / name for name in ("train_list.txt", "val_list.txt", "label_list.txt")]
    if lists[0].is_file() and lists[1].is_file():
        sections = [{"file_list": each.as_posix(), "data_dir": folder.as_posix()} for each in lists[:2]]
        note = f"note: the lists {lists[0]} and {lists[1]} decide, not the folders beside them"
        return sections, lists[2].as_posix() if lists[2].is_file() else None, [note]
    splits = find_splits(folder)
    if splits is None or splits.judging is None:
        return None, None, []
    parts = [splits.train, splits.judging]
    unused = f"; {splits.test.name} is not used" if splits.test not in (None, splits.judging) else ""
    return ([{"data_dir": part.as_posix()} for part in parts], None,
            [f"{parts[0].name} trains, {parts[1].name} validates{unused}"])


def _open(section: Any, label_list: Optional[str]) -> Source:
    from ppclas_core.data.readers.open import open_source

    source: Source = open_source({**section, "label_list": label_list}, where=lambda key: section.get(key, key))
    return source


def _write(file: Path, text: str) -> None:
    """Write the config; another one of the same name stays, under a number."""
    if file.is_file() and file.read_text(encoding="utf-8") != text:
        numbered = (file.with_name(f"{file.stem}.{number}.yaml") for number in itertools.count(1))
        earlier = next(path for path in numbered if not path.exists())
        file.replace(earlier)
        print(f"the earlier config is now {earlier}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
