# SPDX-License-Identifier: GPL-2.0-or-later
"""Whoever has an image with overviews gets results with overviews."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import Cancelled
from superseg_plugin.pipeline.average_color import run_average_color
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.merging import MergingInputs, MergingOptions, run_merging
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.options.training import TrainingOptions
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.pipeline.training import TrainingInputs, TrainingOutputs, run_training
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = write_raster(tmp_path_factory.mktemp("scene") / "scene.tif", landscape(300, 400))
    gdal.Open(path, gdal.GA_Update).BuildOverviews("average", [2, 4])
    return path


def segment(path, folder, worker, listener):
    with RasterSource(path) as source:
        run_segmentation(
            source,
            SegmentationOutputs(
                str(folder / "classes.tif"),
                superpixels=str(folder / "superpixels.tif"),
                average_color=str(folder / "average.tif"),
                confidence=str(folder / "confidence.tif"),
            ),
            SegmentationOptions(classes=4, preset="fast"),
            worker,
            listener,
        )


@pytest.fixture(scope="module")
def results(image, tmp_path_factory, worker):
    folder = tmp_path_factory.mktemp("results")
    listener = Listener()
    segment(image, folder, worker, listener)
    assert listener.fractions == sorted(listener.fractions)
    return folder


def overviews(path):
    """Pixels of band 1 in every overview."""
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    found = [band.GetOverview(index) for index in range(band.GetOverviewCount())]
    return [overview.ReadAsArray() for overview in found]


def test_segment(results):
    for name in ("classes", "superpixels", "average", "confidence"):
        assert [copy.shape for copy in overviews(results / f"{name}.tif")] == [(150, 200)], name
        assert not (results / f"{name}.tif.ovr").exists()
    ids = read_raster(results / "superpixels.tif")[0]
    assert np.array_equal(overviews(results / "superpixels.tif")[0], ids[::2, ::2])
    classes = read_raster(results / "classes.tif")[0]
    assert (overviews(results / "classes.tif")[0] == classes[::2, ::2]).mean() > 0.9
    assert len(read_class_table(results / "classes.tif").names) == classes.max()


def test_superpixels(image, tmp_path, worker):
    with RasterSource(image) as source:
        options = SuperpixelOptions()
        run_superpixels(source, str(tmp_path / "s.tif"), options, worker, Listener())
    assert len(overviews(tmp_path / "s.tif")) == 1


def test_classify(image, tmp_path, worker):
    model, classes, sure = (str(tmp_path / name) for name in ("m.superseg", "c.tif", "sure.tif"))
    with RasterSource(image) as source:
        training = TrainingOptions(classes=3, steps=2, patch_size=64, batch_size=2)
        run_training(TrainingInputs(source), TrainingOutputs(model), training, worker, Listener())
        inputs, outputs = ClassificationInputs(source, model), ClassificationOutputs(classes, sure)
        run_classification(inputs, outputs, ClassificationOptions(), worker, Listener())
    assert len(overviews(classes)) == len(overviews(sure)) == 1


def test_average_color_and_merging(image, results, tmp_path):
    average, merged = str(tmp_path / "average.tif"), str(tmp_path / "merged.tif")
    with RasterSource(image) as source, RasterSource(str(results / "classes.tif"), [1]) as classes:
        run_average_color(source, classes, None, average, Listener())
        run_merging(MergingInputs(classes, source), merged, MergingOptions(2, 0.0), Listener())
    assert len(overviews(average)) == len(overviews(merged)) == 1


def test_none_without_overviews_in_the_input(tmp_path, worker):
    path = write_raster(tmp_path / "scene.tif", landscape(300, 400))
    segment(path, tmp_path, worker, Listener())
    for name in ("classes", "superpixels", "average", "confidence"):
        assert not overviews(tmp_path / f"{name}.tif"), name


def test_cancelling_while_they_are_made_leaves_nothing(image, results, tmp_path):
    class StoppedAtOverviews(Listener):
        stopped = False

        def report(self, fraction, text=""):
            self.stopped |= text == "Making overviews"

        def cancelled(self):
            return self.stopped

    listener = StoppedAtOverviews()
    with (
        RasterSource(image) as source,
        RasterSource(str(results / "classes.tif"), [1]) as classes,
        pytest.raises(Cancelled),
    ):
        run_average_color(source, classes, None, str(tmp_path / "average.tif"), listener)
    assert not list(tmp_path.iterdir())
