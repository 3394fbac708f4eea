# SPDX-License-Identifier: GPL-2.0-or-later
"""`make demo-values`: small rasters of every kind, their reports, and the pictures on one sheet."""

from __future__ import annotations

import base64
import html
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import osr
from qgis.PyQt.QtCore import QRectF
from qgis.PyQt.QtGui import QColor, QGuiApplication, QImage, QPainter

from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.progress import Progress
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.benchmarks.methods import SharedWorker
from tests.benchmarks.plain_scenes import Values, blurred, patches
from tests.benchmarks.value_scenes import EmbeddedScene, quantized
from tests.demo.preview import write_text
from tests.tools.qgis_process import BUILD

FOLDER = BUILD / "demo-values"
SIDE, CLASSES = 300, 8
PLACE = (500000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0)
# Pictures of a report that are shown: image, classes, superpixels.
SHOWN = {"Image": 0, "Classes": 1, "Superpixels": 4}
PANEL, GAP, LINE = 330, 12, 26


@dataclass(frozen=True)
class Sample:
    """A raster to be made.

    Attributes:
        title: of its row on the sheet.
        values: makes `(bands, rows, cols)`.
        names: of the bands.
    """

    title: str
    values: Callable[[], np.ndarray]
    names: tuple[str, ...] = ()


def _relief(roughness: float = 2.2) -> Values:
    """Heights with the spectrum of land, in meters."""
    random = np.random.default_rng(7)
    down, across = np.meshgrid(*[np.fft.fftfreq(SIDE)] * 2, indexing="ij")
    wave = np.maximum(np.hypot(down, across), 1 / SIDE)
    phase = np.exp(2j * np.pi * random.random((SIDE, SIDE)))
    height = np.fft.ifft2(wave**-roughness * phase).real
    return 300 + 2200 * (height - height.min()) / np.ptp(height)


def _fields(kinds: int) -> np.ndarray:
    return patches(kinds, 60, 3, SIDE, SIDE)


def _elevation() -> np.ndarray:
    return _relief().astype(np.float32)[np.newaxis]


def _ndvi() -> np.ndarray:
    random = np.random.default_rng(1)
    level = np.array([0.08, 0.2, 0.35, 0.55, 0.7, 0.85])[_fields(6)]
    level[_relief() < 900] = -0.15
    return (level + random.normal(0, 0.03, level.shape)).astype(np.float32)[np.newaxis]


def _radar() -> np.ndarray:
    """Sentinel-1 backscatter as power: water, fields, forest, town, with speckle of five looks."""
    random = np.random.default_rng(2)
    decibels = np.array([[-11, -18], [-9, -15], [-13, -21], [-7, -13], [-3, -11]], float)
    levels = decibels[_fields(5)]
    levels[_relief() < 800] = (-20, -27)
    power = 10 ** (levels.transpose(2, 0, 1) / 10)
    return (power * random.gamma(5, 1 / 5, power.shape)).astype(np.float32)


def _panchromatic() -> np.ndarray:
    random = np.random.default_rng(3)
    level = random.uniform(300, 1600, 24)[_fields(24)] + random.normal(0, 40, (SIDE, SIDE))
    return np.clip(blurred(level, 0.7), 0, None).astype(np.uint16)[np.newaxis]


def _spectra() -> np.ndarray:
    """Reflectance in 120 bands: vegetation in five states, soil, water."""
    random = np.random.default_rng(4)
    nm = np.linspace(*WAVELENGTHS)
    green = 0.04 + 0.45 / (1 + np.exp(-(nm - 715) / 15)) * np.exp(-(((nm - 1000) / 900) ** 2))
    green += 0.04 * np.exp(-(((nm - 555) / 30) ** 2))
    soil = 0.08 + 0.3 * (nm - 400) / 1600
    water = 0.06 * np.exp(-(nm - 400) / 200)
    spectra = [share * green + (1 - share) * soil for share in np.linspace(0, 1, 6)]
    kinds = _fields(6)
    kinds[_relief() < 900] = 6
    image = np.array([*spectra, water])[kinds].transpose(2, 0, 1)
    image = image * random.normal(1, 0.04, (SIDE, SIDE)) + random.normal(0, 0.005, image.shape)
    return np.clip(image * 10000, 1, None).astype(np.int16)


