# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Records of core, returned by the same hooks as those of any plugin; the plugin is named `ppclas-core`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Command, ConfigDir, Exporter, Loss, LrSchedule, Metric, Op, Optimizer, Reader, hookimpl

_COMMANDS = {
    "run": "train, evaluate the best checkpoint and write a report, as a config defines",
    "train": "train without the final evaluation and report",
    "finetune": "write a config for a folder of images and a model, and run it",
    "eval": "evaluate weights on the validation data of a config",
    "report": "write the report of a run: curves, classes, example images, comparison with another run",
    "lr": "plot the learning rate of a config, or suggest one by a range test",
    "check": "check a config and its data in seconds, without training",
    "show": "print the resolved config with the origin of each value",
    "schema": "print the JSON Schema of configs for editors",
    "list": "list models, ops, losses, schedules, optimizers, metrics, exporters, callbacks, readers",
    "info": "print the record of a model, or the parameters of a component",
    "plugins": "list plugins, what they provide, and which failed",
    "export": "write a deployable bundle and verify it",
    "verify": "run the golden batch of a bundle and compare the outputs with its model",
    "benchmark": "measure latency, throughput and memory of runtimes by batch size and threads",
    "predict": "classify images with a run, checkpoint, bundle or published weights",
    "convert": "write a checkpoint in another form",
    "download": "download published weights",
    "doctor": "print versions, devices, problems of the installation and their fixes",
    "new-plugin": "write a complete plugin distribution to start from",
    "augment": "write a gallery of images after the ops of a config, or of a training batch",
    "data": "write data sets and lists, print statistics of data sets",
    "repack": "copy a data set into shards, which are read faster",
}


@hookimpl
def ppclas_commands() -> Iterable[Command]:
    """Return the subcommands of core."""
    return [Command(name, f"ppclas_core.cli.commands.{name.replace('-', '_')}:add", help)
            for name, help in _COMMANDS.items()]


@hookimpl
def ppclas_config_dirs() -> Iterable[ConfigDir]:
    """Return the folder of the configs of core."""
    return [ConfigDir("ppclas_core.configs", "")]


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """Return the transforms of core."""
    ops = "ppclas_core.data.transforms"
    hwc, any_layout = ("HWC",), ("HWC", "CHW")
    return [
        Op("DecodeImage", f"{ops}.decode:DecodeImage", "decode", ("bytes",), ("uint8",), ("opencv",),
           "decode an encoded image to uint8"),
        Op("ResizeImage", f"{ops}.resize:ResizeImage", layouts=hwc, doc="resize to a size, or by the short side"),
        Op("CropImage", f"{ops}.crop:CropImage", layouts=hwc, doc="center crop"),
        Op("RandCropImage", f"{ops}.rand_crop:RandCropImage", layouts=hwc,
           doc="random crop of random area and aspect ratio, resized"),
        Op("RandFlipImage", f"{ops}.rand_flip:RandFlipImage", layouts=hwc, doc="random flip with probability 0.5"),
        Op("NormalizeImage", f"{ops}.normalize:NormalizeImage", layouts=any_layout,
           doc="scale, subtract the mean, divide by std; float32"),
        Op("ToCHWImage", f"{ops}.to_chw:ToCHWImage", layouts=hwc, doc="HWC to CHW layout"),
    ]


@hookimpl
def ppclas_readers() -> Iterable[Reader]:
    """Return the storage formats of core."""
    readers = "ppclas_core.data.readers"
    return [
        Reader("list_file", f"{readers}.list_file:open_list_file", suffixes=("*",),
               doc="lines of `path label`, one file per image"),
        Reader("csv_table", f"{readers}.csv_table:open_csv_table", suffixes=(".csv",), named_labels=True,
               doc="table with columns of paths and labels, one file per image"),
        Reader("folder", f"{readers}.folder:open_class_folders", contains=("*",), class_folders=True,
               doc="one folder of images per class"),
        Reader("tar_shards", f"{readers}.tar_shards:open_tar_shards", contains=("*.tar",),
               doc="tar files in the format of WebDataset, or named by a list"),
        Reader("repacked", f"{readers}.repacked:open_repacked", contains=("repack.json",),
               doc="shards written by 'ppclas repack'"),
    ]


@hookimpl
def ppclas_losses() -> Iterable[Loss]:
    """Return the losses of core."""
    return [
        Loss("CELoss", "ppclas_core.losses.cross_entropy:CELoss", ("CrossEntropy",),
             "cross-entropy with label smoothing"),
        Loss("FocalLoss", "ppclas_core.losses.focal:FocalLoss", ("Focal",),
             "cross-entropy with low weight for well-classified samples",
             multilabel=True),
        Loss("BCELoss", "ppclas_core.losses.binary_cross_entropy:BCELoss", ("BCE",),
             "binary cross-entropy per class", multilabel=True),
    ]


