# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of images by what their bands are, in class colors, average colors and reports."""

from __future__ import annotations

import re
from dataclasses import asdict

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.pipeline.average_color import run_average_color
from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.classes.colors import lab_of
from superseg_plugin.pipeline.classes.palettes import with_natural_colors
from superseg_plugin.pipeline.classes.rendering import build_class_table, picture_of
from superseg_plugin.pipeline.classes.state import first_state
from superseg_plugin.pipeline.formats.record import describe_edit, write_record
from superseg_plugin.pipeline.formats.stored_picture import note_picture, read_picture
from superseg_plugin.pipeline.reports.maps import Maps, map_sections
from superseg_plugin.pipeline.reports.run import (
    Hierarchy,
    Provenance,
    RunSummary,
    segmentation_report,
)
from superseg_plugin.pipeline.steps.fill_values import prepare_values
from superseg_plugin.pipeline.steps.pictures import components_of, radar_of
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_table import read_class_table, write_class_table
from superseg_plugin.raster.pictures import COMPONENTS, GRAY
from superseg_plugin.raster.source import RasterSource
from tests.conftest import quarters, read_raster, write_raster
from tests.pipeline.test_reports import picture_of as pixels_of
from tests.pipeline.wellformed import Wellformed

SILENT = Progress()


def cube(bands=64, rows=64, cols=64):
    """Spectra of four fields as reflectance, and the field numbers."""
    random = np.random.default_rng(4)
    fields = quarters(rows, cols)[1]
    spectra = random.uniform(200, 3000, (4, bands)).cumsum(axis=1) / np.arange(1, bands + 1)
    image = spectra[fields - 1].transpose(2, 0, 1) + random.normal(0, 30, (bands, rows, cols))
    return np.clip(image, 1, None).astype(np.uint16), fields


def with_wavelengths(path, lengths, units="Nanometers"):
    dataset = gdal.Open(path, gdal.GA_Update)
    for number, length in enumerate(lengths, start=1):
        band = dataset.GetRasterBand(number)
        band.SetMetadataItem("wavelength", f"{length:g}")
        band.SetMetadataItem("wavelength_units", units)
    return path


def prepared(path):
    source = RasterSource(path)
    prepare_values(source, "automatic", SILENT)
    return source


def report_of(source, fields, folder):
    """Table of the classes, and the report."""
    classes = write_raster(folder / "classes.tif", fields, nodata=0)
    with RasterSource(classes) as numbers:
        table = build_class_table(source, numbers, SILENT)
        maps = map_sections(Maps(source, numbers, numbers, None, table))
    run = RunSummary(Provenance(), source, {}, "cpu", {"all": 1.0})
    return table, segmentation_report(run, table, 4, Hierarchy(), maps)


def test_many_bands_are_shown_by_components_and_a_plot_and_not_by_columns(tmp_path):
    image, fields = cube()
    with prepared(write_raster(tmp_path / "cube.tif", image)) as source:
        assert picture_of(source).kind == COMPONENTS
        table, text = report_of(source, fields, tmp_path)
    read = Wellformed(text)
    assert text.count('aria-label="Mean of 64 bands') == 1
    headings = re.findall(r'<th scope="col">([^<]*)</th>', text)
    assert headings[:5] == ["Class", "Share", "Area, m²", "Pixels", "Spectrum"]
    assert not [heading for heading in headings if heading.startswith("Band")]
    assert "The first three principal components of the bands" in text
    assert "64, from Band 1 to Band 64" in read.cells
    # The picture in the report shows four fields in colors that differ clearly.
    shown = pixels_of(re.search(r'src="(data:image/jpeg[^"]+)"', text).group(1)).astype(int)
    corners = shown[:, [16, 16, 48, 48], [16, 48, 16, 48]].T
    apart = np.abs(corners[:, np.newaxis] - corners).max(axis=2)[~np.eye(4, dtype=bool)]
    assert apart.min() > 40
    assert table.means.shape == (4, 64)


def test_twelve_bands_keep_their_columns(tmp_path):
    image, fields = cube(bands=12)
    with prepared(write_raster(tmp_path / "twelve.tif", image)) as source:
        assert source.picture is None
        _, text = report_of(source, fields, tmp_path)
    assert len(re.findall(r'<th scope="col">Band \d+</th>', text)) == 12


