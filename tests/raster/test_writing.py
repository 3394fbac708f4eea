# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.class_table import ClassTable, read_class_table, write_class_table
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.ground_points import GroundPoint
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.staging import FORMER, Staging, check_different, check_output
from superseg_plugin.raster.windows import Window, tiles
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.conftest import REPOSITORY, write_raster

GRID = Grid(300, 280, (500000.0, 2.0, 0.0, 5200000.0, 0.0, -2.0))


def table(count=3, bands=2):
    return ClassTable(
        names=tuple(f"Class {i + 1}" for i in range(count)),
        colors=np.arange(count * 3, dtype=np.uint8).reshape(count, 3) * 2 + 9,
        counts=np.arange(count) + 2**33,
        areas=np.linspace(1, 2, count),
        means=np.linspace(0, 1, count * bands).reshape(count, bands),
        band_names=tuple(f"bänd {i}" for i in range(bands)),
    )


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("bands", [1, 4, 6])
def test_what_is_written_is_read_back(tmp_path, dtype, bands):
    path = tmp_path / "a.tif"
    values = np.random.default_rng(0).integers(0, 200, (bands, 280, 300)).astype(dtype)
    with RasterWriter(path, GRID, RasterProfile(bands, dtype, band_names=["x"] * bands)) as writer:
        for tile in tiles(300, 280, 256):
            writer.write(tile, values[(slice(None), *tile.slices)])
            assert (writer.read(tile) == values[(slice(None), *tile.slices)]).all()
    with RasterSource(str(path)) as source:
        assert source.grid.matches(GRID)
        assert source.bands == tuple(range(1, bands + 1))
        assert source.dtype == dtype
        assert (source.read(GRID.window)[0] == values).all()


@pytest.mark.parametrize(("dtype", "predictor", "most"), [("uint32", 2, 0.95), ("float32", 3, 0.7)])
def test_areas_of_equal_values_take_little_space(tmp_path, dtype, predictor, most):
    # Superpixels of some 8 x 8 pixels with ragged borders: ids, or the average color of each.
    random = np.random.default_rng(0)
    rows, cols = np.mgrid[:1024, :1024] + random.integers(0, 3, (2, 1024, 1024))
    numbers = rows // 8 * 130 + cols // 8
    ids, colors = random.permutation(20000), 1000 * random.random(20000)
    values = (ids if dtype == "uint32" else colors)[numbers].astype(dtype)
    grid = Grid(1024, 1024)
    path, other = tmp_path / "a.tif", tmp_path / "b.tif"
    with RasterWriter(path, grid, RasterProfile(1, dtype)) as writer:
        writer.write(grid.window, values)
    options = ["COMPRESS=DEFLATE", "ZLEVEL=4", f"PREDICTOR={predictor}"]
    gdal.Translate(str(other), str(path), creationOptions=["TILED=YES", *options])
    assert path.stat().st_size < most * other.stat().st_size


def test_ground_control_points_and_system_are_kept(tmp_path):
    with RasterSource(write_raster(tmp_path / "in.tif", np.ones((4, 5), "uint8"))) as source:
        crs = source.grid.crs
    points = tuple(
        GroundPoint(c, r, c * 2.0, r * 3.0, 1.0, f"{c}{r}") for c in (0, 9) for r in (0, 8)
    )
    for grid in (Grid(9, 8, None, "", points, crs), Grid(9, 8, GRID.geotransform, crs), Grid(9, 8)):
        with RasterWriter(tmp_path / "a.tif", grid, RasterProfile(1, np.uint8)) as writer:
            writer.write(grid.window, np.ones((8, 9), np.uint8))
        with RasterSource(str(tmp_path / "a.tif")) as source:
            assert source.grid.matches(grid)
            assert bool(source.grid.crs) == bool(grid.crs)


def test_a_mask_band_lies_inside_the_file(tmp_path):
    valid = np.zeros((280, 300), dtype=bool)
    valid[10:50, 20:90] = True
    with RasterWriter(
        tmp_path / "a.tif", GRID, RasterProfile(3, np.uint8, with_mask=True)
    ) as writer:
        writer.write(GRID.window, np.ones((3, 280, 300), np.uint8))
        writer.write_mask(GRID.window, valid)
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]
    with RasterSource(str(tmp_path / "a.tif")) as source:
        assert (source.read(GRID.window)[1] == valid).all()


