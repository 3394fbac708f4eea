# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of superpixels and patches equal those of their pixels."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.object_figures import Neighbors, ObjectSums
from superseg_plugin.pipeline.objects import ObjectInputs, run_objects
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from superseg_plugin.raster.superpixel_tables import superpixel_file_of
from tests.class_rasters import write_classes
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

ROWS, COLS = 120, 150


@pytest.fixture(scope="module")
def scene(worker, tmp_path_factory):
    """Paths of an image and of its classes, with their superpixels beside them."""
    folder = tmp_path_factory.mktemp("scene")
    # Large values with a small spread.
    pixels = landscape(ROWS, COLS).astype(np.float32) / 100 + 30000
    pixels[:, :20, :30] = -1
    image = write_raster(folder / "image.tif", pixels, nodata=-1)
    path = str(folder / "classes.tif")
    options = SegmentationOptions(preset="fast", classes=4)
    with RasterSource(image) as source:
        run_segmentation(source, SegmentationOutputs(path), options, worker, Progress())
    return image, path


def found_in(path, folder, superpixels, image=None, table=None, progress=None):
    """Run on a class raster; return what was found and the raster of the objects."""
    out = Path(folder) / "objects.gpkg"
    out.unlink(missing_ok=True)
    with RasterSource(path) as source, RasterSource(image) if image else nullcontext() as opened:
        inputs = ObjectInputs(source, superpixels, opened, table)
        found = run_objects(inputs, out, progress or Progress())
    return found, read_raster(Path(folder) / "objects.tif")[0].astype(np.int64)


def expected(ids, image):
    """Means, standard deviations and textures by plain loops."""
    means, spreads, textures = [], [], []
    for number in range(1, ids.max() + 1):
        inside = ids == number
        means.append([layer[inside].mean() for layer in image])
        spreads.append([layer[inside].std() for layer in image])
        right, down = inside[:, 1:] & inside[:, :-1], inside[1:] & inside[:-1]
        row = []
        for layer in image:
            steps = np.concatenate(
                [np.abs(np.diff(layer, axis=1))[right], np.abs(np.diff(layer, axis=0))[down]]
            )
            row.append(steps.mean() if len(steps) else np.nan)
        textures.append(row)
    return np.array(means), np.array(spreads), np.array(textures)


def four_neighbors(ids):
    pairs = set()
    for one, other in ((ids[:, 1:], ids[:, :-1]), (ids[1:], ids[:-1])):
        apart = (one != other) & (one > 0) & (other > 0)
        for a, b in zip(one[apart].tolist(), other[apart].tolist()):
            pairs |= {(a, b), (b, a)}
    return pairs


@pytest.mark.parametrize("superpixels", [True, False])
def test_figures_are_those_of_the_pixels(scene, tmp_path, monkeypatch, superpixels):
    image, path = scene
    # Several strips, as in a large raster.
    monkeypatch.setattr("superseg_plugin.pipeline.classes.strips.STRIP_PIXELS", 40 * COLS)
    found, ids = found_in(path, tmp_path, superpixels, image)
    figures, pixels = found.figures, read_raster(image).astype(np.float64)
    means, spreads, textures = expected(ids, pixels)
    assert figures.bands.means == pytest.approx(means, rel=1e-9)
    assert figures.bands.spreads == pytest.approx(spreads, abs=1e-6)
    assert figures.bands.textures == pytest.approx(textures, abs=1e-9, nan_ok=True)
    assert (figures.pixels == np.bincount(ids.ravel())[1:]).all()
    classes = read_raster(path)[0]
    assert (np.append(0, figures.classes)[ids] == classes).all()
    # A constant area of a pixel, nearly, so close to the central meridian.
    assert figures.areas == pytest.approx(figures.pixels * 4 / 0.9996**2, rel=1e-4)
    pairs = {(row + 1, n) for row in range(len(figures.pixels)) for n in figures.neighbors.of(row)}
    assert pairs == four_neighbors(ids)
    with SuperpixelFile.open_beside(path) as file:
        own = file.read_ids(file.grid.window).astype(np.int64)
        sure = np.append(0, file.confidence)[own]
    for number in range(1, ids.max() + 1):
        wanted = sure[ids == number].mean()
        assert figures.confidence[number - 1] == pytest.approx(wanted, abs=1e-6)
    if superpixels:
        assert (ids == own).all()


