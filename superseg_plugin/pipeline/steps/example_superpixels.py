# SPDX-License-Identifier: GPL-2.0-or-later
"""Which superpixels labelled points and polygons are examples of.

A point is an example of the superpixel that it lies in. The polygons of a name are examples of all
superpixels of which at least half lies in them or, where there are none, of the one with most of
their pixels. A superpixel with examples of several names takes the one of most points or pixels,
and is left out where they are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.polygon_labels import PolygonLabels
from ...raster.superpixel_file import SuperpixelFile
from ...raster.texts import label_order
from ...raster.windows import tiles
from ...wording import are, counted
from ..classes.places import read_at
from ..classes.reading import TILE
from .superpixels_inside import LEAST_SHARE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PARAMETER = "EXAMPLES"


@dataclass(frozen=True)
class Shapes:
    """Labelled points or polygons, in coordinates of the class raster.

    Attributes:
        points: `(m, 2)` coordinates.
        labels: name of each point, "" for none.
        polygons: WKB and name of each polygon.
    """

    points: Floats
    labels: Sequence[str] = ()
    polygons: Sequence[tuple[bytes, str]] = ()


@dataclass(frozen=True)
class KnownSuperpixels:
    """Superpixels whose names are known.

    Attributes:
        rows: `(m,)` rows of superpixels, each once.
        indices: `(m,)` index of the name of each.
        names: the names that occur.
    """

    rows: Ints
    indices: Ints
    names: tuple[str, ...]


def find_examples(
    superpixels: SuperpixelFile, shapes: Shapes, progress: Progress
) -> KnownSuperpixels:
    """Find the superpixels that points and polygons name.

    Args:
        superpixels: of the class raster.
        shapes: the examples.
        progress: of the reading; its log is told what was left out.

    Raises:
        SuperSegError: no example lies on a superpixel.
        Cancelled: the user cancelled.
    """
    if len(shapes.polygons):
        votes = _of_polygons(superpixels, shapes.polygons, progress)
    else:
        votes = _of_points(superpixels, shapes, progress)
    if not votes:
        raise SuperSegError(
            f"{PARAMETER}: no example with a name lies on the classes; check FIELD, and that the"
            " examples lie on pixels that have a class."
        )
    # Classes are told apart without regard to capitals.
    spelling: dict[str, str] = {}
    spelled = [spelling.setdefault(name.casefold(), name) for _, name, _ in votes]
    texts = tuple(sorted(set(spelled), key=label_order))
    index = {text: number for number, text in enumerate(texts)}
    rows, place = np.unique([row for row, _, _ in votes], return_inverse=True)
    table = np.zeros((len(rows), len(texts)))
    for one, text, (_, _, weight) in zip(place.ravel().tolist(), spelled, votes):
        table[one, index[text]] += weight
    clear = (table == table.max(axis=1, keepdims=True)).sum(axis=1) == 1
    _tell_contradictions(superpixels, (rows, table, clear), texts, progress)
    if not clear.any():
        raise SuperSegError(
            f"{PARAMETER}: every superpixel with an example has several names; give each place one"
            " name, or make smaller superpixels with Segment."
        )
    used, indices = np.unique(table[clear].argmax(axis=1), return_inverse=True)
    return KnownSuperpixels(rows[clear], indices.ravel(), tuple(texts[one] for one in used))


def find_rows(superpixels: SuperpixelFile, shapes: Shapes, progress: Progress) -> Ints:
    """Find the superpixels that points and polygons lie on, whatever their names.

    Returns:
        `(m,)` rows of superpixels, each once.

    Raises:
        SuperSegError: none lies on a superpixel.
        Cancelled: the user cancelled.
    """
    if len(shapes.polygons):
        polygons = [(polygon, PARAMETER) for polygon, _ in shapes.polygons]
        votes = _of_polygons(superpixels, polygons, progress)
    else:
        unnamed = Shapes(shapes.points, [PARAMETER] * len(shapes.points))
        votes = _of_points(superpixels, unnamed, progress)
    if not votes:
        raise SuperSegError(
            f"{PARAMETER}: none lies on the classes; choose points or polygons on pixels that have"
            " a class."
        )
    return np.unique([row for row, _, _ in votes]).astype(np.int64)


def _of_points(
    superpixels: SuperpixelFile, shapes: Shapes, progress: Progress
) -> list[tuple[int, str, float]]:
    """Row, name and weight of each point that lies on a superpixel."""
    ids = read_at(
        superpixels.grid, shapes.points, superpixels.read_ids, progress, "Reading examples"
    )
    inside = ids >= 0
    labelled = np.array([bool(label) for label in shapes.labels], bool)
    for count, what in (
        ((~labelled).sum(), "without a name"),
        ((labelled & ~inside).sum(), "off the class raster"),
        ((labelled & inside & (ids == 0)).sum(), "on pixels without a class"),
    ):
        if count:
            progress.log(f"Warning: {counted(count, 'example')} {what} {are(count)} left out")
    used = np.flatnonzero(labelled & (ids > 0))
    return [(int(ids[one]) - 1, shapes.labels[one], 1.0) for one in used.tolist()]


def _of_polygons(
    superpixels: SuperpixelFile, polygons: Sequence[tuple[bytes, str]], progress: Progress
) -> list[tuple[int, str, float]]:
    """Row, name and pixels of each superpixel that polygons are an example of."""
    grid = superpixels.grid
    burnt = PolygonLabels(polygons, grid, PARAMETER)
    counts: dict[tuple[int, int], int] = {}
    overlapping = 0
    windows = tiles(grid.width, grid.height, TILE)
    for done, window in enumerate(windows, start=1):
        stop_if_cancelled(progress)
        numbers, several = burnt.read(window)
        overlapping += int(np.count_nonzero(several))
        if numbers.any():
            keys = np.stack([numbers, superpixels.read_ids(window)]).astype(np.int64)
            inside = keys[:, (keys > 0).all(axis=0)]
            pairs, found = np.unique(inside, axis=1, return_counts=True)
            for (number, one), count in zip(pairs.T.tolist(), found.tolist()):
                counts[number, one] = counts.get((number, one), 0) + count
        progress.report(done / len(windows), "Reading examples")
    if overlapping and not counts:
        raise SuperSegError(
            f"{PARAMETER}: all polygons on the classes overlap polygons of another name; give each"
            " place one name."
        )
    if overlapping:
        progress.log(
            f"Warning: {counted(overlapping, 'pixel')} in polygons of several names"
            f" {are(overlapping)} left out"
        )
    pixels = superpixels.pixels
    by_name: dict[int, list[tuple[int, int]]] = {}
    for (number, one), count in counts.items():
        by_name.setdefault(number, []).append((count, one - 1))
    result = []
    for number, parts in by_name.items():
        chosen = [part for part in parts if part[0] >= LEAST_SHARE * pixels[part[1]]]
        for count, row in chosen or [max(parts)]:
            result.append((row, burnt.labels[number], float(count)))
    return result


def _tell_contradictions(
    superpixels: SuperpixelFile,
    found: tuple[Ints, Floats, npt.NDArray[np.bool_]],
    names: Sequence[str],
    progress: Progress,
) -> None:
    rows, table, clear = found
    several = np.flatnonzero((table > 0).sum(axis=1) > 1)
    if not len(several):
        return
    first, unclear = several[0], int((~clear).sum())
    told = " and ".join(names[one] for one in np.flatnonzero(table[first]).tolist())
    row, col = superpixels.place[rows[first]] + 0.5
    x, y = superpixels.grid.to_coordinates(np.array([[col, row]]))[0]
    progress.log(
        f"Warning: {counted(len(several), 'superpixel')} with examples of several names, the first"
        f" at {x:.6g}, {y:.6g} of {told}; the name of most examples counts, and"
        f" {unclear:,} with equal numbers {are(unclear)} left out. Smaller superpixels of Segment"
        " may separate them"
    )