@pytest.mark.parametrize(("units", "factor"), [("Nanometers", 1.0), ("Micrometers", 1e-3)])
def test_bands_with_wavelengths_are_shown_in_red_green_and_blue(tmp_path, units, factor):
    image, fields = cube(bands=50)
    lengths = np.linspace(420, 2400, 50)
    path = with_wavelengths(write_raster(tmp_path / "cube.tif", image), lengths * factor, units)
    with prepared(path) as source:
        assert source.wavelengths == pytest.approx(lengths, rel=1e-4)
        shown = lengths[list(source.display_bands)]
        assert np.abs(shown - [665, 560, 490]).max() <= 21
        table, text = report_of(source, fields, tmp_path)
        write_class_table(tmp_path / "classes.tif", table)
    assert "Wavelength, nm" in text
    assert f"{shown[0]:.0f}, {shown[1]:.0f}, {shown[2]:.0f} nm as red, green, blue" in text
    # The workbench draws its plot by the wavelengths in the file.
    assert read_catalog(str(tmp_path / "classes.tif")).wavelengths == pytest.approx(
        lengths, rel=1e-4
    )


def test_wavelengths_in_names_and_none_in_the_visible_range(tmp_path):
    image, _ = cube(bands=20)
    names = [f"Band {n} ({1.0 + n / 20:g} Micrometers)" for n in range(1, 21)]
    with prepared(write_raster(tmp_path / "swir.tif", image, names=names)) as source:
        assert source.wavelengths[:2] == pytest.approx((1050.0, 1100.0))
        assert picture_of(source).kind == COMPONENTS
    names[3] = "Band 4"
    with RasterSource(write_raster(tmp_path / "part.tif", image, names=names)) as source:
        assert source.wavelengths == ()


def test_one_band_is_gray(tmp_path):
    image, fields = quarters(bands=1)
    with prepared(write_raster(tmp_path / "pan.tif", image)) as source:
        assert picture_of(source).kind == GRAY
        table, text = report_of(source, fields, tmp_path)
    assert (np.ptp(table.colors.astype(int), axis=1) == 0).all()
    assert "Band 1, in gray." in text


@pytest.mark.parametrize(
    ("name", "low", "high", "greenest"),
    [("elevation", 200, 2600, "lowest"), ("NDVI", -0.1, 0.8, "highest")],
)
def test_elevation_is_terrain_and_a_vegetation_index_green(tmp_path, name, low, high, greenest):
    fields = quarters()[1]
    levels = np.linspace(low, high, 4)
    noise = np.random.default_rng(0).normal(0, (high - low) / 100, fields.shape)
    image = (levels[fields - 1] + noise).astype(np.float32)
    with prepared(write_raster(tmp_path / "one.tif", image, names=[name])) as source:
        table, text = report_of(source, fields, tmp_path)
        paint_averages(source, tmp_path)
    lightness = lab_of(table.colors)[:, 0]
    assert (
        (np.diff(lightness) > 0).all() if greenest == "lowest" else (np.diff(lightness) < 0).all()
    )
    red, green, blue = table.colors[0 if greenest == "lowest" else 3].astype(int)
    assert green > max(red, blue)
    assert re.search(rf"{name}, from \S+ <span class=\"ramp\"[^>]*></span> to \S+\.", text)
    Wellformed(text)
    # Average colors keep the values.
    assert read_raster(tmp_path / "o.tif")[0][50, 50] == pytest.approx(high, rel=0.05)


def paint_averages(source, folder):
    with RasterSource(str(folder / "classes.tif")) as classes:
        run_average_color(source, classes, None, str(folder / "o.tif"), SILENT)


