# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of the cases, made on the spot: six kinds of land cover in 48 patches, 300 x 400 pixels.

Each function writes what one row of the table needs and returns paths. The layout is the same
everywhere, so that one truth serves for most rows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr, osr

from tests.benchmarks.plain_scenes import Kinds, Values, levels, patches, random, six
from tests.conftest import write_raster

# 10 m pixels in UTM zone 32, at 47° N.
PLACE = (500000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0)
NAMES = ("B02", "B03", "B04", "B08")
HOLE = (slice(40, 120), slice(60, 200))

Pixels = npt.NDArray[np.generic]


def truth() -> Kinds:
    """Numbers of the kinds from 0, `(300, 400)`."""
    return six()


def hole() -> npt.NDArray[np.bool_]:
    """A rectangle of 9 % of the scene, `(300, 400)`."""
    result = np.zeros(truth().shape, bool)
    result[HOLE] = True
    return result


def reflectance(bands: int = 4) -> Values:
    """Values `(bands, 300, 400)` in 0..1, noise of a fifth of the step between kinds."""
    return np.clip(levels(truth(), bands, 0.2), 0, 1)


def put(path: Path, values: Pixels, **options: object) -> str:
    """Write a raster at the usual place."""
    return write_raster(path, values, **{"geotransform": PLACE, **options})


def with_value(path: Path, values: Values, value: float, where: Pixels, dtype: str) -> str:
    """Write values in which a number that nothing declares stands in some pixels of all bands."""
    return put(path, np.where(where, value, values).astype(dtype))


def first_pixels(count: int) -> npt.NDArray[np.bool_]:
    """The first pixels of the scene, row by row."""
    return (np.arange(truth().size) < count).reshape(truth().shape)


def numbers(path: Path, bands: int = 4, order: slice = slice(None), names: bool = True) -> str:
    """Write reflectance times 10,000 in 16 bits."""
    values = (reflectance(bands) * 10000).clip(1).astype(np.uint16)[order]
    return put(path, values, names=NAMES[:bands][order] if names else ())


def bytes_of(path: Path, bands: int = 3, **options: object) -> str:
    """Write the scene in bytes, 1 to 255."""
    return put(path, (reflectance(bands) * 255).clip(1).astype(np.uint8), **options)


def class_raster(path: Path, first: int = 1, **options: object) -> str:
    """Write four classes, numbered from `first`."""
    return put(path, (truth() % 4 + first).astype(np.uint8), **options)


def placed_by_rpc(path: Path) -> str:
    """Write an image whose only georeference are rational polynomial coefficients."""
    bytes_of(path, geotransform=None, epsg=None)
    dataset = gdal.Open(str(path), gdal.GA_Update)

    def series(*first: float) -> str:
        return " ".join(str(number) for number in [*first, *[0] * (20 - len(first))])

    dataset.SetMetadata(
        {
            **{"LINE_OFF": "150", "SAMP_OFF": "200", "LAT_OFF": "47", "LONG_OFF": "9"},
            **{"HEIGHT_OFF": "500", "LINE_SCALE": "150", "SAMP_SCALE": "200"},
            **{"LAT_SCALE": ".01", "LONG_SCALE": ".01", "HEIGHT_SCALE": "500"},
            **{"LINE_NUM_COEFF": series(0, 0, -1), "LINE_DEN_COEFF": series(1)},
            **{"SAMP_NUM_COEFF": series(0, 1), "SAMP_DEN_COEFF": series(1)},
        },
        "RPC",
    )
    dataset = None
    return str(path)


def polygons(path: Path, rings: list[list[tuple[float, float]]], epsg: int | None, **fields) -> str:
    """Write polygons to a GeoPackage, with whole-number fields of one value for each polygon."""
    system = None
    if epsg is not None:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("polygons", system, ogr.wkbPolygon)
    for name in fields:
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTInteger))
    for number, ring in enumerate(rings):
        feature = ogr.Feature(layer.GetLayerDefn())
        text = ", ".join(f"{x} {y}" for x, y in [*ring, ring[0]])
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON(({text}))"))
        for name, values in fields.items():
            feature.SetField(name, values[number])
        layer.CreateFeature(feature)
    dataset = None
    return str(path)


def large_patches() -> Kinds:
    """Six kinds in 133 patches, `(1200, 1600)`."""
    return patches(6, 133, 6, 1200, 1600)


def box(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    """The corners of a rectangle with its lower left corner at (x, y)."""
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def noise(seed: int, spread: int, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Whole numbers from -spread to spread."""
    return random(seed).integers(-spread, spread + 1, shape)
