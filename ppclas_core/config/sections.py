# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: RUF009 - `key` and `section` return dataclass fields
"""Section classes: every key of a config, with its type, default and meaning, and the sections that hold them.

A key is added here and nowhere else. `schema` builds its tables from these classes; `Config` inherits from
`RootSection`.

Legacy keys keep their names and meaning; `new=True` marks keys that legacy configs do not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Literal, Optional, Union

from ppclas_core.compat.keys import split_pair
from ppclas_core.config.fields import REQUIRED, Items, Params, Section, key, section
from ppclas_core.system.paths import PathText


@dataclass(frozen=True)
class ArchitectureSection(Section):
    """Model."""

    name: str = key(REQUIRED, "model to build; `ppclas list models` shows them", names="backbone")
    params: Params = key({}, "parameters of the model; `ppclas info MODEL` shows them")


@dataclass(frozen=True)
class EarlyStopSection(Section):
    """Rule that ends a run which no longer improves."""

    patience: int = key(REQUIRED, "evaluations, one every `valid_interval` epochs, without a better value of the "
        "monitored metric after which the run ends", minimum=1, switch="validate", new=True)


@dataclass(frozen=True)
class LossSection(Section):
    """Training loss."""

    name: str = key("CELoss", "training loss; `ppclas list losses` shows them. With `use_distillation` the default is "
        "JSDivLoss, with `task: multilabel` BCELoss", names="loss", new=True)
    params: Params = key({}, "parameters of the loss", new=True)


@dataclass(frozen=True)
class LearningRateSection(Section):
    """Schedule of the learning rate."""

    function: str = key(REQUIRED, "schedule; `ppclas list schedules` shows them", names="lr_schedule")
    params: Params = key({}, "parameters of the schedule; `lr` is its peak, `lr: {value: 0.1, per_batch: 256}` follows "
        "TRAIN.batch_size. Epochs and steps per epoch are supplied")


@dataclass(frozen=True)
class RegularizerSection(Section):
    """Weight decay as a penalty on the parameters."""

    function: Literal["L1", "L2"] = key(REQUIRED, "penalty on all parameters except those whose layer sets its own")
    factor: float = key(REQUIRED, "weight of the penalty: adds factor * p (L2) or factor * sign(p) (L1) to the "
        "gradient",
        minimum=0)


@dataclass(frozen=True)
class OptimizerSection(Section):
    """Optimizer, weight decay and gradient clipping."""

    function: str = key("Momentum", "optimizer, such as Momentum, RMSProp, SGD, AdamW; `ppclas list optimizers` shows "
        "them")
    params: Params = key({"momentum": 0.9}, "parameters of the optimizer; the default is Momentum's")
    regularizer: Optional[RegularizerSection] = section("weight decay; omitted: none")
    no_weight_decay: List[Literal["norm", "bias"]] = key([], "parameters without weight decay: those of "
        "normalization layers, biases; omitted: every parameter decays", new=True)
    layer_decay: Optional[float] = key(None, "factor on the learning rate per block, counted back from the "
        "classifier, whose factor is 1", minimum=0, maximum=1, new=True)
    grad_clip: Params = key({}, "limit on the gradients: `norm` (of each tensor), `value` (of each element) or "
        "`global_norm` (of all tensors together)", new=True)


@dataclass(frozen=True)
class ReaderSection(Section):
    """Reader of the data, if it is not recognised by the names of the files."""

    name: str = key(REQUIRED, "storage format of the data; `ppclas list readers` shows them", names="reader", new=True)
    params: Params = key({}, "parameters of the reader", new=True)


@dataclass(frozen=True)
class DataSection(Section):
    """Keys that TRAIN and VALID share."""

    batch_size: int = key(REQUIRED, "images per step, over all devices", minimum=1)
    num_workers: Union[int, Literal["auto"]] = key(4, "workers that read the data, per device; `auto`: one per core, "
        "at most 8; 0 reads in the main thread. Their number never changes the data", minimum=0)
    worker_type: Literal["auto", "threads", "processes"] = key("auto", "kind of the workers; `auto` takes processes "
        "where an op holds the Python interpreter", new=True)
    file_list: Optional[PathText] = key(None, "list file, one `path label` (or `path 1,4`) per line, or a table "
        "`.csv`; omitted: the data is found in `data_dir`")
    data_dir: Optional[PathText] = key(None, "with a list: the folder to which its paths are relative (default: the "
        "folder of the list); without a list: a folder of class folders, of tar files, or of shards of `ppclas "
        "repack`")
    reader: Optional[ReaderSection] = section("the reader of the data; omitted: the reader that recognizes it")
    labels: Literal["auto", "indices", "names"] = key("auto", "meaning of the labels of a table: class indices from "
        "0, or class names. `auto`: digits below `classes_num` are indices, words are names", new=True)
    max_samples: Optional[int] = key(None, "maximum number of images; they are spread evenly over the list", minimum=1,
        new=True)
    cache: Literal["none", "ram", "disk"] = key("none", "keep the encoded images that were read once: in memory, or as "
        "copies in `cache_dir`", new=True)
    cache_limit_gb: float = key(4.0, "size of that cache in GB (1e9 bytes)", minimum=0, new=True)
    cache_dir: Optional[PathText] = key(None, "folder of a fast disk for `cache: disk`; its files are kept",
        switch=".cache=disk", new=True)
    delimiter: Optional[str] = key(None, "text between path and label; omitted: a tab if the line has one, else the "
        "last blank")
    transforms: Items = key(REQUIRED, "transforms of each image, in order: one-key mappings `Op: {params}`",
        names="op")
    on_bad_image: Literal["fail", "skip"] = key("fail", "handling of images that cannot be decoded: `fail` stops "
        "with the path, `skip` leaves them out and lists them", new=True)
    bad_image_budget: float = key(0.01, "ratio of bad images, 0 to 1, above which `skip` stops as well", minimum=0,
        maximum=1, switch=".on_bad_image=skip", dormant=0.0, new=True)


@dataclass(frozen=True)
class TrainSection(DataSection):
    """Training data."""

    batch_size: int = key(REQUIRED, "images per step of training, over all devices", minimum=1)
    accumulate: int = key(1, "parts in which each batch is computed: the same optimizer step in less memory; batch "
        "norms see one part at a time", minimum=1, new=True)
    shuffle_seed: Optional[int] = key(None, "seed of the order of the images; omitted: `seed`")
    sampler: Literal["shuffle", "balanced"] = key("shuffle", "`balanced`: each class occurs equally often in an epoch; "
        "small ones repeat their images, large ones leave some out", new=True)
    mix: Items = key([], "augmentation of each batch if `use_mix` is true: exactly one op, such as Mixup; losses "
        "accept at most two labels per image", names="op", switch="use_mix", dormant=[])
    drop_last: bool = key(True, "leave out the incomplete last batch of an epoch; never when it is the only one",
        new=True)


@dataclass(frozen=True)
class ValidSection(DataSection):
    """Validation data."""

    batch_size: int = key(REQUIRED, "images per step of evaluation, over all devices", minimum=1)
    labels: Literal["auto", "indices", "names"] = key("auto", "meaning of the labels of a table: class indices from "
        "0, or class names. `auto`: digits below `classes_num` are indices, words are names; omitted: as TRAIN.labels",
        new=True)


@dataclass(frozen=True)
class RootSection(Section):
    """Top level of a config."""

    base: Union[List[str], str] = key([], "configs whose values this one overrides; of several, a later one "
        "overrides an earlier one. A path relative to this file, or an installed config", new=True)
    requires: List[str] = key([], "distributions that must be installed, like `ppclas-models-mobile>=0.1`", new=True)
    plugins: List[PathText] = key([], "one-file plugins beside this config; they run only with `--plugin` or "
        "`--trust-config`", new=True)
    mode: Literal["train", "valid"] = key("train", "`valid`: a config for evaluation alone, which needs no TRAIN, "
        "LEARNING_RATE and epochs")
    task: Literal["multiclass", "multilabel"] = key("multiclass", "`multiclass`: each image shows one class; "
        "`multilabel`: any number of them, none included, written `path 1,4,7`", new=True)
    score_threshold: float = key(0.5, "sigmoid score, 0 to 1, from which a class counts as found: in F1, precision "
        "and recall, and in the output of `ppclas predict`",
        minimum=0, maximum=1, switch="task=multilabel", dormant=0.5,
        new=True)
    architecture: ArchitectureSection = section("the model", name="ARCHITECTURE", default=ArchitectureSection)
    pretrained_model: Union[PathText, List[PathText], bool, None] = key(None, "weights to start from: prefix, file or "
        "folder; `True`: the published weights of ARCHITECTURE.name; a list: loaded one after the other (teacher, "
        "student)")
    freeze: List[str] = key([], "parts that are not trained, running statistics included: `backbone` (all but the "
        "classifier), or layers such as `stem` and `stages.0`, in which `*` is any text", new=True)
    checkpoints: Optional[PathText] = key(None, "checkpoint to resume from, with optimizer and epoch; wins over "
        "`pretrained_model`")
    model_save_dir: PathText = key("output", "runs are saved in `<model_save_dir>/<ARCHITECTURE.name>`")
    classes_num: Union[int, Literal["auto"]] = key(1000, "number of classes: the width of the classifier; `auto`: of "
        "the label list, else of the training data", minimum=2)
    class_weights: Union[Literal["balanced"], List[float], Params, None] = key(None, "weight of each class in the "
        "training loss: a list, or `{name: weight}` with 1 for the others; `balanced`: inverse to its number of "
        "images. With `task: multilabel` it is the weight of positive targets; `balanced`: negatives / positives",
        minimum=0, new=True)
    label_list: Optional[PathText] = key(None, "file of `id name` lines: the names of the classes, stored with every "
        "checkpoint", new=True)
    total_images: Optional[int] = key(None, "size of the training list; only compared with it: steps per epoch come "
        "from the list itself", minimum=1)
    epochs: Optional[int] = key(REQUIRED, "number of passes over the training list", minimum=1)
    save_interval: int = key(1, "epochs between kept checkpoints: those of epoch 0, of each multiple and of the last "
        "epoch stay as `<epoch>/`; 0 keeps none of them. Best and last are always saved", minimum=0)
    validate: bool = key(True, "evaluate on VALID during training")
    valid_interval: int = key(1, "epochs between evaluations", minimum=1, switch="validate", dormant=1)
    monitor: Optional[str] = key(None, "metric of VALID that decides which checkpoint is `best_model`, when "
        "`early_stop` ends the run, and what a search optimizes; `ppclas list metrics` shows them. Left out: `top1`, "
        "with `task: multilabel` `mAP`. Of equal values the lower loss is better", switch="validate", new=True)
    metrics: List[str] = key([], "further metrics of VALID, by name, that evaluations log and record during training",
        switch="validate", dormant=[], new=True)
    early_stop: Optional[EarlyStopSection] = section("end of a run whose monitored metric no longer improves; "
        "omitted: never")
    print_interval: int = key(10, "steps between log lines", minimum=1)
    topk: int = key(5, "k of the second metric, top-k accuracy; at most classes_num is used", minimum=1,
        switch="task=multiclass", dormant=5)
    image_shape: List[int] = key([3, 224, 224], "network input as [channels, height, width]; must agree with the "
        "transforms", minimum=1, length=3)
    use_mix: bool = key(False, "apply TRAIN.mix")
    ls_epsilon: float = key(0.0, "label smoothing of the loss, 0 to 1; 0 or -1 is off. BCELoss: each binary target t "
        "becomes t * (1 - ls_epsilon) + ls_epsilon / 2", minimum=0, maximum=1, off=-1)
    use_distillation: bool = key(False, "train the model on the outputs of a teacher; labels serve the metrics only. "
        "ARCHITECTURE.name is the student, or a pair `TEACHER_distill_STUDENT`")
    distillation: Params = key({}, "the teacher, and how it is run; a pair as ARCHITECTURE.name is its `teacher`. "
        "`ppclas info Distillation` shows the keys", name="DISTILLATION", switch="use_distillation",
        dormant={}, new=True)
    use_ema: bool = key(False, "keep an exponential moving average of the weights; best is chosen by it")
    ema_decay: Optional[float] = key(0.9999, "upper bound of the decay of the average, per step", minimum=0, maximum=1,
        switch="use_ema")
    use_fp16: bool = key(False, "automatic mixed precision")
    amp_scale_loss: float = key(1.0, "initial loss scale", minimum=0, switch="use_fp16", dormant=1.0)
    use_dynamic_loss_scaling: bool = key(False, "adapt the loss scale during training",
        switch="use_fp16", dormant=False)
    amp_level: Literal["O1", "O2"] = key("O1", "O1: the operators that are safe in lower precision, O2: all but a "
        "few operators; parameters stay float32", switch="use_fp16", dormant="O1", new=True)
    amp_dtype: Literal["auto", "float16", "bfloat16"] = key("auto", "`auto`: float16 on a GPU, bfloat16, which needs "
        "no loss scaling, on the CPU", switch="use_fp16", dormant="auto", new=True)
    decoder: str = key("auto", "decoder that replaces DecodeImage and gives the same pixels: `opencv`, a decoder of "
        "a plugin such as `turbo`, or `auto`: the decoder of a plugin if one is installed", new=True)
    profile_data: bool = key(False, "log and report the time that each stage of the data pipeline, and of "
        "evaluations, takes", new=True)
    profile: bool = key(False, "profile ten training steps with Paddle's profiler, into `profile/` of the run folder",
        new=True)
    use_gpu: bool = key(True, "False: run on the CPU; True: as `device` says")
    device: Literal["auto", "cpu", "gpu"] = key("auto", "`auto` takes a GPU where there is one", new=True)
    sync_bn: bool = key(False, "batch norms use the statistics of the batch over all processes; no effect with one "
        "process", new=True)
    to_static: bool = key(False, "compile the forward pass of training steps into a static Paddle program", new=True)
    accelerator: str = key("auto", "faster training steps by an installed accelerator, such as `onednn` of "
        "ppclas-accel-onednn: `auto` takes the one for the device, `none` takes none. It is used only where it agrees "
        "with Paddle's own steps on the first batches, and never changes how a model is evaluated or exported",
        new=True)
    seed: int = key(0, "random seed. Augmentation depends on seed, epoch and image; dropout on seed, step and "
        "rank", minimum=0, new=True)
    compat: Union[str, int, None] = key(None, "`2020`: ops with a parameter `compat` reproduce the legacy "
        "behavior, its errors included, unless they set the parameter themselves", new=True)
    callbacks: Items = key([], "callbacks of the training loop, in order: one-key mappings `Callback: {params}`",
        names="callback", new=True)
    loss: LossSection = section("the loss; may be omitted", name="LOSS", default=LossSection)
    learning_rate: Optional[LearningRateSection] = section("the learning rate over time", name="LEARNING_RATE")
    optimizer: OptimizerSection = section("how the weights are updated", name="OPTIMIZER", default=OptimizerSection)
    train: Optional[TrainSection] = section("the training data", name="TRAIN")
    valid: Optional[ValidSection] = section("the validation data; every image counts exactly once", name="VALID")

    @property
    def model_name(self) -> str:
        """Network that is trained, evaluated and saved: `ARCHITECTURE.name`, or the student of a pair."""
        name = self.architecture.name
        return split_pair(name)[1] if self.use_distillation else name

    def data_section(self, name: str) -> Optional[DataSection]:
        """Return the section TRAIN or VALID."""
        return self.train if name == "TRAIN" else self.valid
