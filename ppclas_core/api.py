# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Public API of a plugin's `plugin.py`: the marker `hookimpl` and the records that hooks return.

A record is data. Its `target` is a string `"package.module:attribute"`; the module is imported when the component is
first built, not when it is listed. The signature of the target is the schema of its parameters in a config.
Neither this module nor `plugin.py` may import paddle, cv2 or numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple

import pluggy

__all__ = [
    "API_VERSION",
    "ENTRY_POINT_GROUP",
    "IMAGENET_MEAN",
    "IMAGENET_STD",
    "LATENCIES",
    "Backbone",
    "Callback",
    "Command",
    "ConfigDir",
    "Environment",
    "Exporter",
    "ImageState",
    "Loss",
    "LrSchedule",
    "Op",
    "Recommendation",
    "Weights",
    "hookimpl",
    "published",
]

API_VERSION = 1
ENTRY_POINT_GROUP = "ppclas.plugins.v1"
hookimpl = pluggy.HookimplMarker("ppclas")

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Weights:
    """Published checkpoint, whose name `pretrained:` and `ppclas info` accept.

    Args:
        name: published name, e.g. a model's own name or `<model>_ssld`.
        file: file name at the publisher (`X_pretrained.tar`, `X_pretrained.pdparams`).
        input_size, resize_short: evaluation crop and short side in pixels; None: those of the architecture.
        top1, top5: ImageNet-1k validation accuracy in 0..1, as published.
        flops_g, params_m: published values (2 x multiply-adds in 1e9; parameters in 1e6); the architecture's record
            has the exact ones.
        latency_ms: published latencies in milliseconds by label, e.g. `{"sd855_bs1": 32.5}`.
        storage_mb: published size in MB.
        behaviour: how these numbers differ in meaning from those of the architecture, else "".
        sha256, size: hash and bytes of the file, if known.
        note: one line for `ppclas info`.
        classes: set of classes of the published classifier: `imagenet-1k`, whose names ppclas knows; ""
            for any other.
    """

    name: str
    file: str
    input_size: Optional[int] = None
    resize_short: Optional[int] = None
    top1: Optional[float] = None
    top5: Optional[float] = None
    flops_g: Optional[float] = None
    params_m: Optional[float] = None
    latency_ms: Mapping[str, float] = field(default_factory=dict)
    storage_mb: Optional[float] = None
    behaviour: str = ""
    sha256: str = ""
    size: int = 0
    note: str = ""
    classes: str = "imagenet-1k"


LATENCIES = ("v100_fp32_bs1", "t4_fp16_bs1", "t4_fp16_bs4", "t4_fp16_bs8", "t4_fp32_bs1", "t4_fp32_bs4", "t4_fp32_bs8")


def published(
    name: str,
    accuracy: Tuple[float, float],
    cost: Tuple[float, float],
    milliseconds: Tuple[Optional[float], ...] = (),
    *,
    input_size: Optional[int] = None,
    resize_short: Optional[int] = None,
    note: str = "",
) -> Weights:
    """Return a published checkpoint from a table row; its file is `<name>_pretrained.tar`.

    Args:
        accuracy: top-1 and top-5 in 0..1.
        cost: operations in 1e9 (2 x multiply-adds) and parameters in 1e6.
        milliseconds: latencies in the order of `LATENCIES`; None if not published.
    """
    latency = {label: time for label, time in zip(LATENCIES, milliseconds) if time is not None}
    return Weights(name, f"{name}_pretrained.tar", input_size, resize_short, *accuracy, *cost, latency, note=note)