@pytest.mark.parametrize("names", [("VV", "VH"), ("VH", "VV")])
def test_radar_is_shown_in_decibels_by_polarization(tmp_path, names):
    fields = quarters()[1]
    of_band = {"VV": [-20, -12, -8, -4], "VH": [-27, -20, -13, -12]}
    decibels = np.array([of_band[name] for name in names])[:, fields - 1]
    speckle = np.random.default_rng(0).gamma(5, 1 / 5, decibels.shape)
    power = (10 ** (decibels / 10) * speckle).astype(np.float32)
    with prepared(write_raster(tmp_path / "radar.tif", power, names=names)) as source:
        table, text = report_of(source, fields, tmp_path)
        paint_averages(source, tmp_path)
    assert "VV \N{MINUS SIGN} VH in decibels as red, green, blue." in text
    shown = read_raster(tmp_path / "o.tif").astype(int)
    assert shown.shape == (3, 64, 64)
    # Red follows VV, green VH and blue their ratio: 7, 8, 5 and 8 decibels.
    corners = shown[:, [16, 16, 48, 48], [16, 48, 16, 48]]
    assert np.argsort(corners[0]).tolist() == [0, 1, 2, 3]
    assert np.argsort(corners[1]).tolist() == [0, 1, 2, 3]
    assert corners[2].argmin() == 2
    assert len(np.unique(table.colors, axis=0)) == 4


def test_all_polarizations_are_red_green_and_blue():
    pixels = np.random.default_rng(0).normal(-12, 3, (4, 500))
    picture = radar_of(pixels, ("HH", "HV", "VH", "VV"))
    assert np.argmax(picture.weights, axis=1).tolist() == [0, 1, 3]
    assert not picture.mixes


def test_signs_and_stretch_of_components_do_not_depend_on_the_order_of_pixels():
    random = np.random.default_rng(0)
    pixels = random.normal(size=(20, 6)) @ random.normal(size=(6, 900))
    found = components_of(pixels, standardized=True)
    again = components_of(pixels[:, ::-1], standardized=True)
    assert np.allclose(found.weights, again.weights)
    assert np.allclose(found.low, again.low)
    for weights in np.array(found.weights) * pixels.std(axis=1):
        assert weights.sum() > 0
    # Each component shows what those before it do not.
    shares = found.shares(pixels)
    assert np.abs(np.corrcoef(shares) - np.eye(3)).max() < 0.1


def test_bands_of_other_units_do_not_hide_the_rest():
    random = np.random.default_rng(1)
    common = random.normal(size=400)
    pixels = common + 0.1 * random.normal(size=(14, 400))
    pixels[3] = 1e6 * random.normal(size=400)
    pixels[5] = 7.0
    picture = components_of(pixels, standardized=True)
    assert abs(np.corrcoef(picture.shares(pixels[list(picture.used)])[0], common)[0, 1]) > 0.95


def test_natural_colors_of_the_workbench_are_those_of_the_picture(tmp_path):
    image, fields = cube()
    classes = write_raster(tmp_path / "classes.tif", fields, nodata=0)
    with prepared(write_raster(tmp_path / "cube.tif", image)) as source:
        with RasterSource(classes) as numbers:
            table = build_class_table(source, numbers, SILENT)
            record = describe_edit("segment", source, {})
        note_picture(record, source)
        shown = source.picture
    write_class_table(classes, table)
    write_record(tmp_path / "classes.tif", record)
    catalog = read_catalog(classes)
    assert catalog.picture == shown
    colors = with_natural_colors(catalog, first_state(catalog)).colors
    assert [colors[(n,)] for n in range(1, 5)] == [tuple(c) for c in table.colors.tolist()]


def test_a_damaged_picture_in_a_record_is_left_out(tmp_path):
    image, fields = cube(bands=13)
    path = write_raster(tmp_path / "cube.tif", image)
    with prepared(path) as source:
        good = asdict(source.picture)
    assert read_picture(good, 13) is not None
    for damaged in (
        None,
        [],
        {**good, "kind": "photo"},
        {**good, "weights": good["weights"][:2]},
        {**good, "low": good["high"]},
        {**good, "high": [float("nan")] * 3},
        {**good, "weights": "none"},
    ):
        assert read_picture(damaged, 13) is None
    assert read_picture(good, 12) is None
    classes = write_raster(tmp_path / "classes.tif", fields, nodata=0)
    (tmp_path / "classes.tif.superseg.json").write_text('{"picture": {"bands": 7}}')
    with RasterSource(path) as source, RasterSource(classes) as found:
        run_average_color(source, found, None, str(tmp_path / "o.tif"), SILENT)
    assert read_raster(tmp_path / "o.tif").shape == (3, 64, 64)
    assert read_class_table(classes) is None
