# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A record with a wrong type or value is refused when it is built; the message says what is allowed."""

from __future__ import annotations

import dataclasses
import pickle
import re
from typing import Any, Dict, List, Tuple

import pytest

from ppclas_core import api
from ppclas_core.errors import UserError
from ppclas_core.record_checks import RecordError, _accepted
from ppclas_core.record_rules import REQUIRED, RULES, _regular_expressions

RECORDS: List[Any] = [value for value in vars(api).values() if dataclasses.is_dataclass(value)]
new: Any = api
"""Constructors, without the type checks that would refuse these calls."""
NET: Dict[str, Any] = {"name": "N", "target": "x:y", "family": "F"}

REFUSED = [
    (lambda: new.Op(5, "x:y"), "Op 5: name is 5; it must be a string"),
    (lambda: new.Op("", "x:y"), "Op: name is ''; it must be a name of letters, digits, '_', '.' and '-'"),
    (lambda: new.Op("bad name!", "x:y"), "Op 'bad name!': name is 'bad name!'; it must be a name of letters"),
    (lambda: new.Op("Größe", "x:y"), "must be a name of letters"),
    (lambda: new.Op("A", "x"), "target is 'x'; it must be an import path 'package.module:attribute'"),
    (lambda: new.Op("A", "x:"), "target is 'x:'"),
    (lambda: new.Op("A", "x.y:z:w"), "target is 'x.y:z:w'"),
    (lambda: new.Op("A", "x/y.py:z"), "target is 'x/y.py:z'"),
    (lambda: new.Op("A", ".op:A"), "target is '.op:A'"),
    (lambda: new.Op("A", api.Op), "target is <class"),
    (lambda: new.Op("A", "x:y", aliases="ab"), "aliases is 'ab'; it must be a tuple, such as ('ab',)"),
    (lambda: new.Op("A", "x:y", aliases=(5,)), "aliases contains 5; each item must be a string"),
    (lambda: new.Op("A", "x:y", level="image"), "level is 'image'; it must be one of: sample, batch, decode"),
    (lambda: new.Op("A", "x:y", layouts="HWC"), "layouts is 'HWC'; it must be a tuple, such as ('HWC',)"),
    (lambda: new.Op("A", "x:y", layouts=("NHWC",)), "contains 'NHWC'; each item must be one of: bytes, HWC, CHW"),
    (lambda: new.Op("A", "x:y", layouts=("hwc",)), "Did you mean 'HWC'?"),
    (lambda: new.Op("A", "x:y", layouts=()), "layouts is empty; it must have an item"),
    (lambda: new.Op("A", "x:y", dtypes=("float64",)), "each item must be one of: uint8, float32"),
    (lambda: new.Op("A", "x:y", doc="two\nlines"), "it must be one line"),
    (lambda: new.Op("A", "x:y", recommended=True), "recommended is True; it must be a record Recommendation or None"),
    (lambda: new.Loss("A", "x:y", teacher="yes"), "teacher is 'yes'; it must be True or False"),
    (lambda: new.Loss("A", "x:y", multilabel=1), "multilabel is 1; it must be True or False"),
    (lambda: new.Metric("a", "x:y", mode="high"), "mode is 'high'; it must be one of: max, min"),
    (lambda: new.Metric("a", "x:y", tasks=("regression",)), "each item must be one of: multiclass, multilabel"),
    (lambda: new.Callback("a", "x:y", accelerates=("tpu",)), "each item must be one of: cpu, gpu"),
    (lambda: new.Callback("a", "x:y", section="S"), "section is 'S', but enabled_by is empty"),
    (lambda: new.Reader("a", "x:y", suffixes=("CSV",)), "must be '*', or an ending in lower case with its dot"),
    (lambda: new.Reader("a", "x:y", suffixes=("csv",)), "such as '.csv'"),
    (lambda: new.Reader("a", "x:y", contains=("a/*.tar",)), "each item must be a pattern of file names"),
    (lambda: new.Reader("a", "x:y", detect="x"), "detect is 'x'; it must be an import path"),
    (lambda: new.Exporter("a", "x:y", "load"), "load is 'load'; it must be an import path"),
    (lambda: new.Exporter("a", "x:y", "x:z", requires=("onnx>=1",)), "each item must be 'module' or 'module:pip-name'"),
    (lambda: new.Exporter("a", "x:y", "x:z", reports=("../a",)), "each item must be a relative path without '..'"),
    (lambda: new.Environment("a", ("p",), ()), "modules is empty"),
    (lambda: new.Environment("a", ("p",), ("m",), ("3",)), "each item must be a version of Python"),
    (lambda: new.Environment("a", ("p",), ("m",), ("3.9",), shares=True), "shares is True, so pythons must be empty"),
    (lambda: new.Command("-x", "x:y", "help"), "must be a name of letters"),
    (lambda: new.ConfigDir("acme-net"), "ConfigDir: package is 'acme-net'; it must be an import name 'package.module'"),
    (lambda: new.ConfigDir("acme", "../configs"), "it must be a relative path without '..'"),
    (lambda: new.ConfigDir("acme", "/configs"), "it must be a relative path without '..'"),
    (lambda: new.ImageState("NCHW"), "ImageState: layout is 'NCHW'"),
    (lambda: new.ImageState("HWC", "int16"), "dtype is 'int16'"),
    (lambda: new.ImageState("HWC", "float32", (0.5,), ()), "mean has 1 values and std has 0"),
    (lambda: new.Recommendation(100, 100), "below_images is 100, not more than min_images 100"),
    (lambda: new.Recommendation(-1), "min_images is -1; it must be a number of at least 0"),
    (lambda: new.Recommendation(params={1: 2}), "it must be a mapping with names as keys"),
    (lambda: new.Weights("a", "f", top1=79.1), "top1 is 79.1; it must be a ratio in 0..1"),
    (lambda: new.Weights("a", "f", top1=float("nan")), "it must be a ratio in 0..1"),
    (lambda: new.Weights("a", "f", top1="0.7"), "top1 is '0.7'; it must be a number or None"),
    (lambda: new.Weights("a", ""), "file is ''"),
    (lambda: new.Weights("a", "f", sha256="ab"), "it must be a SHA-256 hash of 64 hexadecimal digits"),
    (lambda: new.Weights("a", "f", size=-1), "size is -1"),
    (lambda: new.Weights("a", "f", classes="imagenet"), "Did you mean 'imagenet-1k'?"),
    (lambda: new.Weights("a", "f", latency_ms={"t4": "1"}), "it must be a mapping from labels to positive numbers"),
    (lambda: new.published("a", (0.9, 0.7), (1, 1)), "Weights 'a': top1 is 0.9, more than top5 0.7"),
    (lambda: new.Backbone("N", "x:y", " "), "family is ' '; it must be a name that is not empty"),
    (lambda: new.Backbone(**NET, params="1M"), "params is '1M'; it must be an integer or None"),
    (lambda: new.Backbone(**NET, input_size=None), "input_size is None; it must be an integer"),
    (lambda: new.Backbone(**NET, input_size=0), "input_size is 0; it must be a positive number of pixels"),
    (lambda: new.Backbone(**NET, input_size=320), "resize_short is 256, less than input_size 320 of the center crop"),
    (lambda: new.Backbone(**NET, weights=("a",)), "weights contains 'a'; each item must be a record Weights"),
    (lambda: new.Backbone(**NET, outputs=True), "outputs is True; it must be an integer"),
    (lambda: new.Backbone(**NET, outputs=0), "outputs is 0; it must be a positive number"),
    (lambda: new.Backbone(**NET, outputs=2), "aux_weights has 0 values, but outputs is 2"),
    (lambda: new.Backbone(**NET, preset=5), "preset is 5; it must be a mapping"),
    (lambda: new.Backbone(**NET, preset={"a b": 1}), "it must be a mapping with names as keys"),
    (lambda: new.Backbone(**NET, mean=(0.5,)), "mean has 1 values and std has 3"),
    (lambda: new.Backbone(**NET, std=(0.0, 1.0, 1.0)), "std contains 0.0; each item must be a positive number"),
    (lambda: new.Backbone(**NET, interpolation="cubic"), "Did you mean 'bicubic'?"),
    (lambda: new.Backbone(**NET, classifier="head.fc"), "classifier is 'head.fc'; it must be a tuple"),
    (lambda: new.Backbone(**NET, lr_stages=("stem.*",)), "lr_stages contains 'stem.*'; each item must be a tuple"),
    (lambda: new.Backbone(**NET, lr_stages=(("stem.(*",),)), "'stem.(*' does not compile: nothing to repeat"),
    (lambda: new.Backbone(**NET, weight_names="names"), "weight_names is 'names'; it must be an import path"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_wrong_value_is_refused_with_what_is_allowed(build: Any, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)) as caught:
        build()
    assert isinstance(caught.value, RecordError)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("record", [
    new.Op("my-op.2", "_x.y:Class.method", "batch", ("CHW", "HWC"), ("uint8",), ("Mine",), "one line"),
    new.Backbone(**NET, outputs=3, aux_weights=(0.3, 0), mean=[0.5], std=[1], lr_stages=(("(?!a)b{2,}", r"\w+"),),
             weights=(new.Weights("a", "f", top1=1, top5=1),), input_size=64, resize_short=64),
    new.Exporter("x", "a:b", "a:c", ("paddle", "ml_dtypes:ml-dtypes", "x:y>=2")),
    new.Reader("r", "a:b", (".tar.gz", "*"), ("*",), "a:b"), new.ConfigDir("acme", ""),
    new.Op("A", "größe:Maß"), new.Op("A", ""),
])
def test_a_valid_record_stays_equal_frozen_and_picklable(record: Any) -> None:
    assert pickle.loads(pickle.dumps(record)) == record
    assert dataclasses.replace(record) == record
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.target = "a:b"


def test_a_value_without_a_repr_is_still_reported() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise ValueError

    with pytest.raises(RecordError, match="Op: name is a Mute; it must be a string|name is a Mute"):
        new.Op(Mute(), "x:y")


@pytest.mark.parametrize("record_class", RECORDS)
def test_the_types_of_all_fields_are_known(record_class: Any) -> None:
    """A field whose annotation is not understood would accept everything."""
    for field in dataclasses.fields(record_class):
        types, items = _accepted(str(field.type), api)
        assert object not in (*types, *items), field


def test_no_rule_is_for_a_field_that_does_not_exist() -> None:
    fields = {name for record_class in RECORDS for field in dataclasses.fields(record_class)
              for name in (field.name, f"{record_class.__name__}.{field.name}")}
    assert set(RULES) <= fields
    assert set(REQUIRED) <= fields


def compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


@pytest.mark.parametrize("pattern", [
    "stem", r"stages\.1\..*", "(a|b)", "(?!x)y", "[abc]", "a**", "*a", "(", ")", "[", "(a", "[z-a]", r"\d", "\\", "a|b",
    "(a|b", "((a))", "(?:a)", "(?P<n>a)", "x{2,1}", "(*)", "[]", r"\.", ".**", "(.*)*", "(?!a)*", "[a]*", "[^a]",
])
def test_the_short_check_of_patterns_agrees_with_the_compiler(pattern: str) -> None:
    value: Tuple[str, ...] = (pattern,)
    assert (_regular_expressions(value) == "") == compiles(pattern)
