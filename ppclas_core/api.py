# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Public API of a plugin's `plugin.py`: the decorator `hookimpl` and the records that hooks return.

A record is data. Its `target` is a string `"package.module:attribute"`; the module is imported when the component is
first built, not when it is listed. The signature of the target is the schema of its parameters in a config: it has no
`*args` and no `**kwargs`, and values are converted to its type hints. A record with a field of a wrong type or value
raises a `UserError` when it is built. Neither this module nor `plugin.py` may import paddle, cv2 or numpy.

Fields that several records have:
    name: unique name of the component within its kind, of letters, digits, `_`, `.` and `-`; configs and commands use
        it.
    target: import path of the class or function, `"package.module:attribute"`; "" only in the attribute `ppclas_spec`
        of the class itself.
    aliases: further names of the same component.
    doc: one line for `ppclas list`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple

import pluggy

from ppclas_core.record_checks import Checked

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
    "Metric",
    "Op",
    "Optimizer",
    "Reader",
    "Recommendation",
    "Weights",
    "hookimpl",
    "published",
]

API_VERSION = 1
"""Version of the plugin API."""
ENTRY_POINT_GROUP = "ppclas.plugins.v1"
"""Entry-point group of plugins; an entry names the module `<package>.plugin`."""
hookimpl = pluggy.HookimplMarker("ppclas")
"""Decorator of the hook functions in `plugin.py`, see `ppclas_core.hookspecs`."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Mean and standard deviation of the pixels of ImageNet, per RGB channel, for pixels in 0..1."""


@dataclass(frozen=True, eq=False, repr=False)
class Weights(Checked):
    """Published checkpoint of an architecture; its name is a value of `pretrained_model` in configs.

    Args:
        name: published name, e.g. a model's own name or `<model>_ssld`.
        file: file name at the publisher (`X_pretrained.tar`, `X_pretrained.pdparams`).
        input_size, resize_short: evaluation crop and short side in pixels; None: those of the architecture.
        top1, top5: ImageNet-1k validation accuracy in 0..1, as published.
        flops_g, params_m: published cost: multiply-adds x 2 in 1e9, parameters in 1e6. The record of the architecture
            has the exact values.
        latency_ms: published latencies in milliseconds by label, e.g. `{"sd855_bs1": 32.5}`.
        storage_mb: published size in MB.
        behaviour: how the model of these weights differs from the architecture, e.g. in preprocessing; else "".
        sha256, size: SHA-256 hash and size in bytes of the file; "" and 0 if unknown.
        note: one line for `ppclas info`.
        classes: class set of the published classifier: `imagenet-1k`, whose class names ppclas has; "" for any other.
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
"""Labels of the published latencies: GPU, precision, batch size."""


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
    """Return a published checkpoint from the values of a table row; its file is `<name>_pretrained.tar`.

    Args:
        name: published name.
        accuracy: top-1 and top-5 accuracy in 0..1.
        cost: multiply-adds x 2 in 1e9, and parameters in 1e6.
        milliseconds: latencies in the order of `LATENCIES`; None if not published.
        input_size: see `Weights`.
        resize_short: see `Weights`.
        note: see `Weights`.
    """
    latency = {label: time for label, time in zip(LATENCIES, milliseconds) if time is not None}
    return Weights(name, f"{name}_pretrained.tar", input_size, resize_short, *accuracy, *cost, latency, note=note)


@dataclass(frozen=True, eq=False, repr=False)
class Backbone(Checked):
    """Architecture of an image classifier, with its default preprocessing and published weights.

    Args:
        name: unique name; the value of `ARCHITECTURE.name` in configs.
        target: class or function that returns a `ppclas_core.nn.Backbone` layer; it has the parameters `num_classes`
            and `in_channels`, and others from `ARCHITECTURE.params`.
        family: family name in `ppclas list models`.
        preset: arguments of the target that define this variant; configs cannot set them.
        input_size: default side of the square input in pixels.
        resize_short, interpolation: evaluation preprocessing before the center crop of `input_size`: short side in
            pixels, and `bilinear` or `bicubic`.
        mean, std: normalization per channel, for pixels in 0..1.
        classifier: prefixes of the names of the parameters that depend on `num_classes`.
        outputs: number of outputs in training; in evaluation the model returns the first one only.
        aux_weights: weight of each output after the first in the training loss.
        lr_stages: one tuple of regular expressions per entry of `lr_mult_list`; each must match whole parameter names.
        weight_names: import path of a function `(model) -> iterable of ppclas_core.weights.names.Names`, which maps
            published parameter names to those of the model; "": there are no published names.
        params, flops: number of trainable parameters, and multiply-adds x 2 at `input_size`, for 1000 classes.
        paper, arxiv: title of the paper with its year, and arXiv id.
        weights: published checkpoints of this architecture.
        aliases: further names.
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


@dataclass(frozen=True, eq=False, repr=False)
class ImageState(Checked):
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
    def normalized(self) -> bool:
        """Whether the image was normalized by NormalizeImage."""
        return bool(self.mean)

    @property
    def normalised(self) -> bool:
        """Deprecated name of `normalized`."""
        warnings.warn("ImageState.normalised is deprecated: it is called normalized", DeprecationWarning, stacklevel=2)
        return self.normalized


