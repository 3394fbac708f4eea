# SPDX-License-Identifier: GPL-2.0-or-later
"""Any layer as INPUT, any CRS for EXTENT and MASK."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from osgeo import gdal, ogr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpressionContextScope,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)

from tests.conftest import GEOTRANSFORM, quarters, read_raster, write_raster
from tests.raster.http_server import FileServer

WEST, _, _, NORTH, _, _ = GEOTRANSFORM


def average(run, tmp_path, layer, classification, **others):
    """Run the cheapest algorithm that reads an image of any provider."""
    parameters = {
        "INPUT": layer,
        "CLASSIFICATION": classification,
        "OUTPUT": str(tmp_path / "average.tif"),
        **others,
    }
    return read_raster(run("superseg:averagecolor", parameters)["OUTPUT"])


def superpixels(run, tmp_path, layer, context=None, feedback=None, **others):
    """Run the cheapest algorithm that has EXTENT and MASK."""
    path = str(tmp_path / "superpixels.tif")
    parameters = {"INPUT": layer, "METHOD": "slic", "OUTPUT": path, **others}
    run("superseg:superpixels", parameters, feedback, context)
    return read_raster(path)[0], QgsRasterLayer(path)


def box(crs, *bounds):
    """Make a polygon layer of one rectangle given in the scene's CRS."""
    geometry = QgsGeometry.fromRect(QgsRectangle(*bounds))
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32632"),
        QgsCoordinateReferenceSystem(crs),
        QgsProject.instance(),
    )
    assert geometry.transform(transform) == QgsGeometry.OperationResult.Success
    return layer_of(crs, geometry)


def layer_of(crs, geometry):
    """Make a polygon layer of one geometry."""
    layer = QgsVectorLayer("Polygon", "box", "memory")
    layer.setCrs(QgsCoordinateReferenceSystem(crs))
    feature = QgsFeature()
    feature.setGeometry(geometry)
    assert layer.dataProvider().addFeatures([feature])[0]
    layer.updateExtents()
    return layer


def test_a_layer_of_the_project_by_its_id(run, files, tmp_path, project_context):
    layer = QgsRasterLayer(files["scene"], "Scene")
    assert QgsProject.instance().addMapLayer(layer)
    path = str(tmp_path / "average.tif")
    parameters = {"INPUT": layer.id(), "CLASSIFICATION": files["fields"], "OUTPUT": path}
    run("superseg:averagecolor", parameters, context=project_context)
    assert read_raster(path).shape == (3, 64, 64)


def test_a_raster_in_memory(run, files, tmp_path):
    gdal.GetDriverByName("GTiff").CreateCopy("/vsimem/scene.tif", gdal.Open(files["scene"]))
    try:
        layer = QgsRasterLayer("/vsimem/scene.tif", "In memory")
        from_memory = average(run, tmp_path, layer, files["fields"])
    finally:
        gdal.Unlink("/vsimem/scene.tif")
    assert np.array_equal(from_memory, average(run, tmp_path, files["scene"], files["fields"]))


def test_a_raster_at_a_web_address(run, files, tmp_path):
    with FileServer(Path(files["scene"]).parent) as server:
        layer = QgsRasterLayer(server.address(Path(files["scene"]).name), "Remote")
        assert layer.isValid()
        from_there = average(run, tmp_path, layer, files["fields"])
    assert server.sent > 0
    assert np.array_equal(from_there, average(run, tmp_path, files["scene"], files["fields"]))


def test_a_subdataset(run, files, tmp_path):
    path = str(tmp_path / "two.gpkg")
    source = gdal.Open(files["scene"])
    gdal.Translate(path, source, format="GPKG", creationOptions=["RASTER_TABLE=one"])
    gdal.Translate(
        path,
        source,
        format="GPKG",
        creationOptions=["RASTER_TABLE=two", "APPEND_SUBDATASET=YES", "TILE_FORMAT=PNG"],
    )
    layer = QgsRasterLayer(f"GPKG:{path}:two", "Two")
    assert layer.isValid()
    assert average(run, tmp_path, layer, files["fields"]).shape[1:] == (64, 64)