def test_another_shape_is_a_value_error(tmp_path):
    writer = RasterWriter(tmp_path / "a.tif", GRID, RasterProfile(1, np.uint8))
    with writer, pytest.raises(ValueError, match="does not fit"):
        writer.write(Window(0, 0, 4, 4), np.ones((3, 4)))


@pytest.mark.parametrize("name", ["a.xyzzy", "a", "a.vrt", "none/a.tif"])
def test_a_file_that_cannot_be_created_is_named(tmp_path, name):
    with pytest.raises(SuperSegError, match=name):
        RasterWriter(tmp_path / name, GRID, RasterProfile(1, np.uint8))


@pytest.mark.parametrize("compress", [True, False])
def test_a_full_disk_is_an_error(tmp_path, compress):
    program = (
        "import resource, signal, sys, numpy as np\n"
        f"sys.path.insert(0, {str(REPOSITORY)!r})\n"
        "from superseg_plugin.raster.writer import RasterProfile, RasterWriter\n"
        "from superseg_plugin.raster.grid import Grid\n"
        "from superseg_plugin.errors import SuperSegError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))\n"
        "grid = Grid(600, 600)\n"
        "try:\n"
        f"    with RasterWriter({str(tmp_path / 'a.tif')!r}, grid,"
        f" RasterProfile(1, 'uint16', compress={compress})) as writer:\n"
        "        writer.write(grid.window,"
        " np.random.default_rng(0).integers(0, 65535, (600, 600)))\n"
        "except SuperSegError as error:\n"
        "    sys.exit(7 if 'a.tif cannot be written' in str(error) else 8)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 7, done.stderr


def test_the_class_table_is_in_the_raster(tmp_path):
    path = tmp_path / "a.tif"
    with RasterWriter(path, GRID, RasterProfile(1, np.uint8, nodata=0)) as writer:
        writer.write(GRID.window, np.ones((280, 300), np.uint8))
    written = table()
    write_class_table(path, written)
    found = read_class_table(path)
    assert found.names == written.names
    assert found.band_names == written.band_names
    for name in ("colors", "counts", "areas", "means"):
        assert (getattr(found, name) == getattr(written, name)).all()
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    assert band.GetNoDataValue() == 0
    assert band.GetRasterColorTable().GetColorEntry(2) == (*written.colors[1].tolist(), 255)
    assert band.GetRasterColorTable().GetColorEntry(0)[3] == 0
    assert band.GetRasterCategoryNames()[1:4] == list(written.names)
    rat = band.GetDefaultRAT()
    usages = {rat.GetNameOfCol(i): rat.GetUsageOfCol(i) for i in range(rat.GetColumnCount())}
    assert usages["Count"] == gdal.GFU_PixelCount
    assert usages["Class"] == gdal.GFU_Name
    assert usages["Red"] == gdal.GFU_Red


def test_255_classes_fit_and_one_more_does_not(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.ones((4, 5), "uint8"))
    colors = np.zeros((255, 3), np.uint8)
    write_class_table(
        path, ClassTable(("n",) * 255, colors, *np.zeros((2, 255)), np.zeros((255, 1)))
    )
    assert len(read_class_table(path).names) == 255
    with pytest.raises(SuperSegError, match="up to 255 classes, not 256"):
        write_class_table(path, table(256))


def test_other_rasters_have_no_class_table(tmp_path):
    assert read_class_table(write_raster(tmp_path / "a.tif", np.ones((4, 5), "uint8"))) is None


def test_outputs_appear_together_with_their_sidecars_or_not_at_all(tmp_path):
    final = tmp_path / "a.tif"
    final.write_text("old")
    (tmp_path / "a.tif.aux.xml").write_text("old")
    (tmp_path / "a.tif.ovr").write_text("old")
    with Staging() as staging:
        staging.path(final).write_text("never committed")
    assert final.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 3
    with Staging() as staging:
        built = staging.path(final)
        built.write_text("new")
        built.with_name("a.tif.aux.xml").write_text("new")
        staging.path(tmp_path / "b.txt").write_text("other")
        assert final.read_text() == "old"
        staging.commit()
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "a.tif": "new",
        "a.tif.aux.xml": "new",
        "b.txt": "other",
    }


