# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters and layers of one run as plain data, which other threads may use."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from qgis.core import (
    QgsProcessingParameterRasterDestination,
    QgsRectangle,
)

from ..errors import SuperSegError
from ..layer_copy import in_place, properties_of
from ..pipeline.options.ground_sizes import GroundSize
from ..pipeline.planning.estimate import raster_size
from ..raster.grid import Grid
from ..raster.grid_comparison import extent_of_part
from ..raster.layer_properties import AS_THE_FILE, LayerProperties
from ..raster.source import RasterSource
from ..raster.staging import check_different, check_output
from .degrees import degrees_box
from .destinations import vector_file
from .export import bands_of_copy, export_of, pixels_to_copy
from .image_styles import band_style_of
from .mask import Mask


@dataclass
class Scene:
    """A raster to read, and the part of it to use.

    Attributes:
        path, bands, extent, layer: of `RasterSource`.
        mask: the `Mask` of polygons, None for none.
        export: the `LayerCopy` of a layer that GDAL cannot read directly, None for others.
        band_style: of `band_style_of`.
        crs: QgsCoordinateReferenceSystem of the layer.
        name: of the layer.
    """

    path: str
    bands: list[int] | None = None
    extent: tuple[float, float, float, float] | None = None
    mask: Mask | None = None
    layer: LayerProperties = AS_THE_FILE
    export: object = None
    band_style: object = None
    crs: object = None
    name: str = ""

    @contextmanager
    def open(self, progress, extent=None):
        """Yield a `RasterSource`, after copying a layer that GDAL cannot read directly.

        Args:
            progress: of the copying.
            extent: (xmin, ymin, xmax, ymax) instead of the scene's own.
        """
        mask = self.mask.polygons() if self.mask else None
        if self.export is None:
            area = (extent or self.extent, mask)
            with RasterSource(self.path, self.bands, *area, self.layer) as source:
                yield source
            return
        # The copy covers the scene's own extent, so that only another extent cuts it further.
        with (
            self.export.written(progress) as path,
            RasterSource(path, self.bands, extent, mask) as source,
        ):
            yield source

    @contextmanager
    def open_part(self, progress, grid):
        """Yield a `RasterSource` like `open`, cut to a grid that covers a part of the scene."""
        with ExitStack() as opened:
            source = opened.enter_context(self.open(progress))
            part = extent_of_part(source.grid, grid)
            if part is not None:
                # The same copy is read.
                mask = self.mask.polygons() if self.mask else None
                source = opened.enter_context(
                    RasterSource(source.path, self.bands, part, mask, self.layer)
                )
            yield source


