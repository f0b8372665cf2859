# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Data: from the files of a data set to batches of images and targets.

The way of an image into a batch; each module says what comes in, what goes out and which module is next:
1. `readers` find the images of a data set and their labels: `readers.open.open_source` returns a `Source`.
2. `pipeline` builds the transforms of the config (`transforms`, one op a module). The first op decodes the file; it
   uses `decoding`.
3. `loader` joins both: `Loader.epoch` yields a `Batch` per step. `sampler` decides which samples form a batch.
4. `workers` load the samples of the next batches in threads or processes. `sample` reads one sample, and `fused` runs
   the transforms on it.

`from_config` builds sources and loaders from the sections TRAIN and VALID of a config. Beside this way, `cache` keeps
encoded images in memory or on a fast disk, `repacking` writes shards that are faster to read, `datasets` writes the
lists of known data sets, `statistics` describes a data set, and `class_match` and `label_list` handle class names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "BadImage": "ppclas_core.data.errors",
    "Batch": "ppclas_core.data.loader",
    "build_pipeline": "ppclas_core.data.pipeline",
    "ClassNames": "ppclas_core.data.class_match",
    "config_section": "ppclas_core.data.readers.open",
    "CropImage": "ppclas_core.data.transforms.crop",
    "cv2": "ppclas_core.data.opencv",
    "DecodeImage": "ppclas_core.data.transforms.decode",
    "Files": "ppclas_core.data.readers.storage",
    "LeftOut": "ppclas_core.data.readers.image_walk",
    "list_bytes": "ppclas_core.data.readers.list_file",
    "listable": "ppclas_core.data.datasets.split",
    "Loader": "ppclas_core.data.loader",
    "match_classes": "ppclas_core.data.class_match",
    "model_class_names": "ppclas_core.data.class_match",
    "NormalizeImage": "ppclas_core.data.transforms.normalize",
    "one_thread_per_call": "ppclas_core.data.opencv",
    "open_source": "ppclas_core.data.readers.open",
    "PackedNames": "ppclas_core.data.readers.packed_names",
    "RandCropImage": "ppclas_core.data.transforms.rand_crop",
    "RandFlipImage": "ppclas_core.data.transforms.rand_flip",
    "read_image_file": "ppclas_core.data.readers.image_file",
    "read_label_list": "ppclas_core.data.label_list",
    "read_list": "ppclas_core.data.readers.list_file",
    "ReadRequest": "ppclas_core.data.readers.request",
    "ResizeImage": "ppclas_core.data.transforms.resize",
    "run_step": "ppclas_core.data.pipeline",
    "Source": "ppclas_core.data.readers.source",
    "Storage": "ppclas_core.data.readers.storage",
    "ToCHWImage": "ppclas_core.data.transforms.to_chw",
    "transform": "ppclas_core.data.pipeline",
    "TransformError": "ppclas_core.data.errors",
    "UnknownClasses": "ppclas_core.data.class_match",
    "write_label_list": "ppclas_core.data.label_list",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.data.class_match import ClassNames as ClassNames
    from ppclas_core.data.class_match import UnknownClasses as UnknownClasses
    from ppclas_core.data.class_match import match_classes as match_classes
    from ppclas_core.data.class_match import model_class_names as model_class_names
    from ppclas_core.data.datasets.split import listable as listable
    from ppclas_core.data.errors import BadImage as BadImage
    from ppclas_core.data.errors import TransformError as TransformError
    from ppclas_core.data.label_list import read_label_list as read_label_list
    from ppclas_core.data.label_list import write_label_list as write_label_list
    from ppclas_core.data.loader import Batch as Batch
    from ppclas_core.data.loader import Loader as Loader
    from ppclas_core.data.opencv import cv2 as cv2
    from ppclas_core.data.opencv import one_thread_per_call as one_thread_per_call
    from ppclas_core.data.pipeline import build_pipeline as build_pipeline
    from ppclas_core.data.pipeline import run_step as run_step
    from ppclas_core.data.pipeline import transform as transform
    from ppclas_core.data.readers.image_file import read_image_file as read_image_file
    from ppclas_core.data.readers.image_walk import LeftOut as LeftOut
    from ppclas_core.data.readers.list_file import list_bytes as list_bytes
    from ppclas_core.data.readers.list_file import read_list as read_list
    from ppclas_core.data.readers.open import config_section as config_section
    from ppclas_core.data.readers.open import open_source as open_source
    from ppclas_core.data.readers.packed_names import PackedNames as PackedNames
    from ppclas_core.data.readers.request import ReadRequest as ReadRequest
    from ppclas_core.data.readers.source import Source as Source
    from ppclas_core.data.readers.storage import Files as Files
    from ppclas_core.data.readers.storage import Storage as Storage
    from ppclas_core.data.transforms.crop import CropImage as CropImage
    from ppclas_core.data.transforms.decode import DecodeImage as DecodeImage
    from ppclas_core.data.transforms.normalize import NormalizeImage as NormalizeImage
    from ppclas_core.data.transforms.rand_crop import RandCropImage as RandCropImage
    from ppclas_core.data.transforms.rand_flip import RandFlipImage as RandFlipImage
    from ppclas_core.data.transforms.resize import ResizeImage as ResizeImage
    from ppclas_core.data.transforms.to_chw import ToCHWImage as ToCHWImage

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
