# SPDX-License-Identifier: GPL-2.0-or-later
"""The record beside a result, `<file name>.superseg.json`: what is needed to repeat the run."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict, Union

import numpy as np

from ...agglomeration import MergeStep
from ...raster.source import RasterSource
from ...worker.client import Worker
from ..options.classification import ClassificationOptions
from ..options.segmentation import SegmentationOptions
from ..options.superpixels import SuperpixelOptions

SUFFIX = ".superseg.json"
FORMAT_VERSION = 1

Options = Union[SegmentationOptions, ClassificationOptions, SuperpixelOptions]


class RecordedInput(TypedDict):
    """The raster that a result was made of.

    Attributes:
        name: of the file.
        bands: numbers of those used.
        fill_values: that were treated as nodata, for each of the bands.
        width, height, offset: the part used.
    """

    name: str
    bands: list[int]
    fill_values: list[list[float]]
    width: int
    height: int
    offset: list[int]


class RecordOfRun(TypedDict):
    """What every record holds; `versions` are those of the software, by name."""

    format_version: int
    algorithm: str
    options: dict[str, Any]
    input: RecordedInput
    versions: dict[str, str]


class Record(RecordOfRun, total=False):
    """The content of a record.

    Attributes:
        device: that the worker was asked to use.
        model: name of the file of the model that classified.
        merge_order: of the classes, steps `[kept, absorbed, distance]`.
        merged_from: former class numbers by class number, as text.
    """

    device: str
    model: str
    merge_order: Sequence[MergeStep]
    merged_from: dict[str, list[int]]


def describe_run(step: str, options: Options, source: RasterSource, worker: Worker) -> Record:
    """Return the record of a run of the worker."""
    return {
        "format_version": FORMAT_VERSION,
        "algorithm": f"superseg:{step}",
        "options": asdict(options),
        "device": worker.device,
        "input": _describe_input(source),
        "versions": worker.versions,
    }


def describe_edit(step: str, source: RasterSource, options: dict[str, Any]) -> Record:
    """Return the record of a change of classes, which needs no worker."""
    return {
        "format_version": FORMAT_VERSION,
        "algorithm": f"superseg:{step}",
        "options": options,
        "input": _describe_input(source),
        "versions": {"numpy": np.__version__, "python": platform.python_version()},
    }


def write_record(path: Path, record: Record) -> None:
    """Write a record beside an output."""
    text = json.dumps(record, indent=1, sort_keys=True)
    path.with_name(path.name + SUFFIX).write_text(text + "\n", encoding="utf-8")


def _describe_input(source: RasterSource) -> RecordedInput:
    return {
        "name": source.name,
        "bands": list(source.bands),
        "fill_values": [list(values) for values in source.fill_values],
        "width": source.grid.width,
        "height": source.grid.height,
        "offset": list(source.offset),
    }
