# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The configs that July 2020 published resolve, at their old names, to the values that they had then.

`golden/configs_inventory.csv` holds those values, one row per file; `standard` is the usual list of transforms.
"""

from __future__ import annotations

import ast
import configparser
import csv
import functools
import re
import statistics
from pathlib import Path
from typing import Any, Dict, List, Optional

import importlib_metadata
import pytest

from ppclas_core.config.base import read_with_bases
from ppclas_core.config.find import find_config
from ppclas_core.config.load import load_config
from ppclas_core.config.yaml_node import plain

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = ROOT / "tests/golden/configs_inventory.csv"
ROWS = {row["path"]: row for row in csv.DictReader(INVENTORY.read_text(encoding="utf-8").splitlines())}

STANDARD = {
    "TRAIN": "DecodeImage > RandCropImage(size=224) > RandFlipImage > NormalizeImage > ToCHWImage",
    "VALID": "DecodeImage > ResizeImage(resize_short=256) > CropImage(size=224) > NormalizeImage > ToCHWImage",
}
EVERYWHERE: Dict[str, Dict[str, Any]] = {
    "DecodeImage": {"to_rgb": True},
    "RandFlipImage": {"flip_code": 1},
    "NormalizeImage": {"scale": "1./255.", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "order": ""},
}
"""What the inventory leaves out, as it is the same in all files."""

WITHOUT_EFFECT = {"lr_params": ("decay_epochs", "gamma"), "arch_params": ("is_test",)}
"""What the files of 2020 said and nothing read: of CosineWarmup, and of models whose mode the engine knows."""


def literal(text: str) -> Any:
    """A cell of the inventory; an empty one is None."""
    try:
        return ast.literal_eval(text) if text else None
    except (ValueError, SyntaxError):
        return text


def ops(text: str) -> List[Dict[str, Any]]:
    """`A > B(x=1)` as a config writes it."""
    items = []
    for part in filter(None, text.split(" > ")):
        call = ast.parse(part if part.endswith(")") else f"{part}()", mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        given = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
        items.append({call.func.id: {**EVERYWHERE.get(call.func.id, {}), **given}})
    return items


@functools.cache
def checkout_file(path: str) -> Optional[Path]:
    """Where a published config lies in this checkout."""
    found = [file for file in (ROOT / "configs" / path, *(ROOT / "plugins").glob(f"*/src/*/configs/{path}"))
             if file.is_file()]
    assert len(found) <= 1, found
    return found[0] if found else None


@functools.cache
def needs(file: Path) -> List[str]:
    """Distributions of this checkout without which the config cannot be used."""
    owner = [file.relative_to(ROOT / "plugins").parts[0]] if ROOT / "plugins" in file.parents else []
    required = read_with_bases(file).value.get("requires")
    return owner + [re.split(r"[<>=~! ]", name)[0] for name in (plain(required) if required else [])]


def installed(dist: str) -> bool:
    """True for a distribution of this environment."""
    return bool(list(importlib_metadata.distributions(name=dist)))


def usable(path: str) -> Path:
    """The file of a published config; skips the test where a distribution that it needs is not installed."""
    file = checkout_file(path)
    if file is None and "use_distillation" in ROWS[path]["extra_keys"] and not installed("ppclas-distill"):
        pytest.skip("comes with ppclas-distill")
    assert file is not None, f"no file of this checkout is {path}"
    missing = [name for name in needs(file) if not installed(name)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    return file


def effective(row: Dict[str, str], column: str) -> Any:
    """The value without what had no effect."""
    value = literal(row[column]) or {}
    dead = WITHOUT_EFFECT[column] if row["lr_function"] != "Piecewise" or column != "lr_params" else ()
    return {key: item for key, item in value.items() if key not in dead}


def rate(function: str, params: Dict[str, Any]) -> Dict[str, Any]:
    """Parameters of a schedule with the default that files could leave out."""
    return {**({"warmup_epoch": 5} if function.endswith("Warmup") else {}), **params}


@pytest.mark.parametrize("path", ROWS)
def test_a_published_config_resolves_to_its_values(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usable(path)
    monkeypatch.chdir(tmp_path)
    row, config = ROWS[path], load_config(f"./configs/{path}")
    assert config.warnings == []
    expected = {
        "mode": row["mode"],
        "classes_num": int(row["classes_num"]),
        "topk": int(row["topk"]),
        "image_shape": literal(row["image_shape"]),
        "pretrained_model": literal(row["pretrained_model"]),
        "use_mix": row["use_mix"] == "True",
        "ls_epsilon": max(0.0, float(row["ls_epsilon"] or 0)),
        "use_ema": False, "use_fp16": False, "use_distillation": False, **(literal(row["extra_keys"]) or {}),
    }
    assert {key: config[key] for key in expected} == expected
    assert config["ARCHITECTURE"] == {"name": row["arch"], "params": effective(row, "arch_params")}
    valid = config["VALID"]
    assert (valid["batch_size"], valid["num_workers"]) == (int(row["valid_batch"]), int(row["valid_workers"]))
    assert valid["transforms"] == ops(row["valid_transforms"].replace("standard", STANDARD["VALID"]))
    if row["mode"] == "valid":
        assert (config["TRAIN"], config["LEARNING_RATE"]) == (None, None)
    else:
        check_training(config, row)


def check_training(config: Any, row: Dict[str, str]) -> None:
    """The part that a config for evaluation has not."""
    assert (config["epochs"], config["total_images"]) == (int(row["epochs"]), int(row["total_images"]))
    schedule, optimizer, train = config["LEARNING_RATE"], config["OPTIMIZER"], config["TRAIN"]
    assert schedule["function"] == row["lr_function"]
    assert rate(row["lr_function"], schedule["params"]) == rate(row["lr_function"], effective(row, "lr_params"))
    assert optimizer["function"] == row["optimizer"]
    assert optimizer["params"] == literal(row["optimizer_params"])
    assert optimizer["regularizer"] == {"function": row["regularizer"], "factor": float(row["reg_factor"])}
    assert train["batch_size"] == int(row["train_global_batch"])
    assert train["num_workers"] == int(row["train_workers"])
    assert train["file_list"] == row["train_list"]
    assert train["data_dir"] == row["train_list"].rpartition("/")[0] + "/"
    assert train["transforms"] == ops(row["train_transforms"].replace("standard", STANDARD["TRAIN"]))
    assert train["mix"] == ops(row["mix_ops"])


@pytest.mark.parametrize("path", ROWS)
def test_all_legacy_spellings_mean_the_same_file(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = usable(path)
    monkeypatch.chdir(tmp_path)
    for spelling in (f"./configs/{path}", f"configs/{path}", path):
        assert find_config(spelling).samefile(file)


def test_a_variant_is_a_few_lines() -> None:
    files = [file for file in map(checkout_file, ROWS) if file is not None]
    lines = [[line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
             for file in files]
    assert len(files) >= 114
    assert statistics.median(map(len, lines)) <= 5


def test_what_a_config_requires_is_a_distribution_of_ours() -> None:
    known = {path.parent.name for path in (ROOT / "plugins").glob("*/setup.cfg")}
    for file in filter(None, map(checkout_file, ROWS)):
        assert set(needs(file)) <= known, file


def test_all_configs_are_packed() -> None:
    places = [(ROOT / "setup.cfg", "ppclas_core.configs", ROOT / "configs")]
    places += [(folder / "setup.cfg", "*", next((folder / "src").glob("ppclas_*[!o]"))) for folder
               in sorted((ROOT / "plugins").iterdir()) if list(folder.glob("src/*/configs"))]
    assert len(places) >= 9
    for setup, key, package in places:
        parser = configparser.ConfigParser()
        parser.read(setup, encoding="utf-8")
        patterns = parser["options.package_data"][key].split()
        packed = {file for pattern in patterns for file in package.glob(pattern)}
        written = {*package.rglob("*.yaml"), *package.rglob("*.yml")}
        assert written <= packed, setup
