# SPDX-License-Identifier: GPL-2.0-or-later
"""Brightness steps between the tiles of a mosaic: found where they are, and nowhere else."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.formats.stored_order import read_record_of
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.mosaic_balance import treat_steps
from superseg_plugin.pipeline.steps.mosaic_steps import find_steps
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import blurred, landscape

ROWS, COLS = 256, 320


def scene(bands=3, seed=0):
    return landscape(ROWS, COLS, bands, seed).astype(np.float32)


def steps_in(tmp_path, image, **options):
    path = write_raster(tmp_path / "image.tif", image, **options)
    with RasterSource(path) as source:
        return find_steps(source, Progress())


@pytest.mark.parametrize("of_column", [True, False])
@pytest.mark.parametrize("by", ["offset", "factor"])
def test_a_step_is_found_with_its_line_and_size(tmp_path, of_column, by):
    image = scene()
    part = np.s_[1, :, 137:] if of_column else np.s_[1, 101:]
    offset = 0.5 * image[1].std()
    if by == "offset":
        image[part] += offset
    else:
        image[part] *= 1 + offset / image[1].mean()
    (step,) = steps_in(tmp_path, image)
    assert (step.of_column, step.place, step.band) == (of_column, 137 if of_column else 101, 1)
    assert step.offset == pytest.approx(offset, rel=0.25)
    assert step.deviations == pytest.approx(0.5, rel=0.25)
    assert (step.first, step.last) == (0, ROWS if of_column else COLS)


def test_tiles_are_found_in_integers_with_nodata_beside_them(tmp_path):
    image = scene()
    image[:, :, 200:] += 12
    image[:, 120:] -= 9
    image[:, :, :20] = 0
    found = steps_in(tmp_path, np.rint(image).astype(np.int16), nodata=0)
    assert {(step.of_column, step.place, step.bands) for step in found} == {
        (True, 200, 3),
        (False, 120, 3),
    }
    assert sorted(round(step.offset) for step in found) == pytest.approx([-9, 12], abs=1)


def border(image):
    """A field border along a column: another color and other texture, over a pixel and a half."""
    other = scene(seed=1)
    image[:, :, 137:] = 0.7 * other[:, :, 137:] + 60
    image[:, :, 136] = (image[:, :, 135] + image[:, :, 137]) / 2


def pictures(image):
    """Pictures of different places side by side."""
    image[:, :, 137:] = scene(seed=1)[:, :, :-137] + 40


def road(image):
    """A road one pixel wide."""
    image[:, :, 137] += 60


def coast(image):
    """A sharp coast that follows a column for a third of its length."""
    rows = np.arange(ROWS)
    edge = np.where(rows < 85, 137, 137 + (rows - 85) // 3)
    water = np.arange(COLS) >= edge[:, np.newaxis]
    image[:, water] = 20 + image[:, water] / 20


def ramp(image):
    """Brightness that rises over ten pixels."""
    image += np.clip(np.arange(COLS) - 137, 0, 10) * 5


def drawing(image):
    """Areas of one color each."""
    image[:] = 50
    image[:, 60:200, 137:250] = 120


def stripes(image):
    """Columns of a detector, each with an offset of its own."""
    image += np.random.default_rng(0).normal(0, 10, COLS)


def noise(image):
    """Nothing but noise."""
    image[:] = blurred(np.random.default_rng(0).normal(100, 30, image.shape), 1)


@pytest.mark.parametrize(
    "change", [border, pictures, road, coast, ramp, drawing, stripes, noise, lambda image: None]
)
def test_what_is_no_step_is_not_taken_for_one(tmp_path, change):
    image = scene()
    change(image)
    assert steps_in(tmp_path, image) == []


def test_a_run_tells_the_line(tmp_path, worker, listener):
    image = scene(bands=1)[0]
    image[:, 137:] += 20
    path = write_raster(tmp_path / "mosaic.tif", np.rint(image).astype(np.int16), names=["Red"])
    with RasterSource(path) as source:
        output = str(tmp_path / "superpixels.tif")
        run_superpixels(source, output, SuperpixelOptions(), worker, listener)
    (line,) = [line for line in listener.lines if "steps by" in line]
    assert "mosaic.tif: Band 1 (Red) steps by" in line
    assert float(line.split("steps by ")[1].split()[0]) == pytest.approx(20, abs=1)
    assert "standard deviations) along column 137, rows 0 to 256" in line


def test_lines_are_those_of_the_file_where_a_part_is_read(tmp_path, listener):
    image = np.pad(scene(), ((0, 0), (40, 0), (30, 0)), mode="reflect")
    image[:, :, 200:] += 20
    path = write_raster(tmp_path / "mosaic.tif", image)
    with RasterSource(path) as whole:
        box = whole.grid.to_coordinates(np.array([[30, 296], [350, 40]])).ravel()
    with RasterSource(path, extent=(box[0], box[1], box[2], box[3])) as source:
        assert source.offset == (30, 40)
        treat_steps(source, False, listener)()
    assert any("along column 200, rows 40 to 296" in line for line in listener.lines)


def mosaic(image):
    """Six tiles; columns and rows of them have offsets of their own in each band."""
    image = image + np.float32([[-9], [12], [15]])[:, :, np.newaxis] * (np.arange(COLS) >= 100)
    image[:, :, 215:] -= 20
    image[:, 120:] += np.float32([8, -14, 11])[:, np.newaxis, np.newaxis]
    return image


@pytest.mark.parametrize("dtype", [np.float32, np.int16])
def test_steps_are_taken_out_of_all_that_is_read(tmp_path, listener, dtype):
    image = scene()
    values = np.rint(mosaic(image)).astype(dtype)
    values[:, 30:60, 90:110] = -999
    path = write_raster(tmp_path / "mosaic.tif", values, nodata=-999)
    with RasterSource(path) as source:
        treat_steps(source, True, listener)
        read, valid = source.read(source.grid.window)
        part, _ = source.read(Window(205, 110, 20, 20))
    assert read.dtype == dtype
    assert (read[:, ~valid] == -999).all()
    # Up to one constant a band.
    rest = (read - image)[:, valid]
    assert np.abs(rest - np.median(rest, axis=1, keepdims=True)).max() < 3
    assert np.array_equal(part, read[:, 110:130, 205:225])
    assert any("Offsets of 6 tiles, up to" in line for line in listener.lines)


def test_bytes_stay_within_their_range(tmp_path, listener):
    image = scene() / 2
    image[:, :, 150:] += 40
    # White in a tile that is made brighter.
    image[:, 10:20, 10:20] = 255
    path = write_raster(tmp_path / "mosaic.tif", np.rint(image).astype(np.uint8))
    with RasterSource(path) as source:
        treat_steps(source, True, listener)
        read, _ = source.read(source.grid.window)
    assert read.dtype == np.uint8
    assert (read[:, 10:20, 10:20] == 255).all()
    assert np.median(read[:, 30:, :150] - image[:, 30:, :150]) == pytest.approx(20, abs=2)


def test_a_run_and_its_model_balance_where_they_are_asked_to(tmp_path, worker, listener):
    path = write_raster(tmp_path / "mosaic.tif", mosaic(scene()).astype(np.float32))
    model = str(tmp_path / "model.superseg")
    options = SegmentationOptions(classes=5, preset="fast", superpixel_size=8, balance_tiles=True)
    outputs = SegmentationOutputs(str(tmp_path / "classes.tif"), model=model)
    with RasterSource(path) as source:
        run_segmentation(source, outputs, options, worker, listener)
    assert any(line.startswith("BALANCE_TILES: Offsets of 6 tiles") for line in listener.lines)
    assert read_record_of(outputs.classes)[0]["options"]["balance_tiles"] is True

    def equal(balance):
        """Share of the image that the model gives the class of the run."""
        target = str(tmp_path / f"again_{balance}.tif")
        again = ClassificationOptions(balance_tiles=balance)
        with RasterSource(path) as source:
            inputs = ClassificationInputs(source, model)
            run_classification(inputs, ClassificationOutputs(target), again, worker, listener)
        return (read_raster(target) == read_raster(outputs.classes)).mean()

    assert equal(True) == 1 > equal(False)


def test_an_image_without_steps_stays_as_it_is(tmp_path, listener):
    image = scene()
    path = write_raster(tmp_path / "image.tif", image)
    with RasterSource(path) as source:
        treat_steps(source, True, listener)
        assert np.array_equal(source.read(source.grid.window)[0], image)
    assert listener.lines == ["BALANCE_TILES: no step between tiles was found in image.tif"]


def test_a_damaged_file_that_the_search_meets_is_an_error(tmp_path, listener):
    path = Path(write_raster(tmp_path / "image.tif", scene(), options=["COMPRESS=DEFLATE"]))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with RasterSource(str(path)) as source:
        tell = treat_steps(source, False, listener)
        with pytest.raises(SuperSegError, match=r"image\.tif: band . cannot be read"):
            tell()


def test_the_search_ends_with_its_run(tmp_path, listener, monkeypatch):
    """A cancelled run waits no longer, and what closes the source ends the search."""
    path = write_raster(tmp_path / "image.tif", scene())
    reading, closed = threading.Event(), threading.Event()
    read = RasterSource.read

    def wait_and_read(source, window, compact=False):
        reading.set()
        assert closed.wait(60)
        return read(source, window, compact)

    monkeypatch.setattr(RasterSource, "read", wait_and_read)
    with RasterSource(path) as source:
        tell = treat_steps(source, False, listener)
        assert reading.wait(60)
        listener.stop_after = 0
        with pytest.raises(Cancelled):
            tell()
    closed.set()
    listener.stop_after = None
    with pytest.raises(ValueError, match="is closed"):
        tell()
