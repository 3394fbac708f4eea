# SPDX-License-Identifier: GPL-2.0-or-later
"""The overlay on the map: what it draws in any view."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtGui import QImage, QPainter
from qgis.PyQt.QtTest import QTest

from superseg_plugin.gui.map_overlay import MapOverlay
from superseg_plugin.raster.displayed_values import RasterIntegers
from tests.class_rasters import striped
from tests.conftest import write_raster

SIZE = (400, 300)
# The table gives value n this color.
TABLE = np.array([[0, 0, 0, 0], *([40 * n, 255 - 40 * n, 7, 255] for n in range(1, 6))], np.uint8)


@pytest.fixture
def canvas(qgis_app):
    made = QgsMapCanvas()
    made.resize(*SIZE)
    yield made
    made.deleteLater()


@pytest.fixture
def squares(qgis_app, tmp_path):
    """Squares of 6 pixels with classes at random, and pixels without a class."""
    values = np.kron(np.random.default_rng(1).integers(0, 6, (20, 20)), np.ones((6, 6)))
    path = write_raster(tmp_path / "squares.tif", values.astype(np.uint8), nodata=0)
    yield from in_project(QgsRasterLayer(path, "squares"))


@pytest.fixture
def layer(qgis_app, tmp_path):
    values = striped(5, 120)
    values[:20, :20] = 0
    path = write_raster(tmp_path / "values.tif", values, nodata=0)
    yield from in_project(QgsRasterLayer(path, "values"))


def in_project(layer):
    """A layer that the project holds: pytest would hold it for longer than QGIS is there."""
    assert QgsProject.instance().addMapLayer(layer)
    yield layer
    QgsProject.instance().removeMapLayer(layer.id())


def show(canvas, crs, extent, rotation=0.0):
    canvas.setDestinationCrs(crs)
    canvas.setRotation(rotation)
    canvas.setExtent(extent)


def painted(overlay, size=SIZE):
    image = QImage(*size, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    overlay.paint(painter)
    painter.end()
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bytes(bits), np.uint8).reshape(size[1], size[0], 4)


def expected(canvas, layer, size=SIZE):
    """The value that QGIS says a pixel of the map has, at every 7th pixel."""
    settings = canvas.mapSettings()
    transform = QgsCoordinateTransform(
        settings.destinationCrs(), layer.crs(), QgsProject.instance()
    )
    found = {}
    for row in range(3, size[1], 7):
        for col in range(3, size[0], 7):
            point = settings.mapToPixel().toMapCoordinatesF(col + 0.5, row + 0.5)
            value, known = layer.dataProvider().sample(transform.transform(point), 1)
            found[row, col] = int(value) if known and value == value else 0
    return found


def yellow(drawn):
    """Where an outline is drawn."""
    return (drawn[..., 0] > 250) & (drawn[..., 2] < 70) & (drawn[..., 3] == 255)


@pytest.mark.parametrize("rotation", [0.0, 30.0])
@pytest.mark.parametrize("crs", ["", "EPSG:3857", "EPSG:4326"])
@pytest.mark.parametrize("scale", [0.2, 1.4])
def test_every_pixel_has_the_color_of_its_value(canvas, squares, crs, rotation, scale):
    crs = QgsCoordinateReferenceSystem(crs) if crs else squares.crs()
    extent = squares.extent()
    extent.scale(scale)
    to_map = QgsCoordinateTransform(squares.crs(), crs, QgsProject.instance())
    show(canvas, crs, to_map.transformBoundingBox(extent), rotation)
    overlay = MapOverlay(canvas)
    overlay.show(RasterIntegers(squares.source()), TABLE, squares.crs())
    drawn = painted(overlay)
    values = expected(canvas, squares)
    assert len(set(values.values())) >= 5
    wrong = [place for place, value in values.items() if tuple(drawn[place]) != tuple(TABLE[value])]
    # Along the borders of pixels, rounding decides.
    assert len(wrong) <= 0.01 * len(values)


def test_areas_are_outlined_and_the_others_dimmed(canvas, layer):
    show(canvas, layer.crs(), layer.extent())
    overlay = MapOverlay(canvas)
    table = np.full((6, 4), (128, 128, 128, 170), np.uint8)
    table[[0, 2]] = 0
    outlined = np.arange(6) == 2
    overlay.show(RasterIntegers(layer.source()), table, layer.crs(), outlined)
    drawn = painted(overlay)
    values = expected(canvas, layer)
    outlines = yellow(drawn)
    assert outlines.any()
    rows = np.flatnonzero(outlines.any(axis=1))
    of_class = [row for (row, _), value in values.items() if value == 2]
    assert rows.min() <= min(of_class)
    assert rows.max() >= max(of_class)
    # Two lines, at the upper and the lower border of the stripe.
    assert len(rows) == 2
    assert outlines[rows[0]].sum() == outlines[rows[1]].sum()
    inside = [place for place, value in values.items() if value == 2 and not outlines[place]]
    assert all(drawn[place][3] == 0 for place in inside)
    others = [place for place, value in values.items() if value not in (0, 2)]
    assert np.mean([drawn[place][3] for place in others]) > 165


def test_the_overlay_follows_the_map_and_can_be_switched_off(canvas, layer):
    show(canvas, layer.crs(), layer.extent())
    overlay = MapOverlay(canvas)
    assert not painted(overlay).any()
    overlay.show(RasterIntegers(layer.source()), TABLE, layer.crs())
    before = painted(overlay)
    center = layer.extent().center()
    canvas.setCenter(QgsPointXY(center.x(), center.y() + layer.extent().height() / 4))
    after = painted(overlay)
    assert (before != after).any()
    values = expected(canvas, layer)
    assert all(tuple(after[place]) == tuple(TABLE[value]) for place, value in values.items())
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    assert not painted(overlay).any()
    overlay.clear()
    canvas.setExtent(layer.extent())
    assert not painted(overlay).any()


def test_a_flash_ends_by_itself(canvas, layer):
    show(canvas, layer.crs(), layer.extent())
    overlay = MapOverlay(canvas)
    overlay.show(RasterIntegers(layer.source()), np.zeros((6, 4), np.uint8), layer.crs())
    overlay.flash(TABLE)
    seen = []
    for _ in range(60):
        seen.append(bool(painted(overlay).any()))
        QTest.qWait(25)
    changes = np.count_nonzero(np.diff(np.array(seen, int)))
    assert (seen[0], seen[-1], changes) == (True, False, 5)


def test_a_raster_that_is_gone_gives_a_message_once(canvas, layer, tmp_path):
    show(canvas, layer.crs(), layer.extent())
    failed = []
    overlay = MapOverlay(canvas, failed.append)
    overlay.show(RasterIntegers(layer.source()), TABLE, layer.crs())
    (tmp_path / "values.tif").unlink()
    for _ in range(3):
        assert not painted(overlay).any()
    (message,) = failed
    assert message.startswith("values.tif cannot be read")


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:3857"])
def test_a_large_raster_is_drawn_from_its_overviews(canvas, tmp_path, crs):
    """30000 x 30000 pixels with overviews, in a map of 1280 x 720 pixels."""
    path = tmp_path / "large.tif"
    options = ["TILED=YES", "COMPRESS=DEFLATE", "SPARSE_OK=TRUE"]
    driver = gdal.GetDriverByName("GTiff")
    made = driver.Create(str(path), 30000, 30000, 1, gdal.GDT_Byte, options)
    made.SetGeoTransform((500000, 2, 0, 5000000, 0, -2))
    made.SetProjection(QgsCoordinateReferenceSystem("EPSG:32632").toWkt())
    made.BuildOverviews("NONE", [2, 4, 8, 16, 32, 64])
    made.FlushCache()
    # Only the coarsest overviews have values: GDAL reads no other.
    blocks = np.random.default_rng(0).integers(1, 65, (59, 59), np.uint8)
    for index, side in ((4, 16), (5, 8)):
        level = made.GetRasterBand(1).GetOverview(index)
        values = np.kron(blocks, np.ones((side, side), np.uint8))[: level.YSize, : level.XSize]
        level.WriteRaster(0, 0, level.XSize, level.YSize, np.ascontiguousarray(values).tobytes())
    made = level = None
    size = (1280, 720)
    canvas.resize(*size)
    own, there = (QgsCoordinateReferenceSystem(text) for text in ("EPSG:32632", crs))
    to_map = QgsCoordinateTransform(own, there, QgsProject.instance())
    extent = QgsRectangle(500000, 4940000, 560000, 5000000)
    show(canvas, there, to_map.transformBoundingBox(extent))
    overlay = MapOverlay(canvas)
    reader = RasterIntegers(str(path))
    shown = []
    for number in (7, 8):
        table = np.full((65, 4), (128, 128, 128, 170), np.uint8)
        table[number] = 0
        overlay.show(reader, table, own, np.arange(65) == number)
        shown.append(painted(overlay, size))
        assert (shown[-1][..., 3] == 170).any()
        assert yellow(shown[-1]).any()
    assert (yellow(shown[0]) != yellow(shown[1])).any()
