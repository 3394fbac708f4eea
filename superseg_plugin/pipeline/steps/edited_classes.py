# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing class rasters whose superpixels were given other classes.

Each pixel takes the new class of its superpixel. The result has class table, record with merge
order, and a file of superpixels of its own, so that it can be edited again. Exact: the class raster
is compared with its superpixels on the way, pixel by pixel, and one that was changed by another
program is refused. Cost: one pass over ids and classes.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.changed_files import require_same_classes
from ...raster.class_table import MOST_CLASSES, ClassTable, write_class_table
from ...raster.gdal_calls import WritingError
from ...raster.source import RasterSource
from ...raster.superpixel_file import SuperpixelFile
from ...raster.superpixel_tables import superpixel_file_of, write_classes
from ...raster.windows import tiles
from ..classes.catalog import ClassCatalog
from ..classes.reading import TILE
from ..classes.superpixel_edits import ClassMap
from ..formats.record import Record, write_record
from ..formats.stored_order import renumbered
from ..formats.stored_picture import carry_over
from .drawing import class_writer


def write_edited_classes(
    source: RasterSource,
    superpixels: SuperpixelFile,
    edited: ClassMap,
    path: Path,
    record: Record,
    progress: Progress,
) -> None:
    """Write a class raster with class table, record and file of superpixels.

    Classes have their own names and colors, and are not merged.

    Args:
        source: the class raster before the edits.
        superpixels: of that class raster.
        edited: its classes after the edits.
        path: of the raster to write, in a folder that is staged.
        record: of the edits; the merge order is added.
        progress: of the writing.

    Raises:
        SuperSegError: the class raster was changed since, or the disk is full.
        Cancelled: the user cancelled.
    """
    classes = superpixels.classes if edited.classes is None else edited.classes
    former, new = np.append(0, superpixels.classes), np.append(0, classes).astype(np.uint8)
    grid = source.grid
    windows = tiles(grid.width, grid.height, TILE)
    with class_writer(path, source, progress.part(0.8, 0.9)) as writer:
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            ids = superpixels.read_ids(window)
            values, valid = source.read(window)
            require_same_classes(source.path, np.where(valid, values[0], 0), ids, former)
            writer.write(window, new[ids])
            progress.report(0.8 * done / len(windows), "Writing classes")
    table = table_of(edited)
    write_class_table(path, table)
    if not edited.catalog.no_order:
        record["merge_order"] = merge_order(edited.catalog)
    carry_over(record, source.path)
    write_record(path, record, table.legend)
    _copy(superpixels, path, new[1:])
    progress.report(1.0)


def keep_recoded(class_raster: str, path: Path, numbers: Mapping[int, int]) -> None:
    """Give a class raster the superpixels of the one whose classes it has under other numbers.

    Args:
        class_raster: path of the former class raster. If it has no usable file of superpixels, the
            new one has none either.
        path: of the new class raster.
        numbers: new number of each former class.
    """
    if not superpixel_file_of(class_raster).is_file():
        return
    try:
        superpixels = SuperpixelFile.open_beside(class_raster)
    except SuperSegError:
        return
    table = np.zeros(MOST_CLASSES + 1, np.uint8)
    for former, number in numbers.items():
        table[former] = number
    with superpixels:
        _copy(superpixels, path, table[superpixels.classes])


def _copy(superpixels: SuperpixelFile, path: Path, classes: npt.NDArray[np.uint8]) -> None:
    beside = superpixel_file_of(path)
    try:
        shutil.copyfile(superpixels.path, beside)
    except OSError as error:
        raise WritingError(beside, str(error.strerror)) from None
    write_classes(beside, classes)


def table_of(edited: ClassMap) -> ClassTable:
    """Return the class table of edited classes; numbers without a class have empty rows."""
    catalog, state = edited.catalog, edited.state
    count, rows = max(catalog.numbers), np.array(catalog.numbers) - 1
    names = [""] * count
    colors = np.full((count, 3), 128, np.uint8)
    for number, name, color in zip(catalog.numbers, catalog.names, catalog.colors):
        own = (number,)
        names[number - 1] = state.names.get(own, name)
        colors[number - 1] = state.colors.get(own, color)

    def spread(values: Any, empty: float) -> Any:
        result = np.full((count, *values.shape[1:]), empty, values.dtype)
        result[rows] = values
        return result

    return ClassTable(
        names=tuple(names),
        colors=colors,
        counts=spread(catalog.counts, 0),
        areas=spread(catalog.areas, 0.0),
        means=spread(catalog.means, np.nan),
        band_names=catalog.band_names,
        wavelengths=catalog.wavelengths,
    )


def merge_order(catalog: ClassCatalog) -> list[MergeStep]:
    """Return the merge order of all numbers up to the highest, for a record."""
    place = {number: index + 1 for index, number in enumerate(catalog.numbers)}
    steps = [MergeStep(place[one], place[two], distance) for one, two, distance in catalog.steps]
    return renumbered(steps, catalog.numbers, max(catalog.numbers))
