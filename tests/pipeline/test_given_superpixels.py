# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of other programs, with ids of any kind."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.training import TrainingOptions
from superseg_plugin.pipeline.steps.given_superpixels import dense_superpixels
from superseg_plugin.pipeline.steps.scene import Scene
from superseg_plugin.pipeline.training import TrainingInputs, TrainingOutputs, run_training
from superseg_plugin.raster.source import RasterSource
from tests.conftest import blocks, quarters, read_raster, write_raster
from tests.pipeline.conftest import Listener

MEGABYTE = 1 << 20
# Of 64 superpixels: near the highest uint32, with gaps, in no order.
SPARSE = (4_294_000_000 + np.random.default_rng(0).permutation(900_000)[:65]).astype(np.uint32)


@pytest.fixture
def train(tmp_path, worker):
    """Train with superpixels; gives the classes of the image by the model, and the log."""
    image = write_raster(tmp_path / "image.tif", quarters()[0])

    def run(ids, name="ids", **options):
        path = write_raster(tmp_path / f"{name}.tif", ids, **options)
        model, listener = str(tmp_path / f"{name}.superseg"), Listener()
        with RasterSource(image) as source, RasterSource(path) as given:
            inputs = TrainingInputs(source, given)
            wanted = TrainingOptions(classes=4, steps=2, patch_size=32, batch_size=2)
            run_training(inputs, TrainingOutputs(model), wanted, worker, listener)
        target = str(tmp_path / f"{name}_classes.tif")
        with RasterSource(image) as source, RasterSource(path) as given:
            inputs = ClassificationInputs(source, model, given)
            outputs = ClassificationOutputs(target)
            run_classification(inputs, outputs, ClassificationOptions(), worker, listener)
        return read_raster(target)[0], listener.lines

    return run


def test_sparse_ids_give_the_same_classes_and_take_no_memory(train):
    dense, lines = train(blocks())
    assert not any("numbered anew" in line for line in lines)
    order = np.sort(SPARSE)
    tracemalloc.start()
    sparse, lines = train(order[blocks()])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.array_equal(dense, sparse)
    assert peak < 200 * MEGABYTE
    assert any("64 superpixels and a largest number of 4,29" in line for line in lines)


def test_values_that_mark_no_superpixel_are_none(train):
    ids = blocks().astype(np.int32)
    ids[:8] = -1
    classes, _ = train(ids, "negative")
    assert (classes[:8] == 0).all()
    assert (classes[8:] > 0).all()


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "int32"])
def test_numbers_follow_the_order_of_the_ids(tmp_path, worker, dtype):
    high = np.iinfo(dtype).max
    values = np.array([[high, 0, high - 1], [5, high, 3]]).repeat(20, 0).repeat(20, 1)
    path = write_raster(tmp_path / "ids.tif", values.astype(dtype))
    image = write_raster(tmp_path / "image.tif", values.astype(np.uint8))
    with RasterSource(image) as source, RasterSource(path) as ids:
        scene = Scene(source, None, worker, tmp_path, Listener())
        with dense_superpixels(scene, ids) as dense:
            numbers = read_raster(dense.path)[0][::20, ::20]
    assert np.array_equal(numbers, [[4, 0, 3], [2, 4, 1]])
