# SPDX-License-Identifier: GPL-2.0-or-later
"""Rational polynomial coefficients (RPC): the georeference of unrectified satellite images.

They are kept as the texts that GDAL reads, so that results have exactly those of the image. A cut
raster has other offsets of line and sample only.
"""

from __future__ import annotations

from typing import Any

from osgeo import gdal

from .ground_points import Points, transformed

RPC_DOMAIN = "RPC"
# Offsets of the model in pixels.
LINE, SAMPLE = "LINE_OFF", "SAMP_OFF"

# Names and texts of the metadata, in the order of their names.
RationalModel = tuple[tuple[str, str], ...]


def rpc_of(dataset: Any) -> RationalModel:
    """Read the coefficients of an open GDAL dataset; empty if it has none."""
    return tuple(sorted((dataset.GetMetadata(RPC_DOMAIN) or {}).items()))


def shifted(model: RationalModel, col_off: int, row_off: int) -> RationalModel:
    """Return the coefficients for a raster that begins at a column and row of the first."""
    if not model or (col_off, row_off) == (0, 0):
        return model
    parts = dict(model)
    for name, offset in ((LINE, row_off), (SAMPLE, col_off)):
        number = _number(parts.get(name, ""))
        if number is not None:
            parts[name] = f"{number - offset:.15g}"
    return tuple(sorted(parts.items()))


def same_model(one: RationalModel, other: RationalModel) -> bool:
    """Whether two rasters have the same offsets; one without coefficients equals any."""
    if not one or not other:
        return True
    first, second = dict(one), dict(other)
    for name in (LINE, SAMPLE, "LAT_OFF", "LONG_OFF"):
        numbers = _number(first.get(name, "")), _number(second.get(name, ""))
        if None not in numbers and abs(numbers[0] - numbers[1]) > 1e-6:  # type: ignore[operator]
            return False
    return True


def rpc_to_pixels(points: Points, model: RationalModel, size: tuple[int, int]) -> Points:
    """Convert coordinates to pixels with the model at its own height, as QGIS displays the raster.

    Args:
        points: `(n, 2)` degrees of longitude and latitude.
        model: the coefficients.
        size: width and height of the raster in pixels.

    Returns:
        `(n, 2)` columns and rows, fractions included; NaN where the model has no inverse.

    Raises:
        SuperSegError: the coefficients cannot be used.
    """
    dataset = gdal.GetDriverByName("MEM").Create("", *size, 1)
    dataset.SetMetadata(dict(model), RPC_DOMAIN)
    return transformed(points, dataset, ["METHOD=RPC"], "RPC")


def _number(text: str) -> float | None:
    try:
        return float(text.split()[0])
    except (ValueError, IndexError):
        return None