@dataclass(frozen=True)
class Backbone:
    """Architecture; core knows nothing else of its family.

    Args:
        name: unique name, letters, digits, `_`, `.`; the `ARCHITECTURE.name` of a config.
        target: callable that builds a `ppclas_core.nn.Backbone` layer from keyword arguments.
        family: heading under which `ppclas list models` shows it.
        preset: keyword arguments of the target for this variant; they are not configurable.
        input_size: default square input in pixels; `channels` defaults to 3.
        resize_short, interpolation: evaluation preprocessing: short side in pixels and OpenCV method
            (`bilinear`, `bicubic`), before the center crop of `input_size`.
        mean, std: per-channel normalization of pixels in 0..1.
        classifier: prefixes of the parameters that depend on `num_classes`.
        outputs: number of outputs in training; evaluation returns the first only.
        aux_weights: weight of each further output in the training loss.
        lr_stages: one tuple of regular expressions (full match on parameter keys) per entry of `lr_mult_list`.
        weight_names: target of a function `(model) -> iterable of ppclas_core.weights.names.Names`.
        params, flops: trainable parameters, and multiply-adds x 2 at `input_size`, for 1000 classes.
        paper, arxiv: title with year, and arXiv id.
        weights: published checkpoints of this architecture.
    """

    name: str
    target: str
    family: str
    preset: Mapping[str, object] = field(default_factory=dict)
    input_size: int = 224
    resize_short: int = 256
    interpolation: str = "bilinear"
    mean: Tuple[float, ...] = IMAGENET_MEAN
    std: Tuple[float, ...] = IMAGENET_STD
    classifier: Tuple[str, ...] = ("head.fc",)
    outputs: int = 1
    aux_weights: Tuple[float, ...] = ()
    lr_stages: Tuple[Tuple[str, ...], ...] = ()
    weight_names: str = ""
    params: Optional[int] = None
    flops: Optional[int] = None
    paper: str = ""
    arxiv: str = ""
    weights: Tuple[Weights, ...] = ()
    aliases: Tuple[str, ...] = ()


@dataclass(frozen=True)
class ImageState:
    """State of the image between two ops of a pipeline.

    Args:
        layout: `bytes` (an encoded file), `HWC` or `CHW`.
        dtype: `uint8` or `float32`; encoded bytes count as `uint8`.
        mean, std: applied normalization (values are `(x / 255 - mean) / std`); empty before it.
    """

    layout: str = "bytes"
    dtype: str = "uint8"
    mean: Tuple[float, ...] = ()
    std: Tuple[float, ...] = ()

    @property
    def normalised(self) -> bool:
        """Whether the image was normalized by NormalizeImage."""
        return bool(self.mean)


@dataclass(frozen=True)
class Recommendation:
    """Condition under which a new fine-tuning config lists an optional op.

    Args:
        min_images: smallest number of training images (inclusive).
        below_images: number of training images from which the op is omitted; None: no limit.
        normalized: the op is placed after NormalizeImage; False: before it.
        params: parameters to write; others keep their defaults.
        why: comment on the line in the config.
    """

    min_images: int = 0
    below_images: Optional[int] = None
    normalized: bool = False
    params: Mapping[str, object] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Op:
    """Augmentation or transform.

    The target is a class. `level="sample"`: `op(image, rng=None) -> image`; a random op splits into
    `sample(rng, shape) -> draw` and `apply(image, draw)`. `level="batch"`:
    `op(images, labels, rng=None) -> (images, (y_a, y_b, lam))`. `level="decode"`: `op(bytes) -> image`.
    Optional methods: `bind(state) -> op` (a copy that knows the `ImageState`), `out_state(state) -> ImageState`,
    `at_epoch(epoch) -> op` (a copy for an epoch, counted from 0; the loader calls it before each epoch). For methods
    that make an op faster, such as `region` of a crop, see `ppclas_core.data.capabilities`.

    Args:
        layouts, dtypes: accepted layouts and dtypes; the pipeline checks them when it is built.
        aliases: further names of the same op.
        recommended: when `ppclas finetune` writes the op into a config; None: never.
    """

    name: str
    target: str
    level: str = "sample"
    layouts: Tuple[str, ...] = ("HWC",)
    dtypes: Tuple[str, ...] = ("uint8", "float32")
    aliases: Tuple[str, ...] = ()
    doc: str = ""
    recommended: Optional[Recommendation] = None


