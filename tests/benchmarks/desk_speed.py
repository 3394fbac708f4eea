# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-desk-speed`: response times and memory of the class workbench in a QGIS window.

A class raster of 64 classes is made with its file of superpixels, for each of two numbers of
superpixels; `desk_speed_script` selects, splits, teaches and undoes by keys and clicks.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from superseg_plugin.class_tree import ClassTree, fit_class_tree
from superseg_plugin.progress import Progress
from superseg_plugin.raster.overviews import add_overviews
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_tables import (
    SuperpixelTables,
    append_tables,
    superpixel_file_of,
)
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.benchmarks.desktop import TILED
from tests.class_rasters import write_classes
from tests.desktop.session import SessionError, run_script
from tests.tools.qgis_process import BUILD, QgisProcessError

FOLDER = BUILD / "benchmark" / "desk_speed"
RESULT = BUILD / "benchmark" / "desk_speed.json"
SCRIPT = Path(__file__).with_name("desk_speed_script.py")
SIZES = (100_000, 500_000)
CLASSES, LEAVES, FEATURES = 64, 1000, 20
# Those of `write_classes`.
BANDS = ("Red", "Green", "Blue")
# Superpixels are squares; patches of one leaf are squares of superpixels.
SIDE, PATCH = 8, 4
# Milliseconds and MB that the median may take at most.
LIMITS = {
    "select a class": 50,
    "split a class": 1000,
    "undo a split": 100,
    "teach": 2000,
    "undo teaching": 100,
    "memory": 300,
}


def main() -> int:
    """Measure, print medians, and write all figures; the exit status is 1 above a limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    record = {}
    try:
        for size in options.sizes:
            classes = made_scene(size)
            record[size] = run_script(
                "benchmark-desk-speed",
                SCRIPT,
                {"classes": str(classes), "repeats": options.repeats},
                FOLDER / f"pictures_{size}",
            )
    except (SessionError, QgisProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    RESULT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    above = [tell(size, seen) for size, seen in record.items()]
    return 1 if any(above) else 0


def tell(size: int, seen: Mapping[str, Any]) -> bool:
    """Print the figures of one session; return whether one is above its limit.

    The CPU time is that of QGIS's main thread alone.
    """
    print(f"{size:,} superpixels, {CLASSES} classes; milliseconds")
    print(f"{'':20}{'median':>9}{'worst':>9}{'limit':>9}{'CPU':>9}{'times':>7}")
    above = False
    for name, values in seen["seconds"].items():
        elapsed, work = zip(*values)
        median, limit = 1000 * statistics.median(elapsed), LIMITS.get(name)
        above |= limit is not None and median > limit
        print(
            f"{name:20}{median:9.0f}{1000 * max(elapsed):9.0f}{limit or '':>9}"
            f"{1000 * statistics.median(work):9.0f}{len(values):7}"
        )
    growth = seen["memory"]
    print(f"Memory of QGIS has grown by {growth:.0f} MB at most; limit {LIMITS['memory']} MB")
    return above or growth > LIMITS["memory"]


def made_scene(count: int) -> Path:
    """Write a class raster of about so many superpixels, and their file; without former edits."""
    path = FOLDER / f"classes_{count}.tif"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for former in FOLDER.glob(f"{path.stem}.*"):
        former.unlink()
    side = round(count**0.5)
    generator = np.random.default_rng(0)
    patches = generator.integers(0, LEAVES, (-(-side // PATCH),) * 2)
    leaf = np.kron(patches, np.ones((PATCH, PATCH), np.int64))[:side, :side]
    # Every leaf has superpixels.
    leaf = np.unique(leaf, return_inverse=True)[1].ravel()
    areas = np.bincount(leaf) * float(SIDE**2)
    centers = generator.normal(size=(len(areas), FEATURES)) * 2
    tree = fit_class_tree(centers, areas)
    classes = (tree.cut(CLASSES)[leaf] + 1).astype(np.uint8)
    noise = generator.normal(size=(len(leaf), FEATURES))
    features = (centers[leaf] + noise).astype(np.float32)
    write_classes(path, _pixels(classes, side), options=TILED)
    add_overviews(path, "nearest", Progress())
    _write_superpixels(path, side, features, leaf, classes, tree)
    return path


def _pixels(values: np.ndarray, side: int) -> np.ndarray:
    """Pixels `(rows, cols)` of values `(side * side,)` of the superpixels."""
    square = values.reshape(side, side)
    return square.repeat(SIDE, axis=0).repeat(SIDE, axis=1)


def _write_superpixels(
    path: Path,
    side: int,
    features: np.ndarray,
    leaf: np.ndarray,
    classes: np.ndarray,
    tree: ClassTree,
) -> None:
    count = side * side
    rows = np.arange(count, dtype=np.int32).reshape(side, side)
    pairs = [
        np.stack([rows[:, :-1].ravel(), rows[:, 1:].ravel()], axis=1),
        np.stack([rows[:-1].ravel(), rows[1:].ravel()], axis=1),
    ]
    places = np.stack(np.divmod(rows.ravel().astype(np.int64), side), axis=1) * SIDE + SIDE // 2
    tables = SuperpixelTables(
        pixels=np.full(count, SIDE**2, np.int64),
        areas=np.full(count, float(SIDE**2)),
        classes=classes,
        confidence=np.full(count, 0.75, np.float32),
        leaf=leaf,
        place=places,
        means=features[:, : len(BANDS)].copy(),
        features=features,
        pairs=np.concatenate(pairs),
        lengths=np.full(2 * side * (side - 1), SIDE, np.int32),
        tree={f"tree.{name}": value for name, value in vars(tree).items()},
        band_names=BANDS,
    )
    beside = superpixel_file_of(path)
    with RasterSource(str(path)) as source:
        grid = source.grid
    with RasterWriter(beside, grid, RasterProfile(1, np.uint32, nodata=0)) as writer:
        ids = _pixels(rows.ravel().astype(np.uint32) + 1, side)
        writer.write(Window(0, 0, grid.width, grid.height), ids)
    append_tables(beside, tables)
    add_overviews(beside, "nearest", Progress())


if __name__ == "__main__":
    sys.exit(main())
