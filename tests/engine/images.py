# SPDX-License-Identifier: GPL-2.0-or-later
"""Images with structure at all scales, made from a seed."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter


def landscape(rows=256, cols=320, bands=3, seed=0):
    """Fields of smooth color with fine texture and noise, `(bands, rows, cols)` uint8."""
    generator = np.random.default_rng(seed)
    height = gaussian_filter(generator.normal(size=(rows, cols)), 12)
    fields = np.digitize(height, np.quantile(height, [0.2, 0.4, 0.6, 0.8]))
    colors = generator.uniform(30, 220, (5, bands))
    image = np.moveaxis(colors[fields], -1, 0)
    detail = gaussian_filter(generator.normal(size=(bands, rows, cols)), (0, 1, 1)) * 12
    return np.clip(np.rint(image + detail), 0, 255).astype(np.uint8)
