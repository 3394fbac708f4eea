# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation takes, before it runs: seconds by stage, and memory.

The time of a stage is linear in the amount of its work: a start, and a rate times megapixels or
millions of superpixels. Both were measured once, with two cores and three bands; what more bands
take was measured with 64 signed bytes (`make benchmark-embedding`). They are multiplied by a ratio
that is learned from the runs on this computer (`Calibration`). Memory is the sum of what is
allocated, and is not learned.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Callable

from ...contracts import CLUSTER_SAMPLE, MOST_UNDIVIDED
from ...raster.grid import Grid
from ...raster.ground import has_meters, pixel_side
from ...raster.source import RasterSource
from ...raster.vectors import ALPHA_EARTH_BANDS
from ..options.published import published_tiles, published_training
from ..options.segmentation import VOCABULARIES, SegmentationOptions
from ..options.superpixels import SuperpixelOptions
from ..options.training import TrainingOptions
from ..options.values import ALPHA_EARTH, AUTOMATIC
from ..steps.tiling import automatic_tile, items_ahead, tile_bytes
from .calibration import Calibration

# The network guided by clusters learns a small scene in few steps; a larger scene has more to
# learn, though less than in proportion. Stopping when the classes no longer change would save
# little: between tens of steps, half to nearly all of the watched pixels keep their class, and the
# map is as good either way.
SMALL_SCENE, SMALL_STEPS, MOST_STEPS = 512**2, 16, 120

# Ratio of the mean size of superpixels to the smallest.
MEAN_OVER_SMALLEST = 4.5
# Seconds a megapixel of a training and of a classification on a CPU, and how many times as fast a
# graphics processor is assumed to be before the first run.
NETWORK_RATES, GPU_SPEED = {"light": (0.24, 0.28), "published": (1.8, 1.2)}, (15, 6)

# The estimate in English. A window passes the same phrases in its language to `Estimate.text`.
PHRASES = {
    "": "a few seconds",
    "s": "about {} s",
    "min": "about {} min",
    "h": "about {} h",
    "million": "{} million",
    "one pixel": "1 pixel",
    "pixels": "{} pixels",
    "one tile": "1 tile",
    "tiles": "{} tiles",
    "one superpixel": "1 superpixel",
    "superpixels": "{} superpixels",
    "square": "{side} x {side} pixels",
    "meters": "{meters} m ({shape})",
    "clause": "{time} on {device}, {memory} GB of memory: {pixels} in {tiles}, about"
    " {superpixels}; smallest superpixels {smallest}",
}
# The unit of a time and its seconds, by the least time that is told in it.
UNITS = {5400: ("h", 3600), 90: ("min", 60), 10: ("s", 1), 0: ("", 1)}


def training_options(options: SegmentationOptions, grid: Grid) -> TrainingOptions:
    """How the network of a preset is trained; the steps grow with the scene."""
    if options.preset == "published":
        count = published_tiles(grid.width, grid.height)
        published = published_training(options.classes, options.seed, count)
        return replace(published, values=options.values)
    larger = max(grid.width * grid.height / SMALL_SCENE, 1.0)
    steps = min(round(SMALL_STEPS * math.sqrt(larger)), MOST_STEPS)
    return TrainingOptions(
        classes=options.classes, seed=options.seed, steps=steps, values=options.values
    )


def trains(options: SegmentationOptions, model: bool) -> bool:
    """Whether a network is trained: by the published method, and for a model."""
    return options.preset == "published" or model


@dataclass(frozen=True)
class EstimateRequest:
    """What an estimate depends on besides the scene.

    Attributes:
        options: of the segmentation.
        model: whether a model is written.
        report: whether a report is written.
        device: the parameter DEVICE.
    """

    options: SegmentationOptions
    model: bool = False
    report: bool = False
    device: str = "auto"


