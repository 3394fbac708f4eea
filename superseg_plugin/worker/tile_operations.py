# SPDX-License-Identifier: GPL-2.0-or-later
"""The operations on tiles of superpixels, each a thin wrapping of an engine function.

Options and arrays are named as in `operations`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..contracts import Core
from ..engine import description
from ..engine import superpixels as superpixel_engine
from .call import Answer, Call
from .in_place import PAINTED


def superpixels(call: Call) -> Answer:
    """Superpixels of a tile `image` (bands, rows, cols)."""
    return {}, vars(superpixel_engine.segment_tile(call.tile, call.segmenter))


def stitch(call: Call) -> Answer:
    """Superpixels along a seam: as `superpixels`, with `labels`, `sizes`, `internal`."""
    result = superpixel_engine.stitch_seam(
        call.tile,
        np.asarray(call.arrays["labels"]),
        np.asarray(call.arrays["sizes"]),
        np.asarray(call.arrays["internal"]),
        tuple(call.options["seam"]),
        tuple(call.options["open_sides"]),
        call.segmenter,
    )
    return {}, vars(result)


def describe_superpixels(call: Call) -> Answer:
    """Sums and borders of superpixels `labels`, which cover the part `labeled` of `image`."""
    tile = call.tile
    labels = np.zeros(tile.valid.shape, np.uint32)
    labels[Core(**call.options["labeled"]).slices] = call.arrays["labels"]
    return {}, vars(description.describe_tile(tile, labels))


def fit_refinement(call: Call) -> Answer:
    """Discriminant of classes from windows `images`, with their `valid` pixels and `classes`.

    `means` and `areas` are those of the classes in the scene.
    """
    from ..engine.refinement import fit_discriminant

    valid, known = np.asarray(call.arrays["valid"]), call.scaling
    images = [known.to_display(*each) for each in zip(np.asarray(call.arrays["images"]), valid)]
    fitted = [np.asarray(call.arrays[name]) for name in ("classes", "means", "areas")]
    return {}, vars(fit_discriminant(np.stack(images), valid, *fitted))


def refine_superpixels(call: Call) -> Answer:
    """Superpixels `labels` of `image` with refined borders, and their sums.

    Other arrays are the `classes` of the superpixels, and the discriminant. Borders are counted to
    the right and down, so that one line beyond the core is refined too.
    """
    from ..engine.refinement import Discriminant, refine_tile

    tile = call.tile
    labels, classes, projection, centers = (
        np.asarray(call.arrays[name]) for name in ("labels", "classes", "projection", "centers")
    )
    (rows, cols), (height, width) = tile.core, tile.valid.shape
    # At the edges of the scene there is no further line.
    below, right = min(rows.stop + 1, height), min(cols.stop + 1, width)
    seen = replace(tile, core=(slice(rows.start, below), slice(cols.start, right)))
    refined = refine_tile(seen, labels, classes, Discriminant(projection, centers))
    found = description.describe_values(tile, refined)
    inside = refined[: rows.stop - rows.start, : cols.stop - cols.start]
    return {}, {"labels": inside, **vars(found)}


def paint_superpixels(call: Call) -> Answer:
    """Classes of the superpixels `labels` of a tile drawn and measured, with values of an `image`.

    Other arrays are the tables `classes` and, if wanted, `confidence`, for nodata and superpixels 1
    to n, and `area_rows` and `area_columns`, whose product are the areas of the pixels. Without an
    image, no values are summed.
    """
    from ..engine.painting import paint, sum_classes

    arrays = {name: np.asarray(array) for name, array in call.arrays.items()}
    painted = paint(arrays["labels"], {name: arrays[name] for name in PAINTED if name in arrays})
    measured = sum_classes(painted["classes"], _areas(call), arrays.get("image"))
    return {}, {**painted, **vars(measured)}


def paint_on_image(call: Call) -> Answer:
    """As `paint_superpixels`, for requests that read the image."""
    return paint_superpixels(call)


def tabulate_superpixels(call: Call) -> Answer:
    """Pixels, areas, classes and places of superpixels `ids` of a tile of a finished map.

    `classes` are those of the pixels; areas are given as for `paint_superpixels`.
    """
    from ..engine.tabulation import tabulate

    ids, classes = (np.asarray(call.arrays[name]) for name in ("ids", "classes"))
    return {}, vars(tabulate(ids, classes, _areas(call)))


def _areas(call: Call) -> npt.NDArray[np.float64]:
    """Areas of the pixels of a tile: `(rows, cols)`, `(rows, 1)` or `(1, 1)`."""
    rows, columns = (np.asarray(call.arrays[name]) for name in ("area_rows", "area_columns"))
    areas: npt.NDArray[np.float64] = np.maximum(rows @ columns, 0.0)
    return areas
