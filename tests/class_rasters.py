# SPDX-License-Identifier: GPL-2.0-or-later
"""Class rasters as SuperSeg leaves them: with a table of classes and their merge order."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.conftest import write_raster


def write_classes(path, values, order=None, **options):
    """Write a class raster with its table and record, and return its path as text.

    Args:
        path: Where to write.
        values: `(rows, cols)` class numbers from 1 without gaps, 0 for nodata.
        order: merge order; the highest class joins the one before it, and so on, where None;
            no record at all where False.
        options: of `write_raster`.
    """
    from superseg_plugin.pipeline.classes.colors import distinct_colors
    from superseg_plugin.pipeline.classes.reading import count_and_measure
    from superseg_plugin.pipeline.formats.record import write_record
    from superseg_plugin.raster.class_table import ClassTable, write_class_table
    from superseg_plugin.raster.source import RasterSource

    values = np.asarray(values, np.uint8)
    count = int(values.max())
    write_raster(path, values, nodata=0, **options)
    numbers = np.arange(1, count + 1)
    with RasterSource(str(path)) as source:
        areas = source.grid.pixel_areas(source.grid.window)
    pixels, areas = (found[1:] for found in count_and_measure(values, count + 1, areas))
    means = np.stack([40 + 150 * ((numbers * step) % 7) / 7 for step in (1, 2, 3)], axis=1)
    table = ClassTable(
        tuple(f"Class {number}" for number in numbers),
        distinct_colors(means.astype(np.uint8)),
        pixels,
        areas,
        means,
        ("Red", "Green", "Blue"),
    )
    write_class_table(path, table)
    if order is None:
        order = [[n - 1, n, float(count - n + 1)] for n in range(count, 1, -1)]
    if order is not False:
        write_record(Path(path), {"merge_order": order})
    return str(path)


def striped(count, side=64):
    """Make `(side, side)` classes 1 to `count` in stripes, the first the widest."""
    edges = np.cumsum(np.arange(count, 0, -1))
    rows = np.searchsorted(edges * side / edges[-1], np.arange(side) + 0.5) + 1
    return np.repeat(rows[:, np.newaxis], side, axis=1).astype(np.uint8)
