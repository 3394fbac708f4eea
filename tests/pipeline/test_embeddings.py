# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of embeddings: the forms that products have, what is said of them, models over years."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.blocks import EMBEDDING
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.average_color import run_average_color
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.embeddings import AS_BYTES
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.measures import map_ari
from tests.benchmarks.value_scenes import EmbeddedScene, dequantized, quantized
from tests.conftest import GEOTRANSFORM, read_raster, write_raster
from tests.pipeline.conftest import Listener

SCENE = EmbeddedScene(kinds=5, parcels=30, side=96, seed=3)
SOUTH_UP = (*GEOTRANSFORM[:5], -GEOTRANSFORM[5])
SIGNED = ("PIXELTYPE=SIGNEDBYTE",)


@pytest.fixture(scope="module")
def scene():
    """Vectors, kinds from 1, and where there is no vector."""
    vectors, kinds = SCENE.make()
    empty = np.zeros(kinds.shape, bool)
    empty[:20, :30] = True
    return vectors, np.where(empty, 0, kinds + 1).astype(np.uint8), empty


def segment(path, folder, worker, name="classes.tif", model=None, **options):
    progress = Listener()
    outputs = SegmentationOutputs(str(folder / name), model=model and str(folder / model))
    chosen = SegmentationOptions(**{"classes": 5, "preset": "fast", **options})
    with RasterSource(path) as source:
        run_segmentation(source, outputs, chosen, worker, progress)
    return read_raster(folder / name)[0], progress.lines


def filled(vectors, empty, value, dtype=np.float32):
    image = vectors.astype(dtype)
    image[:, empty] = value
    return image


def as_bytes(vectors, empty):
    """AlphaEarth's bytes, as GDAL before 3.7 holds signed ones."""
    return filled(quantized(vectors), empty, -128, np.int8).view(np.uint8)


@pytest.fixture(scope="module")
def usual(scene, worker, tmp_path_factory):
    """The classes of AlphaEarth's bytes, the log, the colors and the means."""
    vectors, _, empty = scene
    folder = tmp_path_factory.mktemp("bytes")
    path = write_raster(folder / "bytes.tif", as_bytes(vectors, empty), nodata=-128, options=SIGNED)
    classes, logged = segment(path, folder, worker)
    means = read_class_table(str(folder / "classes.tif")).means
    return classes, logged, colors_of(folder), means


def test_compact_bytes_are_those_of_the_vectors_and_as_valid(scene, tmp_path):
    vectors, _, empty = scene
    image = as_bytes(vectors, empty)
    image[:, 50:60, 50:60] = 1
    path = write_raster(tmp_path / "bytes.tif", image, nodata=-128, options=SIGNED)
    with RasterSource(path) as source:
        assert source.read(source.grid.window, compact=True)[0].dtype == np.int16
        source.read_as(EMBEDDING, AS_BYTES)
        whole, valid = source.read(source.grid.window)
        steps, also_valid = source.read(source.grid.window, compact=True)
    assert (steps.dtype, whole.dtype) == (np.int8, np.float32)
    np.testing.assert_array_equal(dequantized(steps)[:, valid], whole[:, valid])
    assert (valid == also_valid).all()
    # Neither nodata nor what is too short is a vector.
    assert not valid[50:60, 50:60].any()
    assert not valid[empty].any()
    assert valid.sum() > 5000


def test_class_means_of_bytes_are_those_of_the_pixels(scene, usual):
    vectors = scene[0]
    classes, means = usual[0], usual[3]
    exact = dequantized(quantized(vectors)).astype(np.float64)
    for number, mean in enumerate(means, start=1):
        np.testing.assert_allclose(mean, exact[:, classes == number].mean(axis=1), atol=1e-6)


def colors_of(folder):
    return read_class_table(str(folder / "classes.tif")).colors.astype(int)


def test_the_bytes_are_vectors_and_the_log_says_so(scene, usual):
    _, kinds, empty = scene
    classes, logged = usual[:2]
    assert logged[0] == "Values of bytes.tif: AlphaEarth's bytes: vectors of length 1 in 64 bands"
    assert ((classes == 0) == empty).all()
    assert map_ari(classes, kinds) > 0.9


