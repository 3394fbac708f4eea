# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from osgeo import gdal, ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster import pixels
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.thumbnails import read_small
from superseg_plugin.raster.windows import Window, tiles
from tests.conftest import GEOTRANSFORM, write_raster

IMAGE = np.arange(3 * 20 * 30).reshape(3, 20, 30)


@pytest.fixture(params=[False, True], ids=["quiet", "exceptions"])
def gdal_exceptions(request):
    """Some releases of QGIS enable exceptions of GDAL, others do not."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if request.param else gdal.DontUseExceptions)()
    yield
    (gdal.UseExceptions if before else gdal.DontUseExceptions)()


def polygon(*corners):
    ring = ", ".join(f"{x!r} {y!r}" for x, y in [*corners, corners[0]])
    return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))").ExportToWkb())


def read(path, **options):
    with RasterSource(path, **options) as source:
        return source.read(source.grid.window)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "float32", "float64"])
def test_values_have_the_type_of_the_file(tmp_path, dtype):
    path = write_raster(tmp_path / "a.tif", (IMAGE % 200).astype(dtype))
    values, valid = read(path)
    assert values.dtype == dtype
    assert (values == IMAGE % 200).all()
    assert valid.all()


def test_windows_equal_parts_of_the_whole(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"), nodata=77)
    whole, whole_valid = read(path)
    with RasterSource(path) as source:
        for tile in tiles(30, 20, 7):
            values, valid = source.read(tile)
            assert (values == whole[(slice(None), *tile.slices)]).all()
            assert (valid == whole_valid[tile.slices]).all()


def test_a_window_off_the_raster_is_a_value_error(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"))
    with RasterSource(path) as source, pytest.raises(ValueError, match="not within"):
        source.read(Window(25, 0, 10, 10))


def test_bands_are_read_in_the_requested_order(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"), names=["b", "", "r"])
    with RasterSource(path, bands=[3, 2]) as source:
        assert source.band_names == ("r", "Band 2")
        assert (source.read(source.grid.window)[0] == IMAGE[[2, 1]]).all()


def test_two_hundred_and_twenty_four_bands(tmp_path):
    image = np.arange(224 * 4 * 5).reshape(224, 4, 5).astype("uint16")
    assert (read(write_raster(tmp_path / "a.tif", image))[0] == image).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 300)])
def test_the_smallest_rasters(tmp_path, size):
    image = np.ones((2, *size), dtype="float32")
    values, valid = read(write_raster(tmp_path / "a.tif", image))
    assert values.shape == (2, *size)
    assert valid.shape == size


@pytest.mark.parametrize(
    ("dtype", "declared", "stored"),
    [
        ("uint8", 0, 0),
        ("int16", -9999, -9999),
        ("float32", -9999, -9999),
        ("float32", np.nan, np.nan),
        ("float32", -3.4028234663852886e38, -3.4028234663852886e38),
        ("float32", -3.40282e38, -3.4028234663852886e38),
        ("float32", -3.4e38, -3.4028234663852886e38),
        ("float32", 0.1, 0.1),
        ("float64", -1.7976931348623157e308, -1.7976931348623157e308),
    ],
)
def test_nodata_is_found_in_every_notation(tmp_path, dtype, declared, stored):
    image = np.ones((2, 4, 5), dtype=dtype)
    image[1, 2, 3] = stored
    _, valid = read(write_raster(tmp_path / "a.tif", image, nodata=declared))
    assert np.argwhere(~valid).tolist() == [[2, 3]]


@pytest.mark.parametrize(
    ("dtype", "declared"), [("uint8", -9999), ("uint8", 0.5), ("uint16", np.nan), ("int16", 1e10)]
)
def test_nodata_that_the_type_cannot_represent_is_ignored(tmp_path, dtype, declared):
    path = write_raster(tmp_path / "a.tif", np.ones((1, 4, 5), dtype=dtype), nodata=declared)
    with RasterSource(path) as source:
        assert source.nodata == (None,)
        assert source.read(source.grid.window)[1].all()


def test_infinite_and_missing_numbers_are_invalid_without_being_declared(tmp_path):
    image = np.ones((2, 3, 4), dtype="float64")
    image[0, 0, 0], image[1, 1, 1], image[0, 2, 2] = np.nan, np.inf, -np.inf
    _, valid = read(write_raster(tmp_path / "a.tif", image))
    assert np.argwhere(~valid).tolist() == [[0, 0], [1, 1], [2, 2]]


def test_only_chosen_bands_decide_on_validity(tmp_path):
    image = np.ones((2, 3, 4), dtype="uint8")
    image[1, 0, 0] = 0
    path = write_raster(tmp_path / "a.tif", image, nodata=0)
    assert not read(path)[1].all()
    assert read(path, bands=[1])[1].all()


def test_nodata_of_each_band_is_its_own(tmp_path):
    first = write_raster(tmp_path / "1.tif", np.array([[1, 2, 3]], dtype="uint8"), nodata=1)
    second = write_raster(tmp_path / "2.tif", np.array([[1, 2, 3]], dtype="int16"), nodata=3)
    gdal.BuildVRT(str(tmp_path / "a.vrt"), [first, second], separate=True).FlushCache()
    with RasterSource(str(tmp_path / "a.vrt")) as source:
        assert source.nodata == (1, 3)
        assert source.dtype == np.int16
        assert source.read(source.grid.window)[1].tolist() == [[False, True, False]]


def test_alpha_is_a_mask_and_not_a_band(tmp_path):
    alpha = np.full((20, 30), 255, dtype="uint8")
    alpha[3, 4] = 0
    path = write_raster(tmp_path / "a.tif", (IMAGE % 200).astype("uint8"), alpha=alpha)
    with RasterSource(path) as source:
        assert source.bands == (1, 2, 3)
        assert source.band_count == 3
        assert np.argwhere(~source.read(source.grid.window)[1]).tolist() == [[3, 4]]


def test_alpha_counts_beside_nodata(tmp_path):
    image = np.ones((1, 2, 3), dtype="uint8")
    image[0, 0, 0] = 9
    alpha = np.array([[255, 255, 255], [255, 255, 0]], dtype="uint8")
    _, valid = read(write_raster(tmp_path / "a.tif", image, alpha=alpha, nodata=9))
    assert valid.tolist() == [[False, True, True], [True, True, False]]


def test_a_mask_band_counts(tmp_path):
    mask = np.ones((20, 30), dtype=bool)
    mask[5:9, 7] = False
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"), mask=mask)
    assert (read(path)[1] == mask).all()


def test_signed_bytes_are_negative_numbers(tmp_path):
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(tmp_path / "a.tif"), 3, 1, 2, gdal.GDT_Byte, ["PIXELTYPE=SIGNEDBYTE"]
    )
    dataset.WriteRaster(0, 0, 3, 1, np.array([[-5, 0, 7]] * 2, dtype="int8").tobytes())
    dataset.FlushCache()
    del dataset
    assert read(str(tmp_path / "a.tif"))[0].tolist() == [[[-5, 0, 7]]] * 2


def test_complex_numbers_are_refused(tmp_path):
    path = str(tmp_path / "a.tif")
    gdal.GetDriverByName("GTiff").Create(path, 3, 2, 1, gdal.GDT_CFloat32).FlushCache()
    with pytest.raises(SuperSegError, match="CFloat32"):
        RasterSource(path)


@pytest.mark.parametrize("bands", [[4], [0], [-1], [1, 1], []])
def test_bands_that_do_not_exist_are_refused_by_name(tmp_path, bands):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"))
    with pytest.raises(SuperSegError, match="BANDS"):
        RasterSource(path, bands=bands)


def test_the_message_says_how_many_bands_there_are(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"))
    with pytest.raises(SuperSegError, match=r"no band 9, a\.tif has 3 bands"):
        RasterSource(path, bands=[9])


def test_display_bands_follow_the_color_interpretation(tmp_path):
    path = write_raster(tmp_path / "a.tif", (IMAGE % 200).astype("uint8"))
    dataset = gdal.Open(path, gdal.GA_Update)
    for number, color in enumerate([gdal.GCI_BlueBand, gdal.GCI_GreenBand, gdal.GCI_RedBand], 1):
        dataset.GetRasterBand(number).SetColorInterpretation(color)
    dataset.FlushCache()
    del dataset
    with RasterSource(path) as source:
        assert source.display_bands == (2, 1, 0)
    with RasterSource(path, bands=[2, 3]) as source:
        assert source.display_bands == (0,)


def test_an_extent_cuts_the_grid(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"))
    x, y = GEOTRANSFORM[0], GEOTRANSFORM[3]
    with RasterSource(path, extent=(x + 10, y - 20, x + 30, y - 8)) as source:
        assert (source.grid.width, source.grid.height) == (10, 6)
        assert source.offset == (5, 4)
        assert source.grid.geotransform[0] == x + 10
        assert (source.read(source.grid.window)[0] == IMAGE[:, 4:10, 5:15]).all()


@pytest.mark.parametrize(
    "geotransform",
    [GEOTRANSFORM, (0.0, 2.0, 0.0, 0.0, 0.0, 2.0), (9.0, 1.7, 0.5, 5.0, 1.0, -0.9), None],
    ids=["north-up", "south-up", "rotated", "none"],
)
def test_polygons_take_the_pixels_whose_centers_they_cover(tmp_path, geotransform):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"), geotransform=geotransform)
    shown = geotransform or (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    corners = [
        gdal.ApplyGeoTransform(list(shown), c, r) for c, r in [(3, 2), (9, 2), (9, 12), (3, 12)]
    ]
    expected = np.zeros((20, 30), dtype=bool)
    expected[2:12, 3:9] = True
    with RasterSource(path, mask=[polygon(*corners)]) as source:
        assert (source.read(source.grid.window)[1] == expected).all()
        for tile in tiles(30, 20, 8):
            assert (source.read(tile)[1] == expected[tile.slices]).all()


def test_polygons_with_holes_and_several_of_them(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"), geotransform=None, epsg=None)
    text = "POLYGON((0 0,10 0,10 -10,0 -10,0 0),(2 -2,4 -2,4 -4,2 -4,2 -2))"
    holed = bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb())
    _, valid = read(path, mask=[holed, polygon((20, 0), (25, 0), (25, -5), (20, -5))])
    assert valid.sum() == 100 - 4 + 25


@pytest.mark.parametrize(
    "mask",
    [[], [b"nonsense"], [polygon((1e7, 1e7), (1e7 + 1, 1e7), (1e7, 1e7 + 1))]],
    ids=["none", "no polygon", "off the raster"],
)
def test_a_useless_mask_is_refused_by_name(tmp_path, mask):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"))
    with pytest.raises(SuperSegError, match="MASK"):
        RasterSource(path, mask=mask)


@pytest.mark.usefixtures("gdal_exceptions")
def test_a_damaged_block_is_named(tmp_path, capfd):
    path = Path(
        write_raster(
            tmp_path / "a.tif",
            np.random.default_rng(0).integers(0, 255, (2, 64, 64)).astype("uint8"),
            options=[
                "TILED=YES",
                "BLOCKXSIZE=32",
                "BLOCKYSIZE=32",
                "COMPRESS=DEFLATE",
                "INTERLEAVE=BAND",
            ],
        )
    )
    dataset = gdal.Open(str(path))
    offset = int(dataset.GetRasterBand(2).GetMetadataItem("BLOCK_OFFSET_1_0", "TIFF"))
    del dataset
    content = bytearray(path.read_bytes())
    content[offset : offset + 200] = b"\xff" * 200
    path.write_bytes(content)
    with RasterSource(str(path)) as source:
        with pytest.raises(SuperSegError) as error:
            source.read(source.grid.window)
        assert "a.tif: band 2" in str(error.value)
        assert "rows 0 to 31, columns 32 to 63" in str(error.value)
        assert source.read(Window(0, 32, 64, 32))[1].all()
    assert capfd.readouterr().err == ""


def test_many_bands_are_decoded_in_threads(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (10, 600, 600)).astype("uint8")
    tiled = ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"]
    path = write_raster(tmp_path / "a.tif", image, options=[*tiled, "INTERLEAVE=PIXEL"])
    with RasterSource(path) as source:
        window = Window(50, 60, 500, 400)
        before = time.thread_time(), time.process_time()
        values, valid = source.read(window)
        here, everywhere = time.thread_time() - before[0], time.process_time() - before[1]
        assert valid.all()
        assert (values == image[:, 60:460, 50:550]).all()
        assert here < 0.8 * everywhere
        assert (source.read(source.grid.window)[0] == image).all()
    content = bytearray(Path(path).read_bytes())
    dataset = gdal.Open(path)
    place = dataset.GetRasterBand(1).GetMetadataItem("BLOCK_OFFSET_1_2", "TIFF")
    del dataset
    content[int(place) : int(place) + 2000] = b"\xff" * 2000
    Path(path).write_bytes(content)
    place = "rows 256 to 383, columns 128 to 255"
    with RasterSource(path) as source, pytest.raises(SuperSegError, match=place):
        source.read(source.grid.window)


@pytest.mark.usefixtures("gdal_exceptions")
@pytest.mark.parametrize("name", ["missing.tif", "text.tif", "/vsizip/none.zip/a.tif"])
def test_a_file_that_is_not_a_raster_is_named(tmp_path, name):
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(SuperSegError, match=Path(name).name):
        RasterSource(name if name.startswith("/vsi") else str(tmp_path / name))


def test_no_descriptor_stays_open(tmp_path):
    path = write_raster(tmp_path / "a.tif", IMAGE.astype("int16"), mask=np.ones((20, 30), bool))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with RasterSource(path) as source:
            source.read(source.grid.window)
        with pytest.raises(SuperSegError):
            RasterSource(path, bands=[7])
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with pytest.raises(ValueError, match="closed"):
        source.read(Window(0, 0, 1, 1))


def test_signed_beside_unsigned_numbers_where_gdal_has_no_64_bits(tmp_path, monkeypatch):
    known = {kind: code for kind, code in pixels._CODES.items() if kind.itemsize < 8}
    monkeypatch.setattr(pixels, "_CODES", {**known, np.dtype("float64"): gdal.GDT_Float64})
    write_raster(tmp_path / "a.tif", np.full((4, 5), 4_000_000_000, "uint32"))
    write_raster(tmp_path / "b.tif", np.full((4, 5), -5, "int16"))
    both = str(tmp_path / "both.vrt")
    parts = [str(tmp_path / name) for name in ("a.tif", "b.tif")]
    gdal.BuildVRT(both, parts, separate=True).FlushCache()
    values, valid = read(both)
    assert values[:, 0, 0].tolist() == [4_000_000_000, -5]
    assert valid.all()


@pytest.mark.parametrize("written", ["Grün".encode(), "Grün".encode("latin-1")])
def test_band_names_in_any_encoding_can_be_written_again(tmp_path, written):
    path = tmp_path / "a.img"
    write_raster(path, IMAGE[0].astype("int16"), driver="ENVI", names=["Name"])
    header = tmp_path / "a.hdr"
    header.write_bytes(header.read_bytes().replace(b"Name", written))
    (tmp_path / "a.img.aux.xml").unlink(missing_ok=True)
    with RasterSource(path) as source:
        assert source.band_names == ("Grün",)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e300, 0.0])
def test_a_geotransform_without_inverse_is_none(tmp_path, number):
    path = tmp_path / "a.vrt"
    gdal.GetDriverByName("VRT").CreateCopy(
        str(path), gdal.Open(write_raster(tmp_path / "a.tif", IMAGE[0].astype("int16")))
    ).FlushCache()
    text = path.read_text(encoding="utf-8")
    numbers = f"<GeoTransform>5, {number}, 0, 5, 0, {number}</GeoTransform>"
    start, end = text.index("<GeoTransform>"), text.index("</GeoTransform>")
    path.write_text(text[:start] + numbers + text[end + len("</GeoTransform>") :], encoding="utf-8")
    with RasterSource(str(path)) as source:
        assert source.grid.geotransform is None
        assert (source.grid.pixel_areas(source.grid.window) == 1).all()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/vsicurl/https://h/a/x.tif?sv=1&sig=S3CRET/S3CRET%3D", "x.tif"),
        ("/vsicurl?header.Authorization=Bearer S3CRET&url=https://h/x.tif", "x.tif"),
        ("/vsis3/bucket/x.tif", "x.tif"),
        ("/data/what?/x?.tif", "x?.tif"),
    ],
)
def test_a_name_for_records_and_messages_holds_no_credentials(path, name):
    assert RasterSource.name.fget(SimpleNamespace(path=path)) == name


def test_a_damaged_raster_is_named_when_it_is_read_at_reduced_resolution(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (256, 256), dtype=np.uint8)
    path = Path(write_raster(tmp_path / "image.tif", pixels, options=["COMPRESS=DEFLATE"]))
    with RasterSource(str(path)) as source:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(SuperSegError, match=r"image\.tif: band 1 cannot be read") as caught:
            read_small(source, source.grid.window, 64, 64)
    assert ".vrt" not in str(caught.value)
