# SPDX-License-Identifier: GPL-2.0-or-later
"""A model on images with other bands and values than the one that it was trained on."""

from __future__ import annotations

import re
from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest

from superseg_plugin.contracts import BandScaling
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classification import (
    CURE,
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from superseg_plugin.pipeline.formats.model_file import load_model
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.training import TrainingOptions
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.model_values import ModelUse, check_values
from superseg_plugin.pipeline.training import TrainingInputs, TrainingOutputs, run_training
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

NAMES = ["B02", "B03", "B04", "B08"]


@pytest.fixture(scope="module")
def pixels():
    """Four bands of reflectance times 10000."""
    return landscape(120, 150, 4).astype(np.uint16) * 20 + 100


def train(folder, path, worker, bands=None):
    with RasterSource(path, bands) as source:
        run_segmentation(
            source,
            SegmentationOutputs(str(folder / "map.tif"), model=str(folder / "m.superseg")),
            SegmentationOptions(classes=5, preset="fast"),
            worker,
            Listener(),
        )
    return str(folder / "m.superseg"), read_raster(folder / "map.tif")


@pytest.fixture(scope="module")
def named(tmp_path_factory, pixels, worker):
    """Model and map of an image whose bands have names."""
    folder = tmp_path_factory.mktemp("named")
    return train(folder, write_raster(folder / "i.tif", pixels, names=NAMES), worker)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory, pixels, worker):
    """Model and map of four of the five bands of an image without names, and the image."""
    folder = tmp_path_factory.mktemp("chosen")
    path = write_raster(folder / "five.tif", np.concatenate([pixels[:1] // 7, pixels]))
    return (*train(folder, path, worker, [2, 3, 4, 5]), path)


@pytest.fixture
def classify(tmp_path, worker):
    """Write an image and classify it; return the map and the log."""

    def run(model, values, names=(), bands=None, **options):
        path = values
        if not isinstance(values, str):
            path = write_raster(tmp_path / "image.tif", values, names=names)
        listener = Listener()
        with RasterSource(path, bands) as source:
            run_classification(
                ClassificationInputs(source, model),
                ClassificationOutputs(str(tmp_path / "c.tif")),
                ClassificationOptions(**options),
                worker,
                listener,
            )
        return read_raster(tmp_path / "c.tif"), "\n".join(listener.lines)

    return run


def test_bands_in_another_order_are_found_by_their_names(named, pixels, classify):
    model, expected = named
    order = [3, 1, 0, 2]
    found, log = classify(model, pixels[order], [NAMES[index] for index in order])
    assert np.array_equal(found, expected)
    assert "B02 (band 3), B03 (band 2), B04 (band 4), B08 (band 1)" in log
    assert "Warning" not in log


def test_bands_among_others_are_found_by_their_names(named, pixels, classify):
    model, expected = named
    more = np.stack([pixels[0] // 9, *pixels[::-1], pixels[1] // 9])
    found, log = classify(model, more, ["B01", *(name.lower() for name in NAMES[::-1]), "B11"])
    assert np.array_equal(found, expected)
    assert "B02 (band 5)" in log


def test_the_bands_that_a_model_was_trained_on_are_found_by_their_numbers(chosen, classify):
    model, expected, path = chosen
    assert (load_model(model).band_numbers, load_model(model).image_bands) == ((2, 3, 4, 5), 5)
    found, log = classify(model, path)
    assert np.array_equal(found, expected)
    assert "2, 3, 4, 5" in log


def test_an_image_of_the_chosen_bands_alone_is_taken_in_order(chosen, pixels, classify):
    model, expected, _ = chosen
    assert np.array_equal(classify(model, pixels)[0], expected)


def test_bands_are_taken_as_the_user_gives_them(named, pixels, classify):
    model, expected = named
    more = np.concatenate([pixels[:2] // 9, pixels[::-1]])
    with pytest.raises(SuperSegError, match=r"trained on 4 bands .*has 6\. Give BANDS"):
        classify(model, more)
    assert np.array_equal(classify(model, more, bands=[6, 5, 4, 3])[0], expected)
    with pytest.raises(SuperSegError, match=r"trained on 4 bands .*BANDS has 2"):
        classify(model, more, bands=[1, 2])


def test_names_that_differ_are_told_and_names_that_say_nothing_are_not(named, pixels, classify):
    model, _ = named
    assert "Warning" in classify(model, pixels, ["blue", "green", "red", "nir"])[1]
    numbered = [f"Band_{number}" for number in (4, 3, 2, 1)]
    assert "Warning" not in classify(model, pixels, numbered)[1]
    # Chosen bands are used even if their names say otherwise.
    found, log = classify(model, pixels, NAMES[::-1], bands=[1, 2, 3, 4])
    assert "Warning" in log
    assert np.array_equal(found, named[1])


@pytest.mark.parametrize("factor", [1e-4, 0.01, 0.1, 10, 257])
def test_other_units_are_refused_with_both_ranges_and_the_cure(named, pixels, classify, factor):
    model, expected = named
    image = (pixels * float(factor)).astype(np.float32)
    with pytest.raises(SuperSegError) as refused:
        classify(model, image, NAMES)
    ranges = r"B02 is (.+) to (.+) in the model and (.+) to (.+) in the image"
    said = re.search(ranges, str(refused.value))
    low, high, lower, upper = map(float, said.groups())
    assert (lower, upper) == pytest.approx((low * factor, high * factor), rel=0.01)
    # Most values of the band, and not much more than all.
    assert low <= np.percentile(pixels[0], 25)
    assert np.percentile(pixels[0], 75) <= high <= 1.5 * pixels[0].max()
    assert "RESCALE" in str(refused.value)
    found, log = classify(model, image, NAMES, rescale=True)
    assert agreement(found, expected) > 0.9
    assert "matched" in log


def agreement(found, expected):
    """Adjusted Rand index of two maps."""
    table = np.histogram2d(found.ravel(), expected.ravel(), bins=np.arange(257))[0]

    def pairs(counts):
        return float((counts * (counts - 1) / 2).sum())

    one, other, all_pairs = pairs(table.sum(0)), pairs(table.sum(1)), pairs(table.sum())
    chance = one * other / all_pairs
    return (pairs(table) - chance) / ((one + other) / 2 - chance)


def test_other_offsets_are_matched_on_request(named, pixels, classify):
    """As kelvins for degrees: the same spread, far away."""
    model, expected = named
    far = pixels + 20000
    with pytest.raises(SuperSegError, match="do not overlap"):
        classify(model, far, NAMES)
    assert agreement(classify(model, far, NAMES, rescale=True)[0], expected) > 0.9


@pytest.mark.parametrize("factor", [1 / 3, 0.5, 2, 3])
def test_another_light_is_no_other_unit(named, pixels, classify, factor):
    classify(named[0], (pixels * factor).astype(np.uint16), NAMES)


def test_a_scene_of_one_surface_is_no_other_unit(named):
    """Water on Sentinel-2: dark and plain in the infrared, within the range in the visible."""
    land = BandScaling(
        (0.0,) * 6,
        (3000.0, 3500.0, 4000.0, 6000.0, 6000.0, 5000.0),
        (600.0, 800.0, 900.0, 3000.0, 2500.0, 1800.0),
        (250.0, 300.0, 450.0, 900.0, 900.0, 800.0),
    )
    water = BandScaling(
        (0.0,) * 6,
        (600.0, 500.0, 350.0, 150.0, 80.0, 60.0),
        (420.0, 350.0, 200.0, 80.0, 40.0, 25.0),
        (20.0, 25.0, 20.0, 10.0, 6.0, 5.0),
    )
    model = load_model(named[0])
    use = ModelUse(
        type(model)(**{**vars(model), "scaling": land, "band_names": ("b",) * 6}), "m", "i", CURE
    )
    check_values(use, water, Listener())


def test_a_folder_takes_bands_and_rescaling(named, pixels, tmp_path, worker):
    model, expected = named
    images = tmp_path / "images"
    images.mkdir()
    values = {"plain": pixels, "reversed": pixels[::-1], "reflectance": pixels / 10000}
    for name, bands in values.items():
        order = NAMES[::-1] if name == "reversed" else NAMES
        write_raster(images / f"{name}.tif", bands.astype(np.float32), names=order)
    scenes = sorted(images.iterdir())

    def run(bands=None, **options):
        folder = str(tmp_path / "results")
        inputs = FolderInputs(scenes, model, bands)
        options = ClassificationOptions(**options)
        start = partial(nullcontext, worker)
        return run_folder_classification(inputs, FolderOutputs(folder), options, start, Listener())

    (failure,) = run().failures
    assert failure.startswith("reflectance.tif")
    assert "RESCALE" in failure
    assert np.array_equal(read_raster(tmp_path / "results" / "reversed_classes.tif"), expected)
    assert len(run([1, 2, 3, 4], rescale=True).written) == 3


def test_training_goes_on_with_the_bands_and_units_of_its_model(tmp_path, pixels, worker):
    options = TrainingOptions(classes=4, steps=2, guidance="selftraining")
    first, second = str(tmp_path / "1.superseg"), str(tmp_path / "2.superseg")

    def go_on(values, names, initial, target):
        path = write_raster(tmp_path / "image.tif", values, names=names)
        with RasterSource(path) as source:
            inputs = TrainingInputs(source, initial_model=initial)
            run_training(inputs, TrainingOutputs(target), options, worker, Listener())

    go_on(pixels, NAMES, None, first)
    go_on(pixels[::-1], NAMES[::-1], first, second)
    assert load_model(second).band_names == tuple(NAMES)
    assert load_model(second).band_numbers == (4, 3, 2, 1)
    with pytest.raises(SuperSegError, match=r"INITIAL_MODEL .*1/10000 .*leave INITIAL_MODEL empty"):
        go_on((pixels / 10000).astype(np.float32), NAMES, first, second)
    with pytest.raises(SuperSegError, match=r"INITIAL_MODEL .*trained on 4 bands .* has 3"):
        go_on(pixels[:3], NAMES[:3], first, second)