class Estimate:
    """What a segmentation takes.

    Args:
        size: grid and number of bands of the scene.
        superpixels: how to cut it.
        request: how to segment it.
        calibration: of this computer.

    Attributes:
        memory: of QGIS and the worker together, at most, bytes.
        seconds: by stage, in their order.
        side: of the smallest superpixel, pixels.
        meters: side of a pixel of the scene, None where it is unknown.
        device_known: False before the first run with DEVICE auto, which chooses the device.
        remarks: sentences on the choice of superpixels and on copying the scene.
        look: returns sentences on the values of the scene, and takes a while; None for none.

    Raises:
        SuperSegError: MIN_AREA is in meters, and the scene has none.
    """

    def __init__(
        self,
        size: tuple[Grid, int],
        superpixels: SuperpixelOptions,
        request: EstimateRequest,
        calibration: Calibration,
    ) -> None:
        (grid, bands), options = size, request.options
        # MIN_AREA is needed at the end of a run, but is checked before it.
        options.minimum_area.check(grid)
        self.remarks: list[str] = []
        self.look: Callable[[], list[str]] | None = None
        self.side = math.sqrt(superpixels.min_size)
        self.meters = pixel_side(grid) if has_meters(grid) else None
        self._pixels = grid.width * grid.height
        self._count = max(round(self._pixels / (MEAN_OVER_SMALLEST * superpixels.min_size)), 1)
        tile = self._tile = options.tile_size or automatic_tile(bands)
        self._tiles = math.ceil(grid.width / tile) * math.ceil(grid.height / tile)
        # A part of the time and memory of each pixel does not depend on the number of bands.
        share = (2 + bands) / 5
        # Superpixels of 64 bands take 4.5 times as long as those of 3 bands.
        cut = (14.4 + bands) / 17.4
        described, painted = share, share
        # Steps of mosaics are looked for meanwhile, in strips whose number grows with the side.
        strips = 0.12 * share * math.sqrt(self._pixels / 1e6)
        if _is_alpha_earth(bands, options.values):
            # Values alone are described, in 4.7 times the time of 3 bands, and not read again.
            described, painted, strips = (13.5 + bands) / 16.5, 1.0, 0.0
        # Both processes with their libraries during a training; tiles, each as float32 twice;
        # GDAL's cache of blocks, which grows with the scene up to its limit; superpixels.
        ahead = items_ahead(tile_bytes(tile, bands), os.cpu_count() or 1)
        in_flight = min(ahead + 1, self._tiles) * min(tile**2, self._pixels)
        cache = min(10 / 3 * self._pixels * bands, 320e6)
        undivided = min(self._count, MOST_UNDIVIDED)
        table = 400 * undivided + 250 * (self._count - undivided)
        self.memory = 0.85e9 + 8 * in_flight * (bands + 1) + cache + table * share
        # Only a run finds out which device it is; most computers have no other than the CPU.
        self.device_known = request.device != "auto" or "auto" in calibration.devices
        usual = request.device if self.device_known else "cpu"
        kind, name = calibration.devices.get(request.device, (usual, usual))
        # In capitals where the name is that of the type: CPU (2 threads).
        self._device = name.replace(kind, kind.upper(), 1)
        training = training_options(options, grid)
        # Megapixels that the training reads; patches are no larger than the scene.
        patch = min(training.patch_size, max(grid.width, grid.height)) ** 2
        trained = training.steps * training.batch_size * patch / 1e6
        train_rate, classify_rate = NETWORK_RATES[training.network]
        train_speed, classify_speed = (1, 1) if kind == "cpu" else GPU_SPEED
        pixels, count = self._pixels / 1e6, self._count / 1e6
        refined = 0.13 * described if options.refine_borders else 0.0
        # Superpixels of a sample are looked at twice.
        clustered = count + (CLUSTER_SAMPLE / 1e6 if self._count > MOST_UNDIVIDED else 0.0)
        published = options.preset == "published"
        vocabularies = VOCABULARIES.get(options.preset, 0)
        # Stages that not every run has; and seconds as measured, at the start and for the size of
        # the scene.
        chosen = {
            **dict.fromkeys(("description", "clustering", "painting"), not published),
            "training": trains(options, request.model),
            "classification": published,
            "report": request.report,
        }
        measured = {
            "reading": (0.5 + 0.035 * bands, 0.0),
            "superpixels": (1.0, 0.15 * cut * pixels + strips),
            "description": (0.2, 0.1 * described * pixels),
            "clustering": (2.0, (6.0 + 2.5 * vocabularies) * clustered),
            "training": (2.0, train_rate / train_speed * trained),
            "classification": (0.2, classify_rate / classify_speed * pixels),
            "painting": (0.1, (0.02 + 0.01 * painted + refined) * pixels),
            "rendering": (0.2, 0.05 * pixels),
            "report": (0.5, 0.0),
        }
        self._calibration, self._setting = calibration, f"{training.network} {kind}"
        self.seconds: dict[str, float] = {}
        # A stage whose start takes most of the time tells little of larger scenes.
        self._weights: dict[str, float] = {}
        for stage, (start, growing) in measured.items():
            if chosen.get(stage, True):
                expected = start + growing
                self.seconds[stage] = expected * calibration.ratio(stage, self._setting)
                self._weights[stage] = self._pixels * growing / expected

    def learn(self, measured: Mapping[str, float]) -> None:
        """Keep what the stages of the run took, in seconds, for the next estimate."""
        changes = {stage: max(measured[stage], 1e-3) / self.seconds[stage] for stage in measured}
        self._calibration.learn(changes, self._setting, self._weights)

    def text(self, phrases: Mapping[str, str] = PHRASES) -> str:
        """The estimate as a clause in the language of the phrases."""
        total = sum(self.seconds.values())
        unit, divisor = next(unit for least, unit in UNITS.items() if total >= least)
        return phrases["clause"].format(
            time=phrases[unit].format(rounded(total / divisor)),
            device=self._device,
            memory=rounded(self.memory / 1e9),
            pixels=_amount(self._pixels, "pixel", phrases),
            tiles=_amount(self._tiles, "tile", phrases, exact=True),
            superpixels=_amount(self._count, "superpixel", phrases),
            smallest=self._smallest(phrases),
        )

    def sizes(self) -> dict[str, str]:
        """The sizes of superpixels and tiles that are used, for the report."""
        tiles = f"{self._tiles:,} of at most {self._tile:,} x {self._tile:,} pixels"
        return {"Smallest superpixels used": self._smallest(PHRASES), "Tiles used": tiles}

    def _smallest(self, phrases: Mapping[str, str]) -> str:
        shape = phrases["square"].format(side=rounded(self.side))
        if self.meters is None:
            return shape
        length = rounded(self.side * self.meters)
        return phrases["meters"].format(meters=length, shape=shape)


