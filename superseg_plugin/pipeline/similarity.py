# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster of how similar each superpixel is to examples; needs neither image nor worker."""

from __future__ import annotations

import numpy as np

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.format_check import SIMILARITY
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from ..raster.superpixel_file import SuperpixelFile
from ..raster.windows import tiles
from ..raster.writer import RasterProfile, RasterWriter
from ..wording import counted
from .classes.reading import TILE
from .classes.superpixel_similarity import SIMILAR, SimilarityVectors
from .steps.example_superpixels import Shapes, find_rows


def run_similarity(source: RasterSource, shapes: Shapes, output: str, progress: Progress) -> None:
    """Write the similarity of all superpixels to those at places.

    Args:
        source: the class raster, with its file of superpixels beside it.
        shapes: points or polygons; their labels do not count.
        output: path of the raster to write: Float32, 0 to 1.
        progress: of the writing.

    Raises:
        SuperSegError: there are no superpixels or no places on them, or the output cannot be
            written.
        Cancelled: the user cancelled.
    """
    check_output(output, "OUTPUT", [source.path])
    with SuperpixelFile.open_beside(source.path) as superpixels:
        rows = find_rows(superpixels, shapes, progress.part(0, 0.2))
        tables = superpixels.tables()
        vectors = SimilarityVectors.of(tables)
        if not vectors.vectors[rows].any():
            raise SuperSegError(
                "EXAMPLES: the superpixels there are as the average of the scene, to which nothing"
                " is similar or dissimilar; choose other places."
            )
        similarity = vectors.to(rows)
        share = 100 * tables.areas[similarity >= SIMILAR].sum() / tables.areas.sum()
        progress.log(
            f"{counted(len(rows), 'superpixel')} with examples; {share:.3g} % of the area has a"
            f" similarity of {SIMILAR} and more"
        )
        values = np.append(np.float32(SIMILARITY.nodata), similarity)
        grid = superpixels.grid
        windows = tiles(grid.width, grid.height, TILE)
        overviews = "average" if source.has_overviews else None
        profile = RasterProfile(
            1, np.float32, SIMILARITY.nodata, ("similarity",), overviews=overviews
        )
        with Staging() as staging:
            path = staging.path(output)
            with RasterWriter(path, grid, profile, progress.part(0.9, 1)) as writer:
                for done, window in enumerate(windows, start=1):
                    stop_if_cancelled(progress)
                    writer.write(window, values[superpixels.read_ids(window)])
                    progress.report(0.2 + 0.7 * done / len(windows), "Writing similarity")
            staging.commit()