def test_patches_are_the_connected_areas_of_one_class(tmp_path):
    values = np.array([[1, 1, 2, 0], [2, 1, 2, 1], [1, 2, 2, 1]], np.uint8)
    path = write_classes(tmp_path / "classes.tif", values)
    found, ids = found_in(path, tmp_path, False)
    assert ids.tolist() == [[1, 1, 2, 0], [3, 1, 2, 4], [5, 2, 2, 4]]
    assert found.figures.classes.tolist() == [1, 2, 2, 1, 1]
    assert [found.figures.neighbors.of(row) for row in range(5)] == [
        [2, 3], [1, 4, 5], [1, 5], [2], [2, 3]
    ]  # fmt: skip
    assert (found.figures.confidence, found.figures.bands) == (None, None)
    table = tmp_path / "t.csv"
    table.write_text("from,to,name\n1,1,All\n2,1,\n", encoding="utf-8")
    found, ids = found_in(path, tmp_path, False, table=str(table))
    assert ids.tolist() == [[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1]]
    assert found.classes[1].name == "All"


def test_without_an_image_means_are_those_of_the_superpixels(scene, tmp_path):
    image, path = scene
    found, ids = found_in(path, tmp_path, False)
    means, *_ = expected(ids, read_raster(image).astype(np.float64))
    assert found.figures.bands.means == pytest.approx(means, rel=1e-6)
    assert found.figures.bands.spreads is None
    found, ids = found_in(path, tmp_path, True)
    means, *_ = expected(ids, read_raster(image).astype(np.float64))
    assert found.figures.bands.means == pytest.approx(means, rel=1e-6)


def test_objects_with_several_polygons_are_counted(tmp_path, scene):
    _, path = scene
    found, ids = found_in(path, tmp_path, True)
    layer = ogr.Open(str(tmp_path / "objects.gpkg"))
    numbers = [one.GetField("class") for one in layer.GetLayer(0)]
    counts = np.bincount(numbers, minlength=ids.max() + 1)
    assert found.several == {n: int(counts[n]) for n in np.flatnonzero(counts > 1).tolist()}
    assert (counts[1:] > 0).all()


def test_a_changed_class_raster_is_refused_and_patches_do_without(scene, tmp_path):
    _, path = scene
    changed = tmp_path / "classes.tif"
    values = read_raster(path)[0]
    values[50:60, 50:60] = 1
    write_classes(changed, values)
    superpixel_file_of(changed).write_bytes(superpixel_file_of(path).read_bytes())
    with pytest.raises(SuperSegError, match=r"CLASSIFICATION: classes\.tif was changed since"):
        found_in(str(changed), tmp_path, True)
    progress = Listener()
    found, _ = found_in(str(changed), tmp_path, False, progress=progress)
    assert found.figures.confidence is None
    assert any("Patches have no confidence" in line for line in progress.lines)


def test_without_a_file_there_are_no_superpixels(tmp_path):
    path = write_classes(tmp_path / "classes.tif", np.ones((5, 5), np.uint8))
    with pytest.raises(SuperSegError, match=r"CLASSIFICATION: There is no classes\.tif\.superseg"):
        found_in(path, tmp_path, True)


def test_an_object_without_valid_pixels_has_no_mean():
    sums = ObjectSums(2, 1, adjacent=True)
    ids = np.array([[1, 1, 2]])
    values, valid = np.array([[[5.0, 7.0, 9.0]]]), np.array([[True, True, False]])
    sums.add(ids, np.ones((1, 1)), values, valid)
    bands = sums.bands(("a",))
    assert bands.means[0, 0] == 6
    assert (bands.spreads[0, 0], bands.textures[0, 0]) == (1, 2)
    assert np.isnan(bands.means[1, 0])
    assert np.isnan(bands.spreads[1, 0])


def test_an_object_may_have_no_neighbor():
    neighbors = Neighbors(3, np.array([0]), np.array([2]))
    assert [neighbors.of(row) for row in range(3)] == [[3], [], [1]]