def test_open_options_of_a_layer_are_used(run, files, tmp_path):
    layer = QgsRasterLayer(f"{files['scene']}|option:NUM_THREADS=1", "Scene")
    assert layer.isValid()
    assert np.array_equal(
        average(run, tmp_path, layer, files["fields"]),
        average(run, tmp_path, files["scene"], files["fields"]),
    )


@pytest.fixture
def twice(files):
    """A layer of the virtualraster provider that is twice the scene's first band."""
    inner = quote(files["scene"], safe="/:")
    layer = QgsRasterLayer(
        f"?crs=EPSG:32632&extent={WEST},{NORTH - 128},{WEST + 128},{NORTH}&width=64&height=64"
        f"&formula=%22one@1%22%20*%202&one:uri={inner}&one:provider=gdal",
        "Twice",
        "virtualraster",
    )
    assert layer.isValid(), layer.error().message()
    # QGIS keeps the parameters of a failed run for ever, and this layer may not outlive QGIS.
    assert QgsProject.instance().addMapLayer(layer)
    yield layer
    QgsProject.instance().removeMapLayer(layer.id())


def test_a_virtual_raster_is_copied_at_its_own_resolution(run, files, twice, tmp_path):
    result = average(run, tmp_path, twice, files["fields"])
    assert result.shape == (1, 64, 64)
    inside = files["numbers"] == 2
    expected = 2.0 * files["image"][0, inside].mean()
    assert result[0][inside][0] == pytest.approx(expected, rel=1e-5)


def test_only_the_extent_of_a_virtual_raster_is_copied(run, twice, tmp_path):
    extent = f"{WEST + 9},{WEST + 51},{NORTH - 61},{NORTH - 19}"
    labels, layer = superpixels(run, tmp_path, twice, EXTENT=extent)
    assert layer.extent().xMinimum() <= WEST + 9
    assert layer.extent().yMaximum() >= NORTH - 19
    assert (layer.extent().xMinimum() - WEST) % 2 == 0
    assert labels.shape == (22, 22)
    assert labels.min() >= 1


def test_an_extent_outside_a_virtual_raster(run, twice, tmp_path):
    with pytest.raises(QgsProcessingException, match="EXTENT lies outside Twice"):
        superpixels(run, tmp_path, twice, EXTENT="1,2,3,4")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def web_map(tmp_path):
    """A layer of XYZ tiles that lie on disk: no resolution of its own."""
    for zoom in range(4):
        for column in range(2**zoom):
            folder = tmp_path / "tiles" / str(zoom) / str(column)
            folder.mkdir(parents=True)
            for row in range(2**zoom):
                tile = np.full((3, 256, 256), 60, np.uint8)
                tile[0, :, 128:] = 200
                tile[1, 128:] = 150
                memory = gdal.GetDriverByName("MEM").Create("", 256, 256, 3, gdal.GDT_Byte)
                memory.WriteArray(tile)
                gdal.GetDriverByName("PNG").CreateCopy(str(folder / f"{row}.png"), memory)
    url = f"file://{tmp_path}/tiles/%7Bz%7D/%7Bx%7D/%7By%7D.png"
    layer = QgsRasterLayer(f"type=xyz&url={url}&zmin=0&zmax=3", "Web map", "wms")
    assert layer.isValid()
    return layer


def test_a_web_map_is_fetched_at_the_resolution_of_the_map_view(run, web_map, tmp_path, listener):
    scope = QgsExpressionContextScope()
    scope.setVariable("map_scale", 1e8)
    context = QgsProcessingContext()
    context.expressionContext().appendScope(scope)
    extent = "0,5000000,0,5000000 [EPSG:3857]"
    out = tmp_path / "out"
    out.mkdir()
    labels, layer = superpixels(run, out, web_map, context, listener, EXTENT=extent)
    resolution = 1e8 * 0.0254 / 96
    assert layer.rasterUnitsPerPixelX() == pytest.approx(resolution, rel=0.01)
    assert layer.crs().authid() == "EPSG:3857"
    assert labels.min() >= 1
    assert any("has no resolution of its own" in line for line in listener.lines)
    assert [path.name for path in out.iterdir() if not path.name.endswith(".json")] == [
        "superpixels.tif"
    ]