@dataclass(frozen=True, eq=False, repr=False)
class Recommendation(Checked):
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


@dataclass(frozen=True, eq=False, repr=False)
class Op(Checked):
    """Transform or augmentation of an image or a batch, or decoder.

    The target is a class. Its call depends on `level`:

    - `sample`: `op(image, rng=None) -> image`, with an `np.random.Generator` as `rng`. A random op also has
      `sample(rng, shape) -> draw` and `apply(image, draw) -> image`, so a draw can be repeated.
    - `batch`: `op(images, labels, rng=None) -> (images, (y_a, y_b, lam))`: the mixed images, the labels of the images
      and of their partners, and lambda, the weight of `y_a`.
    - `decode`: `op(bytes) -> image`.

    An op does not change its input. Optional methods: `bind(state) -> op` returns a copy for an `ImageState`,
    `out_state(state) -> ImageState` the state after the op, and `at_epoch(epoch) -> op` a copy for an epoch, counted
    from 0; the loader calls it before each epoch. For methods that make an op faster, such as `region` of a crop, see
    `ppclas_core.data.capabilities`.

    Args:
        name: unique name; the key of the op in `transforms` or `mix` of a config.
        target: the class.
        level: `sample`, `batch` or `decode`.
        layouts, dtypes: accepted layouts and dtypes, see `ImageState`; the pipeline checks them when it is built.
        aliases: further names.
        doc: one line for `ppclas list ops`.
        recommended: condition under which `ppclas finetune` writes the op into a config; None: never.
    """

    name: str
    target: str
    level: str = "sample"
    layouts: Tuple[str, ...] = ("HWC",)
    dtypes: Tuple[str, ...] = ("uint8", "float32")
    aliases: Tuple[str, ...] = ()
    doc: str = ""
    recommended: Optional[Recommendation] = None


@dataclass(frozen=True, eq=False, repr=False)
class Loss(Checked):
    """Loss.

    The target, called with the parameters of the config, returns a callable `loss(logits, target) -> 0-D tensor`, with
    logits (N, num_classes) float32. `target` in that call has class indices (N,) int64 or probabilities
    (N, num_classes) float32.

    Args:
        name: unique name; the value of `LOSS.name` in configs.
        target: class or function.
        aliases: further names.
        doc: one line for `ppclas list losses`.
        teacher: the target is the logits (N, num_classes) of another network, which a callback with `teacher` supplies.
        multilabel: the loss also accepts multi-hot targets, so it supports `task: multilabel`. With that task it
            receives the parameters `sigmoid=True` and `pos_weight` (`class_weights` of the config), if its signature
            has them.
    """

    name: str
    target: str
    aliases: Tuple[str, ...] = ()
    doc: str = ""
    teacher: bool = False
    multilabel: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class LrSchedule(Checked):
    """Learning-rate schedule.

    The target, called with the parameters of the config, returns a callable `schedule(step: int) -> float`: the
    learning rate of an optimizer step, counted from 0. If its signature has the parameters `epochs` and
    `step_each_epoch`, the trainer supplies the number of epochs and of steps per epoch.

    Args:
        name: unique name; the value of `LEARNING_RATE.function` in configs.
        target: class or function.
        aliases: further names.
        doc: one line for `ppclas list schedules`.
    """

    name: str
    target: str
    aliases: Tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Optimizer(Checked):
    """Optimizer.

    The target, called with the parameters of the config, returns a Paddle optimizer with learning rate 0; the trainer
    sets the rate before each step. The trainer supplies, if its signature has them: `parameters`, the trainable
    parameters; `grad_clip`, a Paddle clipping object or None; `regularizer`, a Paddle regularizer or None; `no_decay`,
    the names of the parameters without weight decay, for optimizers with their own decay in place of `regularizer`.

    Args:
        name: unique name in any case; the value of `OPTIMIZER.function` in configs.
        target: function or class that builds the optimizer.
        help: one line for `ppclas list optimizers`.
        aliases: further names.
    """

    name: str
    target: str
    help: str = ""
    aliases: Tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Environment(Checked):
    """Separate Python environment for tools that conflict with Paddle or with each other.

    It is created in the cache folder at first use (`ppclas_core.system.environments.interpreter`), or by
    `ppclas doctor --fix NAME`.

    Args:
        name: short name, usually that of the format.
        packages: requirements that pip installs.
        modules: modules of the tools; an existing interpreter that can import all of them is used.
        pythons: CPython versions with wheels of the packages, preferred first, e.g. `3.10`; (): the running version.
        alone: requirements that are installed without their dependencies.
        shares: the environment also has the packages of the running environment; only with empty `pythons`.
        script: program of the tools. If it is on PATH, the interpreter in its first line is tried, too.
    """

    name: str
    packages: Tuple[str, ...]
    modules: Tuple[str, ...]
    pythons: Tuple[str, ...] = ()
    alone: Tuple[str, ...] = ()
    shares: bool = False
    script: str = field(default="", repr=False)


