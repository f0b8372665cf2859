# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`base:`: a config is the difference to others."""

from __future__ import annotations

from ppclas_core.config.load import load_config


def test_mappings_are_merged_and_lists_replaced(write, minimal):
    write("base.yaml", {**minimal, "topk": 3})
    write("sub/a.yaml", "base: ../base.yaml\nTRAIN:\n  batch_size: 8\n  transforms:\n    - DecodeImage:\nepochs: 5\n")
    config = load_config("sub/a.yaml")
    assert (config["epochs"], config["topk"], config["TRAIN"]["batch_size"]) == (5, 3, 8)
    assert config["TRAIN"]["transforms"] == [{"DecodeImage": {}}]
    assert config["TRAIN"]["data_dir"] == "images"
    assert config.where("TRAIN.batch_size") == "sub/a.yaml:3"
    assert config.where("topk").startswith("base.yaml:")


def test_a_later_base_lies_on_an_earlier_one(write, minimal):
    write("one.yaml", {**minimal, "topk": 1, "seed": 1})
    write("two.yaml", "topk: 2\n")
    write("a.yaml", "base: [one.yaml, two.yaml]\n")
    assert (load_config("a.yaml")["topk"], load_config("a.yaml")["seed"]) == (2, 1)


def test_another_schedule_does_not_inherit_parameters(write, minimal):
    minimal["LEARNING_RATE"] = {"function": "Piecewise", "params": {"lr": 0.1, "decay_epochs": [1], "gamma": 0.1}}
    write("base.yaml", minimal)
    write("a.yaml", "base: base.yaml\nLEARNING_RATE: {function: Cosine, params: {lr: 0.2}}\n")
    config = load_config("a.yaml")
    assert config["LEARNING_RATE"] == {"function": "Cosine", "params": {"lr": 0.2}}
    assert config.warnings == []


def test_a_circle_is_named(write, error_of):
    write("a.yaml", "base: b.yaml\n")
    write("b.yaml", "\nbase: a.yaml\n")
    assert "b.yaml:2: the base configs form a cycle: a.yaml -> b.yaml -> a.yaml" in error_of(load_config, "a.yaml")


def test_a_missing_base_has_its_line(write, error_of):
    write("a.yaml", "mode: train\nbase: [nowhere.yaml]\n")
    assert "a.yaml:2: no config 'nowhere.yaml'" in error_of(load_config, "a.yaml")


def test_two_ways_to_one_base_are_no_circle(write, minimal):
    write("root.yaml", minimal)
    write("one.yaml", "base: root.yaml\ntopk: 1\n")
    write("two.yaml", "base: root.yaml\nseed: 2\n")
    write("a.yaml", "base: [one.yaml, two.yaml]\n")
    assert load_config("a.yaml")["topk"] == 1