def _embedding() -> np.ndarray:
    vectors, _ = EmbeddedScene(kinds=8, parcels=80, side=SIDE, seed=1).make()
    return quantized(vectors).astype(np.int16)


WAVELENGTHS = (420, 2400, 120)
NANOMETERS = tuple(f"Band {n} ({nm:.1f} nm)" for n, nm in enumerate(np.linspace(*WAVELENGTHS), 1))
AXES = tuple(f"A{number:02d}" for number in range(64))
SAMPLES = {
    "embedding": Sample("AlphaEarth embedding", _embedding, AXES),
    "spectra": Sample("Hyperspectral, wavelengths known", _spectra, NANOMETERS),
    "cube": Sample("Hyperspectral, wavelengths unknown", _spectra),
    "elevation": Sample("Elevation", _elevation, ("elevation",)),
    "ndvi": Sample("NDVI", _ndvi, ("NDVI",)),
    "radar": Sample("Sentinel-1, power", _radar, ("VV", "VH")),
    "panchromatic": Sample("Panchromatic", _panchromatic),
}


def report_of(name: str, shared: SharedWorker) -> Path:
    """Make a raster, its classes with average colors, and the report."""
    sample = SAMPLES[name]
    path, values = FOLDER / f"{name}.tif", sample.values()
    system = osr.SpatialReference()
    system.ImportFromEPSG(32632)
    grid = Grid(SIDE, SIDE, PLACE, system.ExportToWkt())
    with RasterWriter(
        path, grid, RasterProfile(len(values), values.dtype, band_names=sample.names)
    ) as writer:
        writer.write(grid.window, values)
    report = FOLDER / f"{name}.html"
    outputs = SegmentationOutputs(
        str(FOLDER / f"{name}_classes.tif"),
        report=str(report),
        average_color=str(FOLDER / f"{name}_average_color.tif"),
    )
    options = SegmentationOptions(classes=CLASSES, preset="fast")
    with RasterSource(str(path)) as source:
        run_segmentation(source, outputs, options, shared.worker, Progress())
    return report


def draw(reports: dict[str, Path], target: Path) -> None:
    """Draw pictures of reports below each other."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(BUILD / "run"))
    # Text needs an application object; it must live until the picture is saved.
    application = QGuiApplication.instance() or QGuiApplication([])
    height = GAP + len(reports) * (PANEL + 2 * LINE + GAP)
    sheet = QImage(GAP + len(SHOWN) * (PANEL + GAP), height, QImage.Format.Format_RGB32)
    sheet.fill(QColor("white"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for row, (name, report) in enumerate(reports.items()):
        text = report.read_text(encoding="utf-8")
        pictures = re.findall(r'src="data:image/\w+;base64,([^"]+)"', text)
        caption = html.unescape(re.findall(r'alt="([^"]+)"', text)[0])
        top = GAP + row * (PANEL + 2 * LINE + GAP)
        across = QRectF(GAP, top, sheet.width() - 2 * GAP, LINE)
        write_text(painter, across, SAMPLES[name].title, 16, bold=True)
        write_text(painter, across.translated(0, LINE), caption, 14)
        for column, place in enumerate(SHOWN.values()):
            picture = QImage.fromData(base64.b64decode(pictures[place]))
            left = GAP + column * (PANEL + GAP)
            tall = PANEL * picture.height() / picture.width()
            painter.drawImage(QRectF(left, top + 2 * LINE, PANEL, tall), picture)
    painter.end()
    if not sheet.save(str(target)):
        raise OSError(f"{target} cannot be written")
    del application


def main(arguments: list[str]) -> int:
    """Make the reports of all kinds, or of those that are named."""
    unknown = set(arguments) - set(SAMPLES)
    if unknown:
        print(f"No kinds {' '.join(sorted(unknown))}; there are {' '.join(SAMPLES)}")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    reports = {}
    with SharedWorker() as shared:
        for name in arguments or SAMPLES:
            print(f"{SAMPLES[name].title}", flush=True)
            reports[name] = report_of(name, shared)
    draw(reports, FOLDER / "pictures.png")
    print(f"Reports, classes, average colors and pictures.png are in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