@dataclass(frozen=True, eq=False, repr=False)
class Exporter(Checked):
    """Export format with its runtime.

    Args:
        name: unique name; the argument FORMAT of `ppclas export`.
        target: `export(request, *, options...) -> ExportResult or None`; writes files into `request.out`
            (see `ppclas_core.export.ExportRequest` and `ExportResult`).
        load: `load(folder, *, options...) -> callable`, the runtime: a batch in the dtype and layout of `input` in
            `bundle.json`, usually (N, C, H, W) float32 -> (N, num_classes) float32 logits, or log-probabilities if the
            artifact outputs probabilities; the folder has all files of the bundle.
            `input_names` and `output_names` of the callable are recorded if it has them. The usual options:
            `threads: Optional[int] = None`, `device: str = "cpu"`.
        requires: modules that must be importable, as `module` or `module:pip-name`; if one is missing, the format is
            listed as unavailable with the reason.
        aliases: further names; the first one names the runtime, if that has its own name (`paddle`, `onnxruntime`).
        doc: one line for `ppclas list exporters` and `ppclas export --list`.
        reads: further formats whose bundles `load` can run; `--runtime` accepts this runtime for them.
        environment: separate environment of the tools; None: they run in the environment of ppclas.
        packs: the bundle is a server folder that contains the model in another format; benchmarks skip its runtime.
        reports: files of the bundle that no runtime reads; benchmarks exclude them from the size.
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


@dataclass(frozen=True, eq=False, repr=False)
class Callback(Checked):
    """Training callback. The target is a subclass of `ppclas_core.training.callbacks.Callback`.

    A config lists a callback under `callbacks`, or enables it by its own key (`enabled_by`).

    Args:
        name: unique name; the key of the callback in `callbacks` of a config.
        target: the class.
        aliases: further names.
        doc: one line for `ppclas list callbacks`.
        accelerates: device types (`cpu`, `gpu`) for which the config key `accelerator` selects this callback, by its
            name or by the default `auto`. Its `on_train_begin` sets `run.progress.accelerator` to its name, or to
            `none` if it does not accelerate the run; in a resumed run it keeps the present value.
        enabled_by: boolean config key that enables the callback; it is called before the listed callbacks.
        section: config section of its parameters, if it is enabled by `enabled_by`.
        default_loss: default of `LOSS` in a config that enables it.
        teacher: `on_model_built` returns a model whose output starts with the logits of another network. The loss must
            be one with `teacher`, and the weights in `pretrained_model` may be those of the other network.
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


@dataclass(frozen=True, eq=False, repr=False)
class Reader(Checked):
    """Storage format of data sets.

    The target, called with a `ppclas_core.data.readers.request.ReadRequest` as `request` and the parameters in
    `reader.params`, returns a `ppclas_core.data.readers.source.Source`. A config selects a reader by
    `reader: {name: ...}`. By default the reader that recognizes the data is used: first by `contains` and `detect`,
    then by the longest of `suffixes`, then one that accepts anything ("*").

    Args:
        name: unique name; the value of `reader.name` in configs.
        target: function or class.
        suffixes: lower-case endings of `file_list`, such as `.csv`; `*` matches any list.
        contains: patterns of file names, such as `*.tar`, of which one must match in `data_dir` (by default the folder
            of the list); `*` matches any folder without a list.
        detect: import path of a function `(request) -> bool`, for data without typical file names.
        named_labels: labels may be class names, so the config key `labels` applies.
        class_folders: each folder in `data_dir` is a class, so runs must not be written there.
        aliases: further names.
        doc: one line for `ppclas list readers`.
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


@dataclass(frozen=True, eq=False, repr=False)
class Metric(Checked):
    """Metric of evaluations. The target is a subclass of `ppclas_core.metrics.Metric`.

    The target receives `num_classes`, `topk` and `threshold`, if its signature has them; configs set no parameters.

    Args:
        name: key in logs and results, and value of the config keys `monitor` and `metrics`; equal to that of the class.
        target: the class.
        mode: `max` if higher is better, else `min`; equal to that of the class.
        tasks: supported values of the config key `task`.
        aliases: further names.
        doc: meaning of the value in one line.
    """

    name: str
    target: str
    mode: str = "max"
    tasks: Tuple[str, ...] = ("multiclass",)
    aliases: Tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Command(Checked):
    """Subcommand of `ppclas`. The target is a function `add(parser) -> run`.

    `add` declares the arguments on an `argparse.ArgumentParser` and returns the function `run(args) -> int`, which
    returns the exit code.

    Args:
        name: unique name, as typed on the command line.
        target: import path of `add`.
        help: one line for `ppclas --help`, a verb phrase in lower case without a full stop.
        aliases: further names.
    """

    name: str
    target: str
    help: str
    aliases: Tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class ConfigDir(Checked):
    """Folder of YAML files in a package, where `ppclas run Family/Model.yaml` finds configs.

    Args:
        package: import name of the package.
        folder: path of the folder in the package; "": the package itself.
    """

    package: str
    folder: str = "configs"

    @property
    def name(self) -> str:
        """Unique name of the folder."""
        return f"{self.package}:{self.folder}"
