# SPDX-License-Identifier: GPL-2.0-or-later
"""REFINE_BORDERS: pixels near a border take the class that fits their color."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster

SIDE = 240


def sheds():
    """A dark field beside a bright one, with bright sheds of 5 x 5 pixels along the border."""
    bright = np.zeros((SIDE, SIDE), bool)
    bright[:, SIDE // 2 :] = True
    for row in range(10, SIDE - 10, 20):
        bright[row : row + 5, SIDE // 2 - 7 : SIDE // 2 - 2] = True
    rng = np.random.default_rng(5)
    image = np.where(bright, [[[190]], [[180]], [[170]]], [[[70]], [[80]], [[60]]])
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8), bright


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    image, bright = sheds()
    return write_raster(tmp_path_factory.mktemp("scene") / "scene.tif", image), bright


def segment(image, folder, worker, model=False, **options):
    folder.mkdir(exist_ok=True)
    outputs = SegmentationOutputs(
        str(folder / "classes.tif"),
        superpixels=str(folder / "superpixels.tif"),
        model=str(folder / "model.superseg") if model else None,
    )
    # The smallest superpixel is larger than a shed.
    chosen = {"classes": 2, "preset": "fast", "superpixel_size": 8.0, **options}
    with RasterSource(image) as source:
        run_segmentation(source, outputs, SegmentationOptions(**chosen), worker, Progress())
    return read_raster(folder / "classes.tif")[0], read_raster(folder / "superpixels.tif")[0]


def classify(image, model, target, worker, superpixels=None, **options):
    given = RasterSource(str(superpixels)) if superpixels else nullcontext()
    with RasterSource(image) as source, given as opened:
        run_classification(
            ClassificationInputs(source, str(model), opened),
            ClassificationOutputs(str(target)),
            ClassificationOptions(**options),
            worker,
            Progress(),
        )
    return read_raster(target)[0]


def share_right(classes, bright):
    """Share of the sheds' pixels that have the class of the bright field."""
    among = bright.copy()
    among[:, SIDE // 2 :] = False
    field = np.bincount(classes[:, SIDE // 2 + 20 :].ravel()).argmax()
    return (classes[among] == field).mean()


def classes_in_superpixels(classes, superpixels):
    """Number of classes in each superpixel."""
    pairs = np.unique(superpixels.astype(np.int64) * 256 + classes)
    return np.bincount(pairs // 256)[1:]


def test_objects_smaller_than_a_superpixel_appear(scene, worker, tmp_path):
    image, bright = scene
    refined, _ = segment(image, tmp_path / "on", worker)
    assert share_right(refined, bright) > 0.95
    plain, superpixels = segment(image, tmp_path / "off", worker, refine_borders=False)
    assert share_right(plain, bright) < 0.6
    assert (classes_in_superpixels(plain, superpixels) == 1).all()


def test_a_model_refines_its_own_scene_alike_but_not_given_superpixels(scene, worker, tmp_path):
    image, bright = scene
    refined, superpixels = segment(image, tmp_path / "scene", worker, model=True)
    model, given = tmp_path / "scene" / "model.superseg", tmp_path / "scene" / "superpixels.tif"
    again = classify(image, model, tmp_path / "again.tif", worker)
    np.testing.assert_array_equal(again, refined)
    off = classify(image, model, tmp_path / "off.tif", worker, refine_borders=False)
    assert share_right(off, bright) < 0.6
    mine = classify(image, model, tmp_path / "given.tif", worker, given)
    assert (classes_in_superpixels(mine, superpixels) == 1).all()


def test_maps_of_all_numbers_of_classes_are_refined_alike(worker, tmp_path):
    rng = np.random.default_rng(2)
    fields = np.kron(rng.integers(0, 6, (12, 12)), np.ones((20, 20), int))
    image = 30 + 35 * fields + rng.normal(0, 12, (2, SIDE, SIDE))
    path = write_raster(tmp_path / "fields.tif", np.clip(image, 0, 255).astype(np.uint8))
    many, _ = segment(path, tmp_path / "many", worker, classes=20)
    for count in (2, 5, 17):
        few, _ = segment(path, tmp_path / str(count), worker, classes=count)
        # Each class of the larger number lies in one of the smaller.
        pairs = np.unique(many.astype(int) * 256 + few)
        assert len(pairs) == len(np.unique(many))