def test_an_output_is_checked_before_any_work(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.ones((4, 5), "uint8"))
    (tmp_path / "link.tif").symlink_to(path)
    (tmp_path / "folder.tif").mkdir()
    virtual = str(tmp_path / "in.vrt")
    gdal.Translate(virtual, path, format="VRT").FlushCache()
    check_output(tmp_path / "new.tif", "OUTPUT", [path])
    check_output(tmp_path / "new.superseg", "MODEL", [path], raster=False)
    for name, inputs, said in [
        ("new.xyzzy", (), ".tif"),
        ("new", (), ".tif"),
        ("none/new.tif", (), "does not exist"),
        ("folder.tif", (), "is a folder"),
        ("in.tif", (path,), "is an input"),
        ("link.tif", (path,), "is an input"),
        ("in.tif", (virtual,), "is an input"),
    ]:
        with pytest.raises(SuperSegError, match=said) as error:
            check_output(tmp_path / name, "OUTPUT", inputs)
        assert str(error.value).startswith("OUTPUT")
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


def test_two_outputs_cannot_be_one_file(tmp_path):
    check_different([("A", str(tmp_path / "a")), ("B", None), ("C", str(tmp_path / "c"))])
    with pytest.raises(SuperSegError, match=r"C: .* A"):
        check_different([("A", str(tmp_path / "a")), ("C", str(tmp_path / "." / "a"))])


def test_outputs_are_replaced_together_or_not_at_all(tmp_path, monkeypatch):
    def state():
        return {file.name: file.read_text() for file in tmp_path.iterdir() if file.is_file()}

    for name in ("a.tif", "a.tif.aux.xml", "a.tif.superseg.json", "b.tif", "a.tif.ovr"):
        (tmp_path / name).write_text("old")
    former = state()
    rename, replace = Path.rename, Path.replace
    refused = PermissionError(13, "used by another process")

    def held(move):
        # Windows refuses to move a file that another program holds open, or to replace it.
        def moved(self, target):
            if "b.tif" in (self.name, Path(target).name) and ".superseg-" not in self.parent.name:
                raise refused
            return move(self, target)

        return moved

    def held_late(self, target):
        # Opened by another program after it was found free.
        if Path(target) == tmp_path / "b.tif" and FORMER not in self.parts:
            raise refused
        return replace(self, target)

    for name, double in (("rename", held(rename)), ("replace", held_late)):
        with monkeypatch.context() as patch, Staging() as staging:
            patch.setattr(Path, name, double)
            for final in ("a.tif", "c.tif", "b.tif"):
                built = staging.path(tmp_path / final)
                built.write_text("new")
                built.with_name(f"{final}.aux.xml").write_text("new")
            with pytest.raises(SuperSegError, match=r"b\.tif cannot be replaced \(used by"):
                staging.commit()
        assert state() == former
    assert not list(tmp_path.glob(".superseg-*"))
    with Staging() as staging:
        staging.path(tmp_path / "a.tif").write_text("new")
        staging.commit()
    # Table, overviews and record of the former raster would describe the new one wrongly.
    assert state() == {"a.tif": "new", "b.tif": "old"}


def test_a_result_that_is_held_open_is_found_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "a.tif").write_text("old")
    refused = PermissionError(13, "used by another process")
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(refused))
    with pytest.raises(SuperSegError, match=r"OUTPUT: .*a\.tif cannot be replaced .*layer"):
        check_output(tmp_path / "a.tif", "OUTPUT")


@pytest.mark.parametrize("path", ["memory:", "ogr:dbname='x.gpkg' table=\"t\"", "/vsimem/a.tif"])
def test_an_output_that_is_no_file_is_refused(path):
    with pytest.raises(SuperSegError, match="OUTPUT: this output is a file"):
        check_output(path, "OUTPUT")