@dataclass(frozen=True)
class Loss:
    """Loss. The target, called with the config's parameters, returns `loss(logits, target) -> 0-D tensor`.

    `target` in that call: class indices (N,) int64 or probabilities (N, num_classes) float32; for a loss with `teacher`
    the logits (N, num_classes) of another network, supplied by a callback with `teacher`. A loss with
    `multilabel` also accepts multi-hot targets and supports `task: multilabel`; it then receives the parameters
    `sigmoid=True` and `pos_weight` (the config's `class_weights`), if its signature has them.
    """

    name: str
    target: str
    aliases: Tuple[str, ...] = ()
    doc: str = ""
    teacher: bool = False
    multilabel: bool = False


@dataclass(frozen=True)
class LrSchedule:
    """Learning-rate schedule.

    The target, called with the config's parameters and, if its signature has them, `epochs` and
    `step_each_epoch`, returns a callable `schedule(step: int) -> float` of the optimizer step, counted from 0.
    """

    name: str
    target: str
    aliases: Tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True)
class Optimizer:
    """Optimizer.

    The target, called with the config's parameters, returns a Paddle optimizer with learning rate 0; the trainer sets
    the rate before each step. The trainer supplies, if its signature has them: `parameters`, the trainable parameters;
    `grad_clip`, a Paddle clipping object or None; `regularizer`, a Paddle regularizer or None; `no_decay`, the names of
    the parameters without weight decay, for optimizers with their own decay in place of `regularizer`.

    Args:
        name: unique name, the `OPTIMIZER.function` of a config; case-insensitive.
        target: function or class that builds the optimizer.
        help: one line for `ppclas list optimizers`.
        aliases: further names.
    """

    name: str
    target: str
    help: str = ""
    aliases: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Environment:
    """Separate Python environment, for tools that conflict with Paddle or with each other.

    It is created in the cache folder at first use (`ppclas_core.system.environments.interpreter`), or by
    `ppclas doctor --fix NAME`.

    Args:
        name: short name, usually that of the format.
        packages: requirements for pip.
        modules: modules that must be importable; an existing interpreter that has them all is used.
        pythons: CPython versions with wheels of the packages, preferred first, e.g. `3.10`; (): the running one.
        alone: requirements installed without their dependencies.
        shares: the environment also has the packages of the running environment; only with empty `pythons`.
        script: a program of the tools; if it is on PATH, its first line names a Python that has them.
    """

    name: str
    packages: Tuple[str, ...]
    modules: Tuple[str, ...]
    pythons: Tuple[str, ...] = ()
    alone: Tuple[str, ...] = ()
    shares: bool = False
    script: str = field(default="", repr=False)