@dataclass
class Request:
    """Reads the parameters of an algorithm. Only outputs may be read outside the main thread.

    Attributes:
        algorithm, parameters, context: as Processing passes them.
        inputs: files that the run reads, collected while reading the parameters.
        outputs: parameter and path of each output, collected likewise.
    """

    algorithm: object
    parameters: dict
    context: object
    inputs: list[str] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)

    def given(self, name):
        """Return whether an optional parameter has a value."""
        value = self.parameters.get(name)
        return value is not None and value != "" and str(value) != "NULL"

    def integer(self, name):
        """Return a whole number."""
        return self.algorithm.parameterAsInt(self.parameters, name, self.context)

    def integers(self, name):
        """Return a list of whole numbers."""
        return self.algorithm.parameterAsInts(self.parameters, name, self.context)

    def bands(self):
        """Return the band numbers of BANDS, a list or a text, or None if none are given."""
        if not self.given("BANDS"):
            return None
        value = self.parameters["BANDS"]
        parts = value if isinstance(value, (list, tuple)) else re.split(r"[\s,;]+", str(value))
        numbers = [str(part).strip() for part in parts if str(part).strip()]
        for number in numbers:
            if not number.isdecimal():
                raise SuperSegError(
                    f"BANDS is “{number}”: give band numbers, 1 for the first band, separated by "
                    "semicolons."
                )
            if not int(number):
                raise SuperSegError("BANDS: there is no band 0; the first band is 1.")
        return [int(number) for number in numbers] or None

    def number(self, name):
        """Return a number."""
        return self.algorithm.parameterAsDouble(self.parameters, name, self.context)

    def choice(self, name):
        """Return the chosen string."""
        return self.algorithm.parameterAsEnumString(self.parameters, name, self.context)

    def flag(self, name):
        """Return whether an option is on."""
        return self.algorithm.parameterAsBool(self.parameters, name, self.context)

    def text(self, name):
        """Return a text, or None for an empty one."""
        return self.algorithm.parameterAsString(self.parameters, name, self.context) or None

    def file(self, name):
        """Return the path of a file to read, or None if none is given."""
        path = self.algorithm.parameterAsFile(self.parameters, name, self.context)
        if not path:
            return None
        if not Path(path).is_file():
            raise SuperSegError(f"{name}: {path} does not exist; choose another file.")
        self.inputs.append(path)
        return path

    def folder(self, name):
        """Return the path of a folder, or "" if none is given."""
        return self.algorithm.parameterAsString(self.parameters, name, self.context)

    def image(self, name="INPUT", area=True):
        """Return the `Scene` with BANDS and, if `area`, EXTENT and MASK."""
        layer = self._layer(name)
        bands = self.bands()
        extent = self._extent("EXTENT", layer) if area else None
        mask = self._mask("MASK", layer) if area else None
        scene = self._scene(layer, name, bands, extent, mask)
        scene.band_style = band_style_of(layer, bands)
        return scene

    def image_size(self, name="INPUT"):
        """Find the size of the scene that `image` returns.

        Returns:
            A function that returns grid and number of bands, and may be called in another thread;
            a remark on copying the layer, or ""; and the parameters of its `RasterSource`, None for
            layers that are copied.
        """
        layer = self._layer(name)
        bands = self.bands()
        extent = self._extent("EXTENT", layer)
        if in_place(layer):
            source = (layer.source(), bands, extent, None, properties_of(layer))
            return partial(raster_size, *source), "", source
        box, columns, rows, note = pixels_to_copy(layer, name, extent, None, self.context)
        count = len(bands) if bands else bands_of_copy(layer)
        across, down = box.width() / columns, box.height() / rows
        place = (box.xMinimum(), across, 0.0, box.yMaximum(), 0.0, -down)
        grid = Grid(columns, rows, place, layer.crs().toWkt())
        return lambda: (grid, count), note, None

    def ground_size(self):
        """Return the size of superpixels."""
        return GroundSize(
            imagery=self.choice("IMAGERY"),
            size=self.number("SUPERPIXEL_SIZE"),
            units=self.choice("UNITS"),
        )

    def raster(self, name, bands=None):
        """Return the `Scene` of a further raster, or None if none is given.

        Args:
            name: the parameter.
            bands: band numbers; only the first band if None, all bands if empty.
        """
        if not self.given(name):
            return None
        layer = self._layer(name)
        scene = self._scene(layer, name, [1] if bands is None else bands or None, None, None)
        scene.band_style = band_style_of(layer, None)
        return scene

    def polygons(self, name, raster):
        """Return the `Mask` of polygons in the CRS of a raster layer, or None if none are given."""
        return self._mask(name, self._layer(raster)) if self.given(name) else None

    def raster_output(self, name):
        """Return the path of a raster to write, or None."""
        path = self.algorithm.parameterAsOutputLayer(self.parameters, name, self.context)
        return self._output(path, name)

    def folder_output(self, name):
        """Return the path of a folder to write into."""
        return self.algorithm.parameterAsFileOutput(self.parameters, name, self.context)

    def file_output(self, name):
        """Return the path of a file to write, or None."""
        path = self.algorithm.parameterAsFileOutput(self.parameters, name, self.context)
        return self._output(path, name)

    def vector_file(self, name):
        """Return the path of a vector file to write; None for a table or a temporary layer."""
        path = vector_file(self.algorithm, self.parameters, name, self.context)
        return self._output(path, name)

    def _output(self, path, name):
        if not path:
            return None
        definition = self.algorithm.parameterDefinition(name)
        raster = isinstance(definition, QgsProcessingParameterRasterDestination)
        check_output(path, name, self.inputs, raster=raster)
        self.outputs.append((name, path))
        check_different(self.outputs)
        return path

    def _layer(self, name):
        layer = self.algorithm.parameterAsRasterLayer(self.parameters, name, self.context)
        if layer is None or not layer.isValid():
            value = self.parameters.get(name)
            raise SuperSegError(
                f"{name}: “{value}” cannot be opened as a raster; choose a raster layer that QGIS "
                "can show."
            )
        return layer

    def _scene(self, layer, name, bands, extent, mask):
        if in_place(layer):
            self.inputs.append(layer.source())
            scene = (layer.source(), bands, extent, mask, properties_of(layer))
            return Scene(*scene, crs=layer.crs(), name=layer.name())
        export = export_of(layer, name, extent, mask, self.context)
        return Scene("", bands, extent, mask, export=export, crs=layer.crs(), name=layer.name())

    def _extent(self, name, layer):
        if not self.given(name):
            return None
        value = self.parameters.get(name)
        if isinstance(value, QgsRectangle) and value.isNull():
            return None
        crs = layer.crs()
        box = degrees_box(value, layer, self.context)
        if box is None:
            box = self.algorithm.parameterAsExtent(self.parameters, name, self.context, crs)
        return (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())

    def _mask(self, name, layer):
        source = self.algorithm.parameterAsSource(self.parameters, name, self.context)
        if source is None:
            if self.given(name):
                value = self.parameters.get(name)
                raise SuperSegError(
                    f"{name}: “{value}” cannot be opened as a vector layer; choose a layer of "
                    "polygons."
                )
            return None
        return Mask(name, source, layer, self.context.transformContext())
