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


def write_superpixels(path, side=8):
    """Write the file of superpixels of a class raster: its blocks of `side` pixels, by class.

    The features are column and class, so that a class is split into a left and a right part.

    Returns:
        The ids `(rows, cols)`.
    """
    from superseg_plugin.raster.class_table import read_class_table
    from superseg_plugin.raster.overviews import add_overviews
    from superseg_plugin.raster.source import RasterSource
    from superseg_plugin.raster.superpixel_tables import (
        SuperpixelTables,
        append_tables,
        superpixel_file_of,
    )
    from superseg_plugin.raster.writer import RasterProfile, RasterWriter

    with RasterSource(str(path)) as source:
        window, grid = source.grid.window, source.grid
        values, valid = source.read(window)
    classes = np.where(valid, values[0], 0)
    rows, cols = np.indices(classes.shape)
    block = (rows // side) * (classes.shape[1] // side + 1) + cols // side
    codes = np.where(classes > 0, block * 256 + classes, 0)
    found, ids = np.unique(codes, return_inverse=True)
    ids = ids.reshape(classes.shape).astype(np.uint32) + np.uint32(found[0] > 0)
    count = int(ids.max())
    flat = ids.ravel()
    pixels = np.bincount(flat, minlength=count + 1)[1:]
    areas = np.broadcast_to(grid.pixel_areas(window), classes.shape)
    of_superpixel = np.zeros(count, np.uint8)
    place = np.zeros((count, 2), np.int64)
    of_superpixel[flat[flat > 0] - 1] = classes.ravel()[flat > 0]
    place[flat[flat > 0] - 1] = np.argwhere(ids > 0)
    columns = np.bincount(flat, cols.ravel())[1:] / pixels
    means = read_class_table(path).means[of_superpixel - 1]
    edges = np.hstack(
        [
            np.stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()]),
            np.stack([ids[:-1].ravel(), ids[1:].ravel()]),
        ]
    ).astype(np.int64)
    edges = np.sort(edges[:, (edges > 0).all(axis=0) & (edges[0] != edges[1])], axis=0)
    pairs, lengths = np.unique(edges, axis=1, return_counts=True)
    beside = superpixel_file_of(path)
    profile = RasterProfile(1, np.uint32, nodata=0)
    with RasterWriter(beside, grid, profile) as writer:
        writer.write(window, ids)
    leaf = (of_superpixel - 1).astype(np.int64)
    leaves = int(leaf.max()) + 1
    tables = SuperpixelTables(
        pixels=pixels,
        areas=np.bincount(flat, areas.ravel())[1:],
        classes=of_superpixel,
        confidence=np.full(count, 0.75, np.float32),
        leaf=leaf,
        place=place,
        means=means.astype(np.float32),
        features=np.stack([columns, of_superpixel * 1000.0], axis=1).astype(np.float32),
        pairs=(pairs.T - 1).astype(np.int32),
        lengths=lengths.astype(np.int32),
        tree={
            "tree.merges": np.array(
                [[0, 1], *([leaves + i, i + 2] for i in range(leaves - 2))], np.int64
            ),
            "tree.costs": np.arange(1.0, leaves),
            "tree.areas": np.bincount(leaf, pixels).astype(float),
        },
        band_names=("Red", "Green", "Blue"),
    )
    append_tables(beside, tables)
    from superseg_plugin.progress import Progress

    add_overviews(beside, "nearest", Progress())
    return ids
