# SPDX-License-Identifier: GPL-2.0-or-later
"""The record beside a result, `<file name>.superseg.json`: what is needed to repeat the run.

That of a class raster also has the classes as STAC describes them, for the asset of an item: the
date of the image and other facts of an item are not known here.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict, Union

import numpy as np

from ...agglomeration import MergeStep
from ...credentials import hide_credentials
from ...errors import SuperSegError
from ...raster.class_styles import StyledClass
from ...raster.source import RasterSource
from ...raster.stack import rasters_of
from ...worker.interface import Worker
from ..options.classification import ClassificationOptions
from ..options.segmentation import SegmentationOptions
from ..options.superpixels import SuperpixelOptions

SUFFIX = ".superseg.json"
LARGEST_RECORD = 4 * 1024**2
REMEDY = "remove it and give the image as INPUT"
FORMAT_VERSION = 1
# The field of the STAC classification extension.
CLASSES = "classification:classes"

Options = Union[SegmentationOptions, ClassificationOptions, SuperpixelOptions]


class RecordedInput(TypedDict):
    """The raster that a result was made of.

    Attributes:
        name: of the file.
        bands: numbers of those used.
        fill_values: that were treated as nodata, for each of the bands.
        kind: what the values are, one of `blocks.KINDS`.
        width, height, offset: the part used.
    """

    name: str
    bands: list[int]
    fill_values: list[list[float]]
    kind: str
    width: int
    height: int
    offset: list[int]


class RecordedRaster(TypedDict):
    """A raster that was used together with the input; the path is that of the run."""

    path: str
    bands: list[int]
    fill_values: list[list[float]]
    kind: str


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
        model_id: hash of that file.
        merge_order: of the classes, steps `[kept, absorbed, distance]`.
        merged_from: former class numbers by class number, as text.
        picture: of the image, see `stored_picture`.
        additional_rasters: that were used together with the input.
    """

    device: str
    model: str
    model_id: str
    merge_order: Sequence[MergeStep]
    merged_from: dict[str, list[int]]
    picture: dict[str, Any]
    additional_rasters: list[RecordedRaster]


def describe_run(step: str, options: Options, source: RasterSource, worker: Worker) -> Record:
    """Return the record of a run of the worker."""
    first, *others = rasters_of(source)
    record: Record = {
        "format_version": FORMAT_VERSION,
        "algorithm": f"superseg:{step}",
        "options": asdict(options),
        "device": worker.device,
        "input": _describe_input(first),
        "versions": worker.versions,
    }
    if others:
        record["additional_rasters"] = [
            {
                "path": hide_credentials(raster.path),
                "bands": list(raster.bands),
                "fill_values": [list(values) for values in raster.fill_values],
                "kind": raster.kind,
            }
            for raster in others
        ]
    return record


def describe_edit(step: str, source: RasterSource, options: dict[str, Any]) -> Record:
    """Return the record of a change of classes, which needs no worker."""
    return {
        "format_version": FORMAT_VERSION,
        "algorithm": f"superseg:{step}",
        "options": options,
        "input": _describe_input(source),
        "versions": {"numpy": np.__version__, "python": platform.python_version()},
    }


def write_record(path: Path, record: Record, classes: Sequence[StyledClass] = ()) -> None:
    """Write a record beside an output.

    Args:
        path: of the output.
        record: of the run.
        classes: legend of a class raster.
    """
    _write(path.with_name(path.name + SUFFIX), {**record, CLASSES: stac_classes(classes)})


def read_record_of(path: str) -> tuple[Any, str]:
    """Read the record beside a result.

    Returns:
        Its JSON, None if there is no record, and the name of its file.

    Raises:
        SuperSegError: there is a record that cannot be read.
    """
    result = Path(path)
    file = result.with_name(result.name + SUFFIX)
    try:
        if not file.is_file():
            return None, file.name
        if file.stat().st_size > LARGEST_RECORD:
            raise SuperSegError(f"{file.name} is too large for a record of SuperSeg; {REMEDY}.")
        return json.loads(file.read_text(encoding="utf-8")), file.name
    except OSError as error:
        raise SuperSegError(f"{file.name} cannot be opened ({error.strerror}); {REMEDY}.") from None
    except (ValueError, RecursionError):
        raise SuperSegError(f"{file.name} is not a record of SuperSeg; {REMEDY}.") from None


def update_classes(path: str | Path, classes: Sequence[StyledClass]) -> str:
    """Replace the classes in the record of a class raster, if there is one.

    Returns:
        The error, "" if there was none.
    """
    file = Path(f"{path}{SUFFIX}")
    built = file.with_name(file.name + ".superseg-new")
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        _write(built, {**record, CLASSES: stac_classes(classes)})
        os.replace(built, file)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, TypeError, RecursionError) as error:
        with suppress(OSError):
            built.unlink()
        return f"{file.name}: {getattr(error, 'strerror', None) or 'it is damaged'}"
    return ""


def stac_classes(classes: Sequence[StyledClass]) -> list[dict[str, Any]]:
    """Return the legend of a class raster as objects of the STAC classification extension.

    Source: https://stac-extensions.github.io/classification/v2.0.0/schema.json. A name has letters,
    digits, - and _ only, and occurs once; the title is the name as it is shown. The nodata value is
    the first class.
    """
    if not classes:
        return []
    names: set[str] = {"nodata"}
    found: list[dict[str, Any]] = [
        {"value": 0, "name": "nodata", "title": "Nodata", "description": "Nodata", "nodata": True}
    ]
    for one in classes:
        name = re.sub("[^a-z0-9_]+", "-", one.name.lower()).strip("-") or "class"
        if name in names:
            name = f"{name}-{one.number}"
        names.add(name)
        found.append(
            {
                "value": one.number,
                "name": name,
                "title": one.name,
                "description": one.name,
                "color_hint": "{:02X}{:02X}{:02X}".format(*one.color),
            }
        )
        if one.share is not None:
            found[-1]["percentage"] = round(100 * one.share, 4)
    return found


def _write(file: Path, content: dict[str, Any]) -> None:
    kept = {key: value for key, value in content.items() if key != CLASSES or value}
    text = json.dumps(kept, indent=1, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


def _describe_input(source: RasterSource) -> RecordedInput:
    return {
        "name": source.name,
        "bands": list(source.bands),
        "fill_values": [list(values) for values in source.fill_values],
        "kind": source.kind,
        "width": source.grid.width,
        "height": source.grid.height,
        "offset": list(source.offset),
    }
