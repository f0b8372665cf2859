# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Schema of all config keys: type, default, meaning.

The checks, the JSON Schema and docs/reference/config.md are generated from it.

Legacy keys keep their names and meaning; `new=True` marks keys that legacy configs do not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Literal, Optional, Tuple, Union

from ppclas_core.system.paths import PathText


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()
"""Default of a required key: needed when its section is present (top level: when `mode` is `train`)."""

Params = Dict[str, Any]
Items = List[Dict[str, Any]]


@dataclass(frozen=True)
class Key:
    """One key of the config.

    Args:
        path: dotted path, e.g. `TRAIN.batch_size`.
        type: type that values are coerced to; the component checks `Params`, `Items` are lists of one-key mappings.
        default: value of an omitted key, or `REQUIRED`.
        doc: meaning, with the unit.
        names: catalogue kind whose names are valid values (for `Items`: valid keys of each item).
        minimum, maximum: inclusive range of a number.
        length: number of values of a list.
        off: number outside the range that means the default.
        switch: key (or `key=value`) that enables this one.
        dormant: value that is accepted while the switch is off, besides the default; resolved configs of earlier
            versions have it.
        new: legacy configs do not have the key.
    """

    path: str
    type: Any
    default: Any
    doc: str
    names: str = ""
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    length: Optional[int] = None
    off: Optional[float] = None
    switch: str = ""
    dormant: Any = None
    new: bool = False

    @property
    def section(self) -> str:
        """Dotted path of the section; empty at top level."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rpartition(".")[2]


def _data(section: str, purpose: str) -> Tuple[Key, ...]:
    return (
        Key(f"{section}.batch_size", int, REQUIRED, f"images per step of {purpose}, over all devices", minimum=1),
        Key(f"{section}.num_workers", Union[int, Literal["auto"]], 4, "workers that read the data, per device; "
            "`auto`: one per core, at most 8; 0 reads in the main thread. Their number never changes the data",
            minimum=0),
        Key(f"{section}.worker_type", Literal["auto", "threads", "processes"], "auto", "kind of the workers; "
            "`auto` takes processes where an op holds the Python interpreter", new=True),
        Key(f"{section}.file_list", Optional[PathText], None, "list file, one `path label` (or `path 1,4`) per line, "
            "or a table `.csv`; left out: what `data_dir` holds"),
        Key(f"{section}.data_dir", Optional[PathText], None, "folder to which the paths of the list are relative "
            "(left out: the folder of the list); or that holds one subfolder per class, tar files, or what `ppclas "
            "repack` wrote"),
        Key(f"{section}.reader.name", str, REQUIRED, "storage format of the data; `ppclas list readers` shows them",
            names="reader", new=True),
        Key(f"{section}.reader.params", Params, {}, "parameters of the reader", new=True),
        Key(f"{section}.labels", Literal["auto", "indices", "names"], "auto", "what the labels of a table are: indices "
            "of classes from 0, or their names. `auto`: digits below `classes_num` are indices, words are names" + (
                "; left out: as TRAIN.labels" if section == "VALID" else ""), new=True),
        Key(f"{section}.max_samples", Optional[int], None, "use no more images than this, spread evenly over the list",
            minimum=1, new=True),
        Key(f"{section}.cache", Literal["none", "ram", "disk"], "none", "keep the encoded images that were read once: "
            "in memory, or as copies in `cache_dir`", new=True),
        Key(f"{section}.cache_limit_gb", float, 4.0, "size of that cache in GB (1e9 bytes)", minimum=0, new=True),
        Key(f"{section}.cache_dir", Optional[PathText], None, "folder of a fast disk for `cache: disk`; its files are "
            "kept", switch=f"{section}.cache=disk", new=True),
        Key(f"{section}.delimiter", Optional[str], None, "text between path and label; left out: a tab if the line "
            "has one, else the last blank"),
        Key(f"{section}.transforms", Items, REQUIRED, "what is done to each image, in order: one-key mappings "
            "`Op: {params}`", names="op"),
        Key(f"{section}.on_bad_image", Literal["fail", "skip"], "fail", "what an image that cannot be decoded does: "
            "`fail` stops with its path, `skip` leaves it out and lists it", new=True),
        Key(f"{section}.bad_image_budget", float, 0.01, "share of bad images, 0 to 1, above which `skip` stops all "
            "the same", minimum=0, maximum=1, switch=f"{section}.on_bad_image=skip", dormant=0.0, new=True),
    )


KEYS: Tuple[Key, ...] = (
    Key("base", Union[List[str], str], [], "configs that this one is laid on, the first lowest; a path beside this "
        "file, or an installed config", new=True),
    Key("requires", List[str], [], "distributions that must be installed, like `ppclas-models-mobile>=0.1`", new=True),
    Key("plugins", List[PathText], [], "one-file plugins beside this config; they run only with `--plugin` or "
        "`--trust-config`", new=True),
    Key("mode", Literal["train", "valid"], "train", "`valid`: a config for evaluation alone, which needs no TRAIN, "
        "LEARNING_RATE and epochs"),
    Key("task", Literal["multiclass", "multilabel"], "multiclass", "`multiclass`: each image shows one class; "
        "`multilabel`: any number of them, none included, written `path 1,4,7`", new=True),
    Key("score_threshold", float, 0.5, "sigmoid score, 0 to 1, from which a class counts as found: in F1, precision "
        "and recall, and in what `ppclas predict` names", minimum=0, maximum=1, switch="task=multilabel", dormant=0.5,
        new=True),
    Key("ARCHITECTURE.name", str, REQUIRED, "model to build; `ppclas list models` shows them", names="backbone"),
    Key("ARCHITECTURE.params", Params, {}, "parameters of the model; `ppclas info MODEL` shows them"),
    Key("pretrained_model", Union[PathText, List[PathText], bool, None], None, "weights to start from: prefix, file "
        "or folder; `True`: the published weights of ARCHITECTURE.name; a list: loaded one after the other (teacher, "
        "student)"),
    Key("freeze", List[str], [], "parts that are not trained, running statistics included: `backbone` (all but the "
        "classifier), or layers such as `stem` and `stages.0`, in which `*` is any text", new=True),
    Key("checkpoints", Optional[PathText], None, "checkpoint to resume from, with optimizer and epoch; wins over "
        "`pretrained_model`"),
    Key("model_save_dir", PathText, "output", "runs are saved in `<model_save_dir>/<ARCHITECTURE.name>`"),
    Key("classes_num", Union[int, Literal["auto"]], 1000, "number of classes: the width of the classifier; `auto`: of "
        "the label list, else of the training data", minimum=2),
    Key("class_weights", Union[Literal["balanced"], List[float], Params, None], None, "weight of each class in the "
        "training loss: a list, or `{name: weight}`, where the others have 1; `balanced`: inverse to its number of "
        "images. With `task: multilabel` it weighs the images that show the class; `balanced`: as many as lack it",
        minimum=0, new=True),
    Key("label_list", Optional[PathText], None, "file of `id name` lines: the names of the classes, stored with every "
        "checkpoint", new=True),
    Key("total_images", Optional[int], None, "size of the training list; only compared with it: steps per epoch come "
        "from the list itself", minimum=1),
    Key("epochs", Optional[int], REQUIRED, "number of passes over the training list", minimum=1),
    Key("save_interval", int, 1, "epochs between kept checkpoints: those of epoch 0, of each multiple and of the last "
        "epoch stay as `<epoch>/`; 0 keeps none of them. Best and last are always saved", minimum=0),
    Key("validate", bool, True, "evaluate on VALID during training"),
    Key("valid_interval", int, 1, "epochs between evaluations", minimum=1, switch="validate", dormant=1),
    Key("monitor", Optional[str], None, "metric of VALID that decides which checkpoint is `best_model`, when "
        "`early_stop` ends the run, and what a search optimizes; `ppclas list metrics` shows them. Left out: `top1`, "
        "with `task: multilabel` `mAP`. Of equal values the lower loss is better", switch="validate", new=True),
    Key("metrics", List[str], [], "further metrics of VALID, by name, that evaluations log and record during training",
        switch="validate", dormant=[], new=True),
    Key("early_stop.patience", int, REQUIRED, "evaluations, one every `valid_interval` epochs, without a better "
        "value of the monitored metric after which the run ends", minimum=1, switch="validate", new=True),
    Key("print_interval", int, 10, "steps between log lines", minimum=1),
    Key("topk", int, 5, "second metric: the class is among the k best; k is cut to classes_num", minimum=1,
        switch="task=multiclass", dormant=5),
    Key("image_shape", List[int], [3, 224, 224], "network input as [channels, height, width]; must agree with the "
        "transforms", minimum=1, length=3),
    Key("use_mix", bool, False, "apply TRAIN.mix"),
    Key("ls_epsilon", float, 0.0, "label smoothing of the loss, 0 to 1; 0 or -1 is off. BCELoss: each binary target t "
        "becomes t * (1 - ls_epsilon) + ls_epsilon / 2", minimum=0, maximum=1, off=-1),
    Key("use_distillation", bool, False, "train the model on the outputs of a teacher; labels serve the metrics only. "
        "ARCHITECTURE.name is the student, or a pair `TEACHER_distill_STUDENT`"),
    Key("DISTILLATION", Params, {}, "the teacher, and how it is run; a pair as ARCHITECTURE.name is its `teacher`. "
        "`ppclas info Distillation` shows what may stand here", switch="use_distillation", dormant={}, new=True),
    Key("use_ema", bool, False, "keep an exponential moving average of the weights; best is chosen by it"),
    Key("ema_decay", Optional[float], 0.9999, "upper bound of the decay of the average, per step", minimum=0,
        maximum=1, switch="use_ema"),
    Key("use_fp16", bool, False, "automatic mixed precision"),
    Key("amp_scale_loss", float, 1.0, "initial factor on the loss", minimum=0, switch="use_fp16", dormant=1.0),
    Key("use_dynamic_loss_scaling", bool, False, "adapt that factor during training", switch="use_fp16",
        dormant=False),
    Key("amp_level", Literal["O1", "O2"], "O1", "O1: what is safe in lower precision, O2: all but a few operators; "
        "parameters stay float32", switch="use_fp16", dormant="O1", new=True),
    Key("amp_dtype", Literal["auto", "float16", "bfloat16"], "auto", "`auto`: float16 on a GPU, bfloat16, which needs "
        "no loss scaling, on the CPU", switch="use_fp16", dormant="auto", new=True),
    Key("decoder", str, "auto", "what decodes in place of DecodeImage, with the same pixels: `opencv`, a decoder of a "
        "plugin such as `turbo`, or `auto`, that of a plugin where there is one", new=True),
    Key("profile_data", bool, False, "tell in the log and the report where the time of the data, and of evaluations, "
        "goes, stage by stage", new=True),
    Key("profile", bool, False, "profile ten training steps with Paddle's profiler, into `profile/` of the run folder",
        new=True),
    Key("use_gpu", bool, True, "False: run on the CPU; True: as `device` says"),
    Key("device", Literal["auto", "cpu", "gpu"], "auto", "`auto` takes a GPU where there is one", new=True),
    Key("sync_bn", bool, False, "batch norms see the batch of all processes; one process has it whole anyway",
        new=True),
    Key("to_static", bool, False, "compile the forward pass of training steps into a program of Paddle's", new=True),
    Key("accelerator", str, "auto", "faster training steps by an installed accelerator, such as `onednn` of "
        "ppclas-accel-onednn: `auto` takes the one for the device, `none` takes none. It is used only where it agrees "
        "with Paddle's own steps on the first batches, and never changes how a model is evaluated or exported",
        new=True),
    Key("seed", int, 0, "all randomness is a function of (seed, epoch, index of the image)", minimum=0, new=True),
    Key("compat", Union[str, int, None], None, "`2020`: every op that has the parameter `compat` follows the legacy "
        "rule where that was wrong, unless the op says otherwise itself", new=True),
    Key("callbacks", Items, [], "callbacks of the training loop, in order: one-key mappings `Callback: {params}`",
        names="callback", new=True),
    Key("LOSS.name", str, "CELoss", "training loss; `ppclas list losses` shows them. With `use_distillation` the "
        "default is JSDivLoss, with `task: multilabel` BCELoss", names="loss", new=True),
    Key("LOSS.params", Params, {}, "parameters of the loss", new=True),
    Key("LEARNING_RATE.function", str, REQUIRED, "schedule; `ppclas list schedules` shows them", names="lr_schedule"),
    Key("LEARNING_RATE.params", Params, {}, "parameters of the schedule; `lr` is its peak, `lr: {value: 0.1, "
        "per_batch: 256}` follows TRAIN.batch_size. Epochs and steps per epoch are supplied"),
    Key("OPTIMIZER.function", str, "Momentum", "optimizer, such as Momentum, RMSProp, SGD, AdamW; `ppclas list "
        "optimizers` shows them"),
    Key("OPTIMIZER.params", Params, {"momentum": 0.9}, "parameters of the optimizer; the default is Momentum's"),
    Key("OPTIMIZER.regularizer.function", Literal["L1", "L2"], REQUIRED, "penalty on all parameters except those whose "
        "layer sets its own"),
    Key("OPTIMIZER.regularizer.factor", float, REQUIRED, "its factor: adds factor * p (L2) or factor * sign(p) (L1) to "
        "the gradient", minimum=0),
    Key("OPTIMIZER.no_weight_decay", List[Literal["norm", "bias"]], [], "parameters without weight decay: of "
        "normalisation layers, biases; left out: every parameter decays", new=True),
    Key("OPTIMIZER.layer_decay", Optional[float], None, "factor on the learning rate from each block to the one before "
        "it, as seen from the classifier, which has 1", minimum=0, maximum=1, new=True),
    Key("OPTIMIZER.grad_clip", Params, {}, "limit on the gradients: `norm` (of each tensor), `value` (of each number) "
        "or `global_norm` (of all together)", new=True),
    *_data("TRAIN", "training"),
    Key("TRAIN.accumulate", int, 1, "parts in which each batch is computed: the same optimizer step in less memory; "
        "batch norms see one part at a time", minimum=1, new=True),
    Key("TRAIN.shuffle_seed", Optional[int], None, "seed of the order of the images; left out: `seed`"),
    Key("TRAIN.sampler", Literal["shuffle", "balanced"], "shuffle", "`balanced`: each class occurs equally often in an "
        "epoch; small ones repeat their images, large ones leave some out", new=True),
    Key("TRAIN.mix", Items, [], "what is done to each batch when `use_mix` is true: exactly one op, as a batch "
        "mixed twice has more than the two labels per image that losses understand", names="op",
        switch="use_mix", dormant=[]),
    Key("TRAIN.drop_last", bool, True, "leave out the incomplete last batch of an epoch; never when it is the only one",
        new=True),
    *_data("VALID", "evaluation"),
)

BY_PATH: Dict[str, Key] = {key.path: key for key in KEYS}

SECTIONS: Dict[str, str] = {
    "ARCHITECTURE": "the model",
    "early_stop": "end a run that no longer gets better; left out: never",
    "LOSS": "the loss; may be left out",
    "LEARNING_RATE": "the learning rate over time",
    "OPTIMIZER": "how the weights are updated",
    "OPTIMIZER.regularizer": "weight decay; left out: none",
    "TRAIN": "the training data",
    "TRAIN.reader": "what opens the data; left out: the reader that recognises them",
    "VALID.reader": "what opens the data; left out: the reader that recognises them",
    "VALID": "the validation data; every image counts exactly once",
}
"""Dotted path of a section -> its description."""

NULLABLE_SECTIONS = ("early_stop", "LEARNING_RATE", "OPTIMIZER.regularizer", "TRAIN", "TRAIN.reader", "VALID",
                     "VALID.reader")
"""Sections that are None in the resolved config when omitted; other sections get their defaults."""


def children(section: str) -> Dict[str, str]:
    """Return name -> dotted path of the children of a section ("": top level), in the order of the schema."""
    prefix = f"{section}." if section else ""
    names: Dict[str, str] = {}
    for key in KEYS:
        if key.path.startswith(prefix):
            name = key.path[len(prefix):].split(".")[0]
            names.setdefault(name, prefix + name)
    return names