@pytest.mark.parametrize(
    ("made", "value", "said"),
    [
        (lambda v: dequantized(quantized(v)).astype(np.float64), np.nan, "in 64 bands"),
        (lambda v: dequantized(quantized(v)), -9999.0, "% of the pixels have none"),
        (lambda v: dequantized(quantized(v)), 0.0, "% of the pixels have none"),
        (lambda v: v, -1.0, "% of the pixels have none"),
        (lambda v: quantized(v).astype(np.int16), -128, "AlphaEarth's bytes"),
    ],
)
def test_every_form_of_a_tile_gets_the_same_classes(
    scene, usual, made, value, said, worker, tmp_path
):
    vectors, _, empty = scene
    image = made(vectors)
    path = write_raster(tmp_path / "tile.tif", filled(image, empty, value, image.dtype))
    classes, logged = segment(path, tmp_path, worker)
    assert "vectors of length 1" in logged[0]
    assert said in logged[0]
    assert (classes == usual[0]).mean() >= 0.995
    assert np.abs(colors_of(tmp_path) - usual[2]).max() <= 2


def test_a_tile_that_is_stored_bottom_up_gets_the_same_classes(scene, usual, worker, tmp_path):
    vectors, _, empty = scene
    image = as_bytes(vectors, empty)[:, ::-1]
    path = write_raster(tmp_path / "t.tif", image, geotransform=SOUTH_UP, options=SIGNED)
    classes, _ = segment(path, tmp_path, worker)
    assert (classes[::-1] == usual[0]).mean() >= 0.995


def test_vectors_of_any_length_are_embeddings_by_name_or_on_the_users_word(worker, tmp_path):
    scene = EmbeddedScene(kinds=5, parcels=30, bands=32, unit=False, side=96)
    vectors, kinds = scene.make()
    names = [f"Tessera_Band_{number}" for number in range(32)]
    named = write_raster(tmp_path / "named.tif", vectors, names=names)
    plain = write_raster(tmp_path / "plain.tif", vectors)
    classes, logged = segment(named, tmp_path, worker)
    assert logged[0] == "Values of named.tif: embedding: vectors in 32 bands"
    assert map_ari(classes, (kinds + 1).astype(np.uint8)) > 0.9
    told, _ = segment(plain, tmp_path, worker, values="embedding")
    assert (told == classes).all()
    assert not any("embedding" in line for line in segment(plain, tmp_path, worker)[1])


def test_measurements_of_many_bands_are_no_embedding(worker, tmp_path):
    _, kinds = SCENE.make()
    random = np.random.default_rng(0)
    spectra = random.uniform(200, 3000, (5, 64))[kinds].transpose(2, 0, 1)
    image = (spectra * random.uniform(0.6, 1.2, kinds.shape)).astype(np.int16)
    path = write_raster(tmp_path / "spectra.tif", image)
    _, logged = segment(path, tmp_path, worker)
    assert not any("vector" in line for line in logged)


def test_what_the_user_says_must_be_so(scene, worker, tmp_path):
    path = write_raster(tmp_path / "floats.tif", scene[0])
    with pytest.raises(
        SuperSegError, match=r"AlphaEarth int8.* whole numbers.*floats.tif.*float32"
    ):
        segment(path, tmp_path, worker, values="AlphaEarth int8")
    counts = np.full((3, 64, 64), 127, np.uint8)
    other = write_raster(tmp_path / "bytes.tif", counts)
    with pytest.raises(SuperSegError, match=r"bytes.tif has no vectors of length 1"):
        segment(other, tmp_path, worker, values="AlphaEarth int8")
    assert not (tmp_path / "classes.tif").exists()


def test_colors_are_those_of_what_differs_most(scene, worker, tmp_path):
    vectors, _, _ = scene
    # The first three bands, which are shown of other images, are the same everywhere.
    flat = np.concatenate([np.full((3, *vectors.shape[1:]), 0.01, np.float32), vectors[:61]])
    path = write_raster(tmp_path / "flat.tif", flat / np.linalg.norm(flat, axis=0))
    segment(path, tmp_path, worker)
    colors = colors_of(tmp_path)
    assert np.ptp(colors, axis=1).max() > 60


