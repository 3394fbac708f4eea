# SPDX-License-Identifier: GPL-2.0-or-later
"""The mask bands that decide, with nodata values, which pixels of a raster are valid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .damage import damage_text
from .gdal_calls import attempt
from .pixels import read_pixels
from .windows import Window

Valid = npt.NDArray[np.bool_]


def mask_bands(
    dataset: Any, bands: Sequence[int], alpha: int, name: str
) -> list[tuple[int | None, Any]]:
    """Collect the mask bands to read; none if nodata values alone decide.

    Args:
        dataset: of GDAL.
        bands: numbers of the chosen bands, from 1.
        alpha: number of the alpha band; 0 for none.
        name: of the raster, for messages.

    Returns:
        The index in `bands` of the band that each masks, None for all bands; and the mask.

    Raises:
        SuperSegError: a mask cannot be read.
    """
    masks: list[tuple[int | None, Any]] = []
    if alpha and alpha not in bands:
        masks.append((None, dataset.GetRasterBand(alpha)))
    whole_dataset = False
    for index, number in enumerate(bands):
        band = dataset.GetRasterBand(number)
        flags, error = attempt(band.GetMaskFlags)
        if flags is None or error:
            raise SuperSegError(
                f"{name}: its mask cannot be read ({error}); the file that holds it is damaged, get"
                " a fresh copy or remove it."
            )
        if flags & (gdal.GMF_ALL_VALID | gdal.GMF_ALPHA) or flags == gdal.GMF_NODATA:
            continue
        if not flags & gdal.GMF_PER_DATASET:
            masks.append((index, band.GetMaskBand()))
        elif not whole_dataset:
            whole_dataset = True
            masks.append((None, band.GetMaskBand()))
    return masks


def read_masks(
    masks: Sequence[tuple[int | None, Any]], window: Window, name: str
) -> tuple[Valid, list[tuple[int, Valid]]]:
    """Read the masks of a window.

    Args:
        masks: of `mask_bands`.
        window: of the whole raster.
        name: of the raster, for messages.

    Returns:
        Pixels `(rows, cols)` that are valid in all bands, and those of single bands by index.

    Raises:
        SuperSegError: a mask is damaged in this window.
    """
    common = np.ones((window.height, window.width), dtype=bool)
    own: list[tuple[int, Valid]] = []
    for index, mask in masks:
        inside, error = read_pixels(mask, window, np.dtype(np.uint8))
        if inside is None or error:
            raise SuperSegError(damage_text(name, "its mask", window, error))
        if index is None:
            common &= inside[0] != 0
        else:
            own.append((index, inside[0] != 0))
    return common, own