@hookimpl
def ppclas_metrics() -> Iterable[Metric]:
    """Return the metrics of core."""
    metrics, single, sets = "ppclas_core.metrics", ("multiclass",), ("multilabel",)
    return [
        Metric("loss", f"{metrics}.loss:MeanLoss", "min", (*single, *sets),
               doc="mean loss, with label smoothing as in training"),
        Metric("top1", f"{metrics}.accuracy:Top1", tasks=single, doc="top-1 accuracy"),
        Metric("topk", f"{metrics}.accuracy:TopK", tasks=single, doc="top-k accuracy; k is the config key `topk`"),
        Metric("ece", f"{metrics}.calibration:CalibrationError", "min", single, doc="expected calibration error"),
        Metric("balanced_accuracy", f"{metrics}.per_class:BalancedAccuracy", tasks=single,
               doc="mean recall of the classes"),
        Metric("macro_f1", f"{metrics}.per_class:MacroF1", tasks=(*single, *sets), doc="mean F1 score of the classes"),
        Metric("mAP", f"{metrics}.average_precision:MeanAveragePrecision", tasks=sets,
               doc="mean average precision of the classes"),
        Metric("f1", f"{metrics}.multilabel:F1", tasks=sets, doc="F1 score over all decisions"),
        Metric("precision", f"{metrics}.multilabel:Precision", tasks=sets, doc="precision over all decisions"),
        Metric("recall", f"{metrics}.multilabel:Recall", tasks=sets, doc="recall over all decisions"),
        Metric("macro_precision", f"{metrics}.per_class:MacroPrecision", tasks=sets,
               doc="mean precision of the classes"),
        Metric("macro_recall", f"{metrics}.per_class:MacroRecall", tasks=sets, doc="mean recall of the classes"),
        Metric("hamming_loss", f"{metrics}.multilabel:HammingLoss", "min", sets, doc="fraction of wrong decisions"),
        Metric("exact_match", f"{metrics}.multilabel:ExactMatch", tasks=sets,
               doc="fraction of images without a wrong decision"),
    ]


@hookimpl
def ppclas_lr_schedules() -> Iterable[LrSchedule]:
    """Return the learning-rate schedules of core."""
    modules = {"cosine": ("Cosine", "CosineWarmup"), "exponential": ("Exponential", "ExponentialWarmup"),
               "polynomial": ("Linear", "Polynomial"), "step": ("Piecewise", "Step")}
    return [LrSchedule(name, f"ppclas_core.schedules.{module}:{name}")
            for module, names in modules.items() for name in names]


@hookimpl
def ppclas_optimizers() -> Iterable[Optimizer]:
    """Return the optimizers of core."""
    functions = "ppclas_core.optim.optimizers"
    return [
        Optimizer("Momentum", f"{functions}:momentum", "SGD with momentum"),
        Optimizer("SGD", f"{functions}:sgd", "plain stochastic gradient descent"),
        Optimizer("RMSProp", f"{functions}:rmsprop", "gradients divided by a running root mean square"),
        Optimizer("Adam", f"{functions}:adam", "adaptive moments, coupled weight decay"),
        Optimizer("AdamW", f"{functions}:adamw", "adaptive moments, decoupled weight decay"),
        Optimizer("Adamax", f"{functions}:adamax", "Adam with the infinity norm"),
        Optimizer("Adagrad", f"{functions}:adagrad", "gradients divided by the root of their sum of squares"),
        Optimizer("Adadelta", f"{functions}:adadelta", "Adagrad over a moving window"),
        Optimizer("Lamb", f"{functions}:lamb", "layer-wise adaptive moments for large batches"),
        Optimizer("LarsMomentum", f"{functions}:lars_momentum", "layer-wise adaptive rates for large batches",
                  ("Lars",)),
        Optimizer("NAdam", f"{functions}:nadam", "Adam with Nesterov momentum (Paddle 3)"),
        Optimizer("RAdam", f"{functions}:radam", "Adam with rectified variance (Paddle 3)"),
        Optimizer("ASGD", f"{functions}:asgd", "averaged stochastic gradient descent (Paddle 3)"),
    ]


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the export formats of core."""
    return [Exporter("inference", "ppclas_core.export.inference:export_standalone", "ppclas_core.export.inference:load",
                     requires=("paddle:paddlepaddle",), aliases=("paddle",),
                     doc="Paddle inference model; its runtime is called 'paddle'"),
            Exporter("paddle-bf16", "ppclas_core.export.inference:export_bf16",
                     "ppclas_core.export.inference:load_bf16", requires=("paddle:paddlepaddle",), reads=("inference",),
                     doc="Paddle inference model, run in bfloat16"),
            Exporter("tensorrt", "ppclas_core.export.tensorrt:export", "ppclas_core.export.tensorrt:load",
                     requires=("paddle:paddlepaddle-gpu", "tensorrt"), reads=("inference",),
                     doc="Paddle inference model, run by TensorRT on an NVIDIA GPU")]
