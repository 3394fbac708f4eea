# SPDX-License-Identifier: GPL-2.0-or-later
"""What a report tells about the image of a run."""

from __future__ import annotations

from ...blocks import DECIBELS, ELEVATION, EMBEDDING, MEASURED, REFLECTANCE
from ...raster.ground import crs_name, has_meters, pixel_side
from ...raster.pictures import MOST_BANDS_LISTED
from ...raster.source import RasterSource
from ...raster.stack import rasters_of
from ...translation import tr


def image_facts(source: RasterSource) -> dict[str, object]:
    """Return name, size, coordinates and bands of the image."""
    source, *others = rasters_of(source)
    grid, whole = source.grid, source.full_grid
    side, unit = pixel_side(grid), "m" if has_meters(grid) else tr("units")
    size, full = (
        tr("{:,} \N{MULTIPLICATION SIGN} {:,} pixels").format(g.width, g.height)
        for g in (grid, whole)
    )
    part = tr("{}, from column {} and row {}").format(full, *source.offset)
    pixel = (
        ""
        if side is None
        else tr("{0:.4g} \N{MULTIPLICATION SIGN} {0:.4g} {1} in the center").format(side, unit)
    )
    return {
        tr("Name"): source.name,
        tr("Size"): size,
        tr("Part of"): "" if size == full else part,
        tr("Pixel"): pixel,
        tr("Coordinates"): crs_name(grid),
        tr("Values"): _values_text(source.kind),
        tr("Bands"): _bands_text(source),
        tr("Data type"): str(source.dtype),
        tr("Additional rasters"): ", ".join(
            f"{raster.name} ({_values_text(raster.kind)})" for raster in others
        ),
    }


def _values_text(kind: str) -> str:
    """Say what the values are."""
    return {
        MEASURED: tr("measurements"),
        REFLECTANCE: tr("reflectances"),
        DECIBELS: tr("radar backscatter in decibels"),
        ELEVATION: tr("elevations or heights"),
        EMBEDDING: tr("vectors of an embedding"),
    }[kind]


def _bands_text(source: RasterSource) -> str:
    """Name the bands, or the number, first and last of many, and their wavelengths."""
    texts = [
        name if name == f"Band {number}" else f"{number} {name}"
        for number, name in zip(source.bands, source.band_names)
    ]
    if len(texts) <= MOST_BANDS_LISTED:
        return ", ".join(texts)
    text = tr("{}, from {} to {}").format(len(texts), texts[0], texts[-1])
    if source.wavelengths:
        lengths = tr("{:.0f} to {:.0f} nm")
        text += ", " + lengths.format(min(source.wavelengths), max(source.wavelengths))
    return text
