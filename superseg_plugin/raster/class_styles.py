# SPDX-License-Identifier: GPL-2.0-or-later
"""Style files beside a class raster, with which other programs open it with its legend.

`classes.qml` is the default style that QGIS applies to `classes.tif`: one entry for each class,
with its share of the area, in place of the 256 entries of the color table. `classes.clr` is the
color map of ArcGIS: value, red, green, blue. Both have the name of the raster without extension.

A style that a user has saved from QGIS is never replaced: what is written here begins with a
comment that names the raster, and QGIS writes no comments. A color map, which has no comments, is
replaced together with such a style only.
"""

from __future__ import annotations

import glob
import html
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from osgeo import gdal

from .class_legend import Color
from .gdal_calls import attempt

QML, CLR = ".qml", ".clr"
WRITTEN_BY = "Style of {}, written by SuperSeg."
# The comment stands in the first lines.
LONGEST_START = 4096
QML_START = """\
<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<!-- {comment} It is replaced with the raster. -->
<qgis version="3.22.0" styleCategories="Symbology">
 <pipe>
  <rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1" nodataColor="">
   <colorPalette>
"""
ENTRY = '    <paletteEntry value="{}" color="#{:02x}{:02x}{:02x}" alpha="255" label={}/>\n'
QML_END = """\
   </colorPalette>
  </rasterrenderer>
 </pipe>
 <blendMode>0</blendMode>
</qgis>
"""


@dataclass(frozen=True)
class StyledClass:
    """An entry of the legend of a class raster.

    Attributes:
        number: pixel value.
        name: of the class.
        color: red, green, blue, 0 to 255.
        share: of the classified area, 0 to 1; None for a class that is merged into another entry.
    """

    number: int
    name: str
    color: Color
    share: float | None = None

    @property
    def label(self) -> str:
        """Name and share, as the legend shows them."""
        return self.name if self.share is None else f"{self.name} ({100 * self.share:.1f} %)"


def style_files(raster: str | Path) -> tuple[Path, Path]:
    """Return the paths of the style of QGIS and of the color map of a raster."""
    path = Path(raster)
    return path.with_suffix(QML), path.with_suffix(CLR)


def write_styles(raster: str | Path, classes: Sequence[StyledClass]) -> None:
    """Write both files beside a raster.

    Args:
        raster: in a folder of a run, where no other files are.
        classes: entries of the legend, in order.

    Raises:
        OSError: a file cannot be written.
    """
    path = Path(raster)
    for file, text in zip(style_files(path), _texts(path.name, classes)):
        file.write_text(text, encoding="utf-8")


def update_styles(raster: str | Path, classes: Sequence[StyledClass]) -> str:
    """Replace the files beside a class raster, but for those that are not written here.

    Returns:
        The error, "" if there was none.
    """
    path = Path(raster)
    allowed, _ = styles_to_write(path)
    for file, text in zip(style_files(path), _texts(path.name, classes)):
        if file not in allowed:
            continue
        built = file.with_name(file.name + ".superseg-new")
        try:
            built.write_text(text, encoding="utf-8")
            os.replace(built, file)
        except OSError as error:
            with suppress(OSError):
                built.unlink()
            return f"{file.name}: {error.strerror}"
    return ""


def styles_to_write(raster: str | Path) -> tuple[tuple[Path, ...], str]:
    """Find the style files that may be written, and replaced, beside a raster.

    Args:
        raster: final path of the raster, which may not exist yet.

    Returns:
        Their paths, and why others are not written, "" if all are.
    """
    path = Path(raster)
    style, colors = style_files(path)
    for other in path.parent.glob(f"{glob.escape(path.stem)}.*"):
        if other.stem != path.stem or other.name in (path.name, style.name, colors.name):
            continue
        if attempt(gdal.IdentifyDriverEx, str(other), gdal.OF_RASTER)[0] is not None:
            return (), f"QGIS would apply the style {style.name} to {other.name}, too"
    if style.exists() and _is_own(style, path.name):
        return (style, colors), ""
    missing = tuple(file for file in (style, colors) if not file.exists())
    kept = [file.name for file in (style, colors) if file.exists()]
    return missing, f"{' and '.join(kept)}: not written by SuperSeg, kept" if kept else ""


def _is_own(style: Path, raster: str) -> bool:
    """Return whether the style of QGIS was written here for a raster of this name."""
    try:
        with style.open(encoding="utf-8", errors="replace") as opened:
            start = opened.read(LONGEST_START)
    except OSError:
        return False
    return WRITTEN_BY.format(_in_comment(raster)) in start


def _attribute(text: str) -> str:
    """A text as the value of an XML attribute, with its quotes."""
    return f'"{html.escape(text)}"'


def _texts(raster: str, classes: Sequence[StyledClass]) -> tuple[str, str]:
    entries = "".join(
        ENTRY.format(one.number, *one.color, _attribute(one.label)) for one in classes
    )
    start = QML_START.format(comment=WRITTEN_BY.format(_in_comment(raster)))
    colors = "".join(
        f"{one.number} {one.color[0]} {one.color[1]} {one.color[2]}\n" for one in classes
    )
    return start + entries + QML_END, colors


def _in_comment(text: str) -> str:
    """Return a text that may stand in a comment of XML, where two hyphens may not."""
    return text.replace("--", "- -")