def test_one_model_over_the_years(scene, worker, tmp_path):
    vectors, kinds, _ = scene
    noise = np.random.default_rng(1).normal(0, 0.02, vectors.shape)
    changed = np.zeros(kinds.shape, bool)
    changed[60:80, 60:80] = True
    later = np.where(changed, vectors[:, ::-1, ::-1], vectors) + noise
    later = (later / np.linalg.norm(later, axis=0)).astype(np.float32)
    first = write_raster(tmp_path / "2023.tif", vectors)
    second = write_raster(tmp_path / "2024.tif", quantized(later).view(np.uint8), options=SIGNED)
    classes, _ = segment(first, tmp_path, worker, model="model.superseg")
    target = tmp_path / "later.tif"
    with RasterSource(second) as source:
        inputs = ClassificationInputs(source, str(tmp_path / "model.superseg"))
        outputs = ClassificationOutputs(str(target))
        run_classification(inputs, outputs, ClassificationOptions(), worker, Listener())
    same = read_raster(target)[0] == classes
    assert same[~changed].mean() >= 0.98
    tables = [read_class_table(str(tmp_path / name)) for name in ("classes.tif", "later.tif")]
    assert tables[0].colors.tolist() == tables[1].colors.tolist()
    # The record beside the classes has the colors of the first year.
    pictures = [
        average_colors(path, tmp_path / classes, tmp_path / f"{classes}.rgb.tif")
        for path, classes in ((first, "classes.tif"), (second, "later.tif"))
    ]
    assert np.abs(pictures[0] - pictures[1])[:, ~changed & same].max() <= 12


def average_colors(image, classes, target):
    with RasterSource(image) as source, RasterSource(str(classes)) as found:
        run_average_color(source, found, None, str(target), Listener())
    with RasterSource(str(target)) as painted:
        values, valid = painted.read(painted.grid.window)
        assert painted.band_colors == ("Red", "Green", "Blue")
        assert values.dtype == np.uint8
    return np.where(valid, values, 0).astype(int)


def test_average_colors_are_those_of_the_vectors_not_of_their_bytes(scene, usual, tmp_path):
    vectors, _, empty = scene
    classes = write_raster(tmp_path / "classes.tif", usual[0], nodata=0)
    bytes_path = write_raster(
        tmp_path / "b.tif", as_bytes(vectors, empty), nodata=-128, options=SIGNED
    )
    floats = filled(dequantized(quantized(vectors)), empty, np.nan)
    floats_path = write_raster(tmp_path / "f.tif", floats)
    shown = average_colors(bytes_path, classes, tmp_path / "one.tif")
    assert (shown == average_colors(floats_path, classes, tmp_path / "two.tif")).all()
    assert (shown[:, empty] == 0).all()
    # Red is the direction in which the mean vectors of the classes differ most.
    numbers = np.unique(usual[0][usual[0] > 0])
    means = np.array([floats[:, usual[0] == n].mean(axis=1) for n in numbers])
    counts = [np.count_nonzero(usual[0] == n) for n in numbers]
    centered = means - np.average(means, axis=0, weights=counts)
    first = np.linalg.svd(centered * np.sqrt(counts)[:, np.newaxis])[2][0]
    red = np.array([shown[0][usual[0] == n][0] for n in numbers])
    assert abs(np.corrcoef(centered @ first, red)[0, 1]) > 0.9


def test_a_model_of_embeddings_refuses_measurements(scene, worker, tmp_path):
    path = write_raster(tmp_path / "vectors.tif", scene[0])
    segment(path, tmp_path, worker, model="model.superseg")
    other = np.random.default_rng(0).integers(0, 3000, scene[0].shape).astype(np.uint16)
    image = write_raster(tmp_path / "other.tif", other)
    with RasterSource(image) as source:
        inputs = ClassificationInputs(source, str(tmp_path / "model.superseg"))
        outputs = ClassificationOutputs(str(tmp_path / "c.tif"))
        with pytest.raises(
            SuperSegError, match=r"vectors of an embedding, .*other.tif are measure"
        ):
            run_classification(inputs, outputs, ClassificationOptions(), worker, Listener())