@dataclass(frozen=True)
class Exporter:
    """Export format.

    Args:
        target: `export(request, *, options...) -> Artefact or None`; writes files into `request.out`
            (see `ppclas_core.export.ExportRequest` and `Artefact`).
        load: `load(folder, *, options...) -> callable`, the runtime: float32 (N, C, H, W) array -> logits
            (N, num_classes) float32 array; the folder has `bundle.json` and the other files of the bundle.
            `input_names` and `output_names` of the callable are recorded if it has them. The usual options:
            `threads: Optional[int] = None`, `device: str = "cpu"`.
        aliases: further names; the first is the name of the runtime, if it differs (`paddle`, `onnxruntime`).
        requires: distributions that must be importable, as `module` or `module:pip-name`; missing ones make the
            format unavailable with the reason.
        reads: further formats whose bundles `load` can run; `--runtime` accepts this runtime for them.
        environment: separate environment of its tools; None: they run in the environment of ppclas.
        packs: the bundle is a server folder with the model of another format; benchmarks skip its runtime.
        reports: files of the bundle that no runtime reads; the reported size excludes them.
    """

    name: str
    target: str
    load: str
    requires: Tuple[str, ...] = ()
    aliases: Tuple[str, ...] = ()
    doc: str = ""
    reads: Tuple[str, ...] = ()
    environment: Optional[Environment] = None
    packs: bool = False
    reports: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Callback:
    """Training callback. The target is a subclass of `ppclas_core.training.callbacks.Callback`.

    A callback is listed under `callbacks` of a config, or enabled by its own key (`enabled_by`).

    Args:
        accelerates: kinds of devices (`cpu`, `gpu`) for which the config key `accelerator` selects this callback: by
            name, or by its default `auto`. Its `on_train_begin` sets `run.progress.accelerator` to its name, or to
            `none` if it does not accelerate the run; in a resumed run it must keep the value that it finds
            there.
        enabled_by: boolean config key that enables the callback, before the listed ones.
        section: config section of its parameters in that case.
        default_loss: default loss of a config that enables it.
        teacher: `on_model_built` returns a forward pass that puts the logits of another network before those of the
            model. The loss must be one with `teacher`, and `pretrained_model` may hold the other network.
    """

    name: str
    target: str
    aliases: Tuple[str, ...] = ()
    doc: str = ""
    accelerates: Tuple[str, ...] = ()
    enabled_by: str = ""
    section: str = ""
    default_loss: str = ""
    teacher: bool = False


@dataclass(frozen=True)
class Reader:
    """Storage format of data sets.

    The target, called with a `ppclas_core.data.readers.request.ReadRequest` as `request` and the parameters of
    `reader.params`, returns a `ppclas_core.data.readers.source.Source`. A config chooses a reader by
    `reader: {name: ...}`; without it the reader that recognizes the data is used: first by `contains` and `detect`,
    then by the longest of `suffixes`, then one that accepts anything ("*").

    Args:
        suffixes: endings of the key `file_list` in lower case, such as `.csv`; `*` is any.
        contains: patterns of file names, such as `*.tar`; one must match in `data_dir` (in the folder of the
            list, if the config has no `data_dir`); `*` is any folder without a list.
        detect: "package.module:attribute" of a function `(request) -> bool`, for data without a typical file name.
        named_labels: labels may be names, so the key `labels` applies.
        class_folders: each folder in `data_dir` is a class, so runs must not write there.
        aliases: further names of the same reader.
    """

    name: str
    target: str
    suffixes: Tuple[str, ...] = ()
    contains: Tuple[str, ...] = ()
    detect: str = ""
    named_labels: bool = False
    class_folders: bool = False
    aliases: Tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True)
class Metric:
    """Metric of evaluations. The target is a subclass of `ppclas_core.metrics.Metric`.

    The target receives those of `num_classes`, `topk` and `threshold` that its signature has; a config sets no
    parameters.

    Args:
        name: key in logs and results, and value of the config keys `monitor` and `metrics`; equal to that of the class.
        mode: `max` if higher is better, else `min`; equal to that of the class.
        tasks: supported values of the config key `task`.
        doc: meaning of the value, in one line.
    """

    name: str
    target: str
    mode: str = "max"
    tasks: Tuple[str, ...] = ("multiclass",)
    aliases: Tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True)
class Command:
    """Subcommand of `ppclas`. The target is a function `add(parser) -> run`.

    `add` declares the arguments on an `argparse.ArgumentParser` and returns `run(args) -> int` (the exit code).
    """

    name: str
    target: str
    help: str
    aliases: Tuple[str, ...] = ()


@dataclass(frozen=True)
class ConfigDir:
    """Folder of YAML files inside a package, searched for `ppclas run Family/Model.yaml`."""

    package: str
    folder: str = "configs"

    @property
    def name(self) -> str:
        """Unique name of the folder."""
        return f"{self.package}:{self.folder}"
