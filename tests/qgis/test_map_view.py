# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of a layer that a preview uses: files, web maps, and a CRS other than the map's."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize

from superseg_plugin.errors import SuperSegError
from superseg_plugin.gui.map_view import view_of
from superseg_plugin.progress import Progress
from tests.conftest import read_raster


def map_of(extent, crs, size=(400, 300)):
    settings = QgsMapSettings()
    settings.setDestinationCrs(crs)
    settings.setOutputSize(QSize(*size))
    settings.setExtent(extent)
    return settings


def in_project(layer):
    """A layer that the project holds: pytest would hold it for longer than QGIS is there."""
    assert QgsProject.instance().addMapLayer(layer)
    yield layer
    QgsProject.instance().removeMapLayer(layer.id())


@pytest.fixture
def scene(plugin, files):
    yield from in_project(QgsRasterLayer(files["scene"], "Scene"))


@pytest.fixture
def virtual(plugin, files, scene):
    """A layer without a file, of twice the scene's first band."""
    box = scene.extent()
    uri = (
        f"?crs={scene.crs().authid()}&extent={box.xMinimum()},{box.yMinimum()},{box.xMaximum()},"
        f"{box.yMaximum()}&width={scene.width()}&height={scene.height()}"
        f'&formula="scene@1" * 2&scene:uri={files["scene"]}&scene:provider=gdal'
    )
    yield from in_project(QgsRasterLayer(uri, "Virtual", "virtualraster"))


def web_map(tmp_path):
    folder = tmp_path / "0" / "0"
    folder.mkdir(parents=True)
    tile = np.zeros((3, 256, 256), np.uint8)
    tile[0, :, 128:] = 200
    tile[1, :128] = 150
    memory = gdal.GetDriverByName("MEM").Create("", 256, 256, 3)
    memory.WriteArray(tile)
    gdal.GetDriverByName("PNG").CreateCopy(str(folder / "0.png"), memory)
    url = f"file://{tmp_path}/%7Bz%7D/%7Bx%7D/%7By%7D.png"
    layer = QgsRasterLayer(f"type=xyz&url={url}&zmin=0&zmax=0", "Web map", "wms")
    assert layer.isValid()
    return layer


def fetched(fetch):
    with fetch(Progress()) as path:
        return read_raster(path)


def test_a_file_is_read_directly(scene, files):
    view, fetch = view_of(scene, map_of(scene.extent(), scene.crs()))
    assert fetch is None
    assert (view.path, view.size) == (files["scene"], (scene.width(), scene.height()))


def test_a_layer_is_fetched_no_finer_than_its_pixels(virtual, scene):
    view, fetch = view_of(virtual, map_of(scene.extent(), scene.crs(), (2000, 2000)))
    assert view.size == (scene.width(), scene.height())
    assert view.reduction == pytest.approx(1.0)
    assert view.name == "Virtual"
    assert (fetched(fetch)[0] == 2.0 * read_raster(scene.source())[0]).all()


def test_a_layer_is_fetched_as_coarse_as_the_map(virtual, scene):
    view, fetch = view_of(virtual, map_of(scene.extent(), scene.crs(), (16, 16)))
    assert max(view.size) <= 16
    assert view.reduction == pytest.approx(scene.width() / view.size[0], rel=0.1)
    assert fetched(fetch).shape[1:] == view.size[::-1]


def test_a_web_map_is_fetched_in_its_own_crs(plugin, tmp_path):
    # Europe and Africa around the meridian, where four colors meet.
    crs = QgsCoordinateReferenceSystem("EPSG:4326")
    view, fetch = view_of(web_map(tmp_path), map_of(QgsRectangle(-40, -30, 40, 30), crs))
    assert view.size == (400, 300)
    assert (view.crs, view.reduction) == (crs.toWkt(), 1.0)
    pixels = fetched(fetch)
    assert max(pixels.shape[1:]) <= 1024
    corners = pixels[:3, [0, 0, -1, -1], [0, -1, 0, -1]].T
    assert corners.tolist() == [[0, 150, 0], [200, 150, 0], [0, 0, 0], [200, 0, 0]]


def test_the_size_of_views_of_web_maps_is_limited(plugin, tmp_path):
    crs = QgsCoordinateReferenceSystem("EPSG:3857")
    box = QgsRectangle(-9e6, -9e6, 9e6, 9e6)
    view, fetch = view_of(web_map(tmp_path), map_of(box, crs, (5000, 5000)))
    assert view.size == (1024, 1024)
    assert fetched(fetch).shape[1:] == (1024, 1024)


def test_a_view_outside_the_layer_gives_a_message(virtual, scene):
    box = QgsRectangle(scene.extent())
    box.setXMinimum(box.xMaximum() + 1000)
    box.setXMaximum(box.xMinimum() + 1000)
    for layer in (scene, virtual):
        with pytest.raises(SuperSegError, match=f"The map shows no part of {layer.name()}"):
            view_of(layer, map_of(box, scene.crs()))