def test_the_size_of_a_fetched_web_map_is_limited(run, web_map, tmp_path, monkeypatch, listener):
    from superseg_plugin.algorithms import export

    monkeypatch.setattr(export, "MOST_PIXELS", 100 * 100)
    labels, _ = superpixels(
        run, tmp_path, web_map, feedback=listener, EXTENT="0,5000000,0,5000000 [EPSG:3857]"
    )
    assert labels.size <= 100 * 100 * 1.02
    assert any("the most allowed" in line for line in listener.lines)


def test_an_extent_in_another_crs(run, files, tmp_path):
    corner = QgsReferencedRectangle(
        QgsRectangle(WEST + 20, NORTH - 60, WEST + 80, NORTH - 20),
        QgsCoordinateReferenceSystem("EPSG:32632"),
    )
    transform = QgsCoordinateTransform(
        corner.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
    )
    around = transform.transformBoundingBox(corner)
    text = (
        f"{around.xMinimum()},{around.xMaximum()},{around.yMinimum()},{around.yMaximum()}"
        " [EPSG:4326]"
    )
    _, layer = superpixels(run, tmp_path, files["scene"], EXTENT=text)
    got = layer.extent()
    assert got.xMinimum() == pytest.approx(WEST + 20, abs=4)
    assert got.yMaximum() == pytest.approx(NORTH - 20, abs=4)
    assert got.width() == pytest.approx(60, abs=6)


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:4326"])
def test_a_mask_in_any_crs(run, files, tmp_path, crs):
    mask = box(crs, WEST + 20, NORTH - 60, WEST + 80, NORTH - 20)
    labels, _ = superpixels(run, tmp_path, files["scene"], MASK=mask)
    inside = np.zeros((64, 64), bool)
    inside[10:30, 10:40] = True
    # Straight edges bend a little on the way to another CRS and back.
    assert ((labels > 0) != inside).sum() <= (0 if crs == "EPSG:32632" else 20)


def test_a_mask_may_cross_itself_or_be_curved(run, files, tmp_path):
    layer = QgsVectorLayer("CurvePolygonZ?crs=EPSG:32632", "curves", "memory")
    x, y = WEST + 64, NORTH - 64
    feature = QgsFeature()
    feature.setGeometry(
        QgsGeometry.fromWkt(
            f"CurvePolygonZ (CircularStringZ ({x - 40} {y} 1, {x} {y + 40} 1, {x + 40} {y} 1, "
            f"{x} {y - 40} 1, {x - 40} {y} 1))"
        )
    )
    assert layer.dataProvider().addFeatures([feature])[0]
    layer.updateExtents()
    labels, _ = superpixels(run, tmp_path, files["scene"], MASK=layer)
    assert (labels > 0).sum() == pytest.approx(np.pi * 20**2, rel=0.02)


def test_a_mask_outside_the_image(run, files, tmp_path):
    mask = box("EPSG:32632", WEST + 2000, NORTH - 60, WEST + 2080, NORTH - 20)
    with pytest.raises(QgsProcessingException, match="MASK has no polygon over scene"):
        superpixels(run, tmp_path, files["scene"], MASK=mask)


@pytest.mark.parametrize(
    "look",
    [
        {"geotransform": (500000.0, 1.5, 0.8, 5200000.0, 0.8, -1.5)},
        {"geotransform": (500000.0, 2.0, 0.0, 5200000.0, 0.0, 2.0)},
        {"geotransform": (9.0, 0.001, 0.0, 47.0, 0.0, -0.001), "epsg": 4326},
        {"epsg": None},
        {"geotransform": None, "epsg": None},
        {
            "gcps": [
                (0, 0, 9.0, 47.0),
                (64, 0, 9.1, 47.0),
                (0, 64, 9.0, 46.9),
                (64, 64, 9.1, 46.9),
            ],
            "epsg": 4326,
        },
        {"alpha": np.pad(np.full((48, 64), 255), ((16, 0), (0, 0)))},
        {"mask": np.pad(np.ones((48, 64), bool), ((16, 0), (0, 0)))},
        {"nodata": 0},
    ],
    ids=["rotated", "southup", "geographic", "nocrs", "nogrid", "gcps", "alpha", "mask", "nodata"],
)
def test_unusual_rasters_keep_their_grid(run, files, tmp_path, look):
    image = files["image"].copy()
    if "nodata" in look:
        image[:, :16] = 0
    scene = write_raster(tmp_path / "odd.tif", image, **look)
    labels, layer = superpixels(run, tmp_path, scene)
    assert labels.shape == (64, 64)
    before, after = gdal.Open(scene), gdal.Open(layer.source())
    assert after.GetGeoTransform(can_return_null=True) == before.GetGeoTransform(
        can_return_null=True
    )
    assert after.GetGCPCount() == before.GetGCPCount()
    lost = {"alpha", "mask", "nodata"} & set(look)
    assert (labels[:16] == 0).all() == bool(lost)
    assert (labels[16:] > 0).all()