def _amount(count: int, noun: str, phrases: Mapping[str, str], exact: bool = False) -> str:
    """A number with its noun in the language of the phrases."""
    if count == 1:
        return phrases[f"one {noun}"]
    millions = count >= 1e6 and not exact
    told = phrases["million"].format(rounded(count / 1e6)) if millions else rounded(count)
    return phrases[f"{noun}s"].format(f"{count:,}" if exact else told)


def _is_alpha_earth(bands: int, values: str) -> bool:
    """Whether a raster is probably AlphaEarth's bytes; its values are not read for an estimate."""
    return values == ALPHA_EARTH or (values == AUTOMATIC and bands == ALPHA_EARTH_BANDS)


def raster_size(*source: Any) -> tuple[Grid, int]:
    """Read grid and number of bands of a file; parameters and errors as of `RasterSource`."""
    with RasterSource(*source) as opened:
        return opened.grid, len(opened.bands)


def estimate_segmentation(
    find_size: Callable[[], tuple[Grid, int]],
    request: EstimateRequest,
    note: str = "",
    look: Callable[[], list[str]] | None = None,
) -> Estimate:
    """Estimate time and memory of a segmentation without starting a worker.

    Args:
        find_size: returns grid and number of bands of the scene, such as `raster_size`.
        request: how to segment it.
        note: a remark on copying the scene, or "".
        look: returns remarks on the values of the scene, of which it reads a sample.

    Raises:
        SuperSegError: the scene cannot be opened, or has no meters where sizes are in meters.
    """
    size, remarks = find_size(), [note] if note else []
    superpixels = request.options.superpixels(size[0], lambda line: remarks.append(f"{line}."))
    estimate = Estimate(size, superpixels, request, Calibration())
    estimate.remarks, estimate.look = remarks, look
    return estimate


def rounded(number: float) -> str:
    """A number with two significant digits, such as 5,100 or 0.4."""
    number = float(f"{number:.2g}")
    return f"{number:,.0f}" if number >= 10 else f"{number:g}"
