# SPDX-License-Identifier: GPL-2.0-or-later
"""`make screenshots`: pictures of a real QGIS window, and small copies for the README."""

from __future__ import annotations

import sys
from pathlib import Path

from osgeo import gdal

from tests.demo.demo import DEMO, PARAMETERS
from tests.desktop.session import PICTURES, SessionError, desktop_session
from tests.tools.qgis_process import QgisProcessError

KEPT = Path(__file__).with_name("pictures")
FOR_README = ("toolbox", "dialog", "result")
LARGEST = 300_000


def keep_small(source: Path, target: Path, width: int | None = None) -> None:
    """Copy a PNG with 256 colors of its own, narrower if wished.

    Args:
        source: the PNG.
        target: the copy.
        width: its width in pixels.
    """
    picture = gdal.Open(str(source))
    narrower = {"width": width, "resampleAlg": "lanczos"} if width else {}
    colored = gdal.Translate("", picture, format="MEM", bandList=[1, 2, 3], **narrower)
    table = gdal.ColorTable()
    bands = [colored.GetRasterBand(number) for number in (1, 2, 3)]
    gdal.ComputeMedianCutPCT(*bands, 256, table)
    small = gdal.GetDriverByName("MEM").Create("", colored.RasterXSize, colored.RasterYSize, 1)
    gdal.DitherRGB2PCT(*bands, small.GetRasterBand(1), table)
    small.GetRasterBand(1).SetColorTable(table)
    gdal.GetDriverByName("PNG").CreateCopy(str(target), small, options=["ZLEVEL=9"])
    target.with_name(f"{target.name}.aux.xml").unlink(missing_ok=True)


def main() -> int:
    """Take the pictures, and keep what the README shows."""
    try:
        desktop_session("screenshots", DEMO / "image.tif", PARAMETERS, PICTURES)
    except (SessionError, QgisProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    KEPT.mkdir(exist_ok=True)
    for name in FOR_README:
        keep_small(PICTURES / f"{name}.png", KEPT / f"{name}.png")
    keep_small(DEMO / "preview.png", KEPT / "preview.png", width=1200)
    for picture in sorted(KEPT.glob("*.png")):
        size = picture.stat().st_size
        print(f"  {picture}: {size // 1000} kB")
        if size > LARGEST:
            print(f"{picture} is larger than {LARGEST // 1000} kB", file=sys.stderr)
            return 1
    print(f"All pictures are in {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
