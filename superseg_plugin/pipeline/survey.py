# SPDX-License-Identifier: GPL-2.0-or-later
"""A first look at a scene: is there enough in it, and what range do its bands have."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.windows import tiles
from ..worker.client import Worker

SAMPLE_PIXELS = 1 << 18
SAMPLE_WINDOW = 128
PIXELS_PER_WINDOW = SAMPLE_PIXELS // 32


def measure_scene(
    source: RasterSource, needed_pixels: int, worker: Worker, progress: Progress
) -> dict[str, Any]:
    """Measure the bands on a sample of windows from all over the scene.

    Args:
        source: the scene.
        needed_pixels: valid pixels without which the run makes no sense, such as one a class.
        worker: who measures.
        progress: asked for cancel.

    Returns:
        `{"scaling": {...}}`, to be handed on to every operation that sees raw values.

    Raises:
        SuperSegError: no pixel, or fewer pixels than needed, are valid.
    """
    windows = tiles(source.grid.width, source.grid.height, SAMPLE_WINDOW)
    # Always the same sample: another SEED must not cut other superpixels.
    generator = np.random.default_rng(0)
    parts: list[np.ndarray[Any, Any]] = []
    found = 0
    for index in generator.permutation(len(windows)):
        stop_if_cancelled(progress)
        values, valid = source.read(windows[index])
        pixels = values[:, valid]
        if pixels.shape[1] > PIXELS_PER_WINDOW:
            chosen = generator.choice(pixels.shape[1], PIXELS_PER_WINDOW, replace=False)
            pixels = pixels[:, np.sort(chosen)]
        parts.append(pixels)
        found += pixels.shape[1]
        if found >= SAMPLE_PIXELS:
            break
    if found == 0:
        raise SuperSegError(
            f"INPUT {source.name} has no valid pixel in the chosen bands, extent and mask: all is "
            "nodata. Check BANDS, EXTENT, MASK and the layer's nodata value."
        )
    if found < needed_pixels:
        raise SuperSegError(
            f"INPUT {source.name} has {found} valid pixels, fewer than the {needed_pixels} CLASSES "
            "asked for. Lower CLASSES or choose a larger EXTENT."
        )
    sample = np.concatenate(parts, axis=1)
    answer = worker.result(worker.submit("measure_bands", {}, {"pixels": sample}), progress)
    return answer.result