def test_a_mask_of_the_whole_world_covers_everything(run, files, tmp_path):
    whole = layer_of("EPSG:4326", QgsGeometry.fromRect(QgsRectangle(-180, -90, 180, 90)))
    given = {"INPUT": files["scene"], "MASK": whole, "OUTPUT": str(tmp_path / "s.tif")}
    run("superseg:superpixels", given)
    assert (read_raster(given["OUTPUT"])[0] > 0).all()


def test_a_mask_without_a_crs_elsewhere_is_told_of_its_crs(run, files, tmp_path):
    mask = layer_of("", QgsGeometry.fromRect(QgsRectangle(9.0, 46.9, 9.1, 47.0)))
    given = {"INPUT": files["scene"], "MASK": mask, "OUTPUT": str(tmp_path / "s.tif")}
    with pytest.raises(QgsProcessingException, match=r"MASK has no polygon.*no CRS.*Set CRS"):
        run("superseg:superpixels", given)


def test_a_geopackage_layer_without_a_crs_has_none(run, files, tmp_path):
    table = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "mask.gpkg"))
    layer = table.CreateLayer("mask", None, ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((9 46, 10 46, 10 47, 9 46))"))
    layer.CreateFeature(feature)
    feature = layer = table = None
    given = {"INPUT": files["scene"], "MASK": str(tmp_path / "mask.gpkg")}
    with pytest.raises(QgsProcessingException, match=r"MASK has no polygon.*no CRS"):
        run("superseg:superpixels", {**given, "OUTPUT": str(tmp_path / "s.tif")})


@pytest.mark.parametrize(
    ("west", "extent", "columns", "first"),
    [
        (179.0, "179.5,-178.9,8,9.5 [EPSG:4326]", 160, 179.5),
        (179.0, "179.5,181,8,9.5", 150, 179.5),
        (209.0, "-150,-148,8,9.5 [EPSG:4326]", 200, 210.0),
        (-181.0, "179.5,-179.5,8,9.5 [EPSG:4326]", 100, -180.5),
    ],
)
def test_extents_may_cross_the_antimeridian(run, tmp_path, west, extent, columns, first):
    image, _ = quarters(300, 400)
    place = (west, 0.01, 0.0, 10.0, 0.0, -0.01)
    scene = write_raster(tmp_path / "scene.tif", image, geotransform=place, epsg=4326)
    given = {"INPUT": scene, "EXTENT": extent, "OUTPUT": str(tmp_path / "s.tif")}
    run("superseg:superpixels", given)
    result = gdal.Open(given["OUTPUT"])
    assert result.RasterXSize == columns
    assert result.GetGeoTransform()[0] == pytest.approx(first)


def test_an_extent_in_an_unknown_crs_is_refused(run, files, tmp_path):
    given = {"INPUT": files["scene"], "OUTPUT": str(tmp_path / "s.tif")}
    with pytest.raises(QgsProcessingException, match=r"EXTENT: QGIS does not know.*EPSG:99999"):
        run("superseg:superpixels", {**given, "EXTENT": "1,2,3,4 [EPSG:99999]"})


def test_an_alpha_band_is_remarked(run, tmp_path, listener):
    image, _ = quarters()
    scene = write_raster(tmp_path / "scene.tif", image, alpha=np.full((64, 64), 255))
    run("superseg:superpixels", {"INPUT": scene, "OUTPUT": str(tmp_path / "s.tif")}, listener)
    assert any("Band 4 is an alpha band" in line for line in listener.lines)
