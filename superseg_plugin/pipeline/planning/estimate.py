# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation takes, before it runs: seconds by stage, and memory.

The time of a stage is linear in the amount of its work: `start + rate * amount`. `FIRST_RUN` holds
these figures for a computer on which nothing has run yet; `Calibration` replaces them by what runs
on this computer took. Memory is the sum of what is allocated, and is not learned.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

MEGA = 1e6


class StageCost(NamedTuple):
    """The time of a stage.

    Attributes:
        start: seconds, whatever the amount of work.
        rate: seconds a megapixel, or a million superpixels; see `Workload.amounts`.
    """

    start: float
    rate: float

    def seconds(self, amount: float) -> float:
        """Seconds for an amount of work, in millions."""
        return self.start + self.rate * amount

    def scaled(self, factor: float) -> StageCost:
        """The cost on a computer that takes `factor` times as long."""
        return StageCost(self.start * factor, self.rate * factor)


# By `Workload.key`. Measured with two cores and three bands; for graphics processors, a training 15
# times and a classification 6 times as fast is assumed. Used until this computer has measurements.
FIRST_RUN: Mapping[str, StageCost] = {
    "reading": StageCost(0.6, 0.0),
    "superpixels": StageCost(1.0, 0.15),
    "description": StageCost(0.2, 0.1),
    "clustering": StageCost(2.5, 26.0),
    "training light cpu": StageCost(2.0, 0.24),
    "training light gpu": StageCost(2.0, 0.016),
    "training published cpu": StageCost(2.0, 1.8),
    "training published gpu": StageCost(2.0, 0.12),
    "classification light cpu": StageCost(0.2, 0.28),
    "classification light gpu": StageCost(0.2, 0.05),
    "classification published cpu": StageCost(0.2, 1.2),
    "classification published gpu": StageCost(0.2, 0.2),
    "smoothing": StageCost(0.1, 6.0),
    "painting": StageCost(0.1, 0.03),
    "rendering": StageCost(0.3, 0.045),
    "report": StageCost(0.5, 0.0),
}
FIRST_RUN_CORES = 2
# Time falls with the number of cores to this power: parts of each stage run on one core.
CORE_EXPONENT = 0.8

# Used where the number of cores of this computer is not given.
CORES = os.cpu_count() or FIRST_RUN_CORES

# Ratio of the mean size of superpixels to the smallest.
MEAN_OVER_SMALLEST = 4.5
# Of both processes with their libraries, during a training.
BASE_BYTES = 0.85e9
BYTES_PER_SUPERPIXEL = 400
# A tile exists as float32 twice at a time.
BYTES_PER_TILE_VALUE = 2 * 4
# GDAL's cache of blocks grows with the scene up to its limit.
CACHE_BYTES_PER_VALUE, MOST_CACHE_BYTES = 10 / 3, 320e6


# The estimate in English. A window passes the same phrases in its language to `Estimate.text`.
PHRASES = {
    "": "a few seconds",
    "s": "about {} s",
    "min": "about {} min",
    "h": "about {} h",
    "million": "{} million",
    "one tile": "1 tile",
    "tiles": "{} tiles",
    "pixels": "{} pixels",
    "square": "{side} x {side} pixels",
    "meters": "{meters} m ({shape})",
    "clause": "{time} on {device}, {memory} GB of memory: {pixels} pixels in {tiles}, about"
    " {superpixels} superpixels; smallest superpixels {smallest}",
}


@dataclass(frozen=True)
class Workload:
    """The work of one segmentation.

    Attributes:
        pixels: of the scene.
        bands: number of bands.
        smallest: pixels of the smallest superpixel.
        tile: side of a tile, pixels.
        tiles: number of tiles.
        preset: of `SegmentationOptions`.
        training_pixels: pixels that the training reads, over all steps; 0 without a training.
        network: name of the network.
        device: type of the device: cpu, cuda or mps.
        report: whether a report is written.
        meters: side of a pixel in meters; None where unknown.
    """

    pixels: int
    bands: int
    smallest: int
    tile: int
    tiles: int
    preset: str
    training_pixels: int
    network: str
    device: str
    report: bool = False
    meters: float | None = None

    @property
    def superpixels(self) -> int:
        """Approximate number of superpixels."""
        return max(round(self.pixels / (MEAN_OVER_SMALLEST * self.smallest)), 1)

    @property
    def amounts(self) -> dict[str, float]:
        """Work of the stages that run, in their order: megapixels or millions of superpixels."""
        pixels, superpixels = self.pixels / MEGA, self.superpixels / MEGA
        # These stages read all bands; a part of their time does not depend on the number of bands.
        values = pixels * (2 + self.bands) / 5
        clusters = self.preset != "published"
        amounts = {
            "reading": pixels,
            "superpixels": values,
            "description": values * clusters,
            "clustering": superpixels * clusters,
            "training": self.training_pixels / MEGA,
            "classification": pixels * (self.preset != "fast"),
            "smoothing": superpixels * (self.preset == "balanced"),
            "painting": pixels * clusters,
            "rendering": values,
            "report": pixels * self.report,
        }
        return {stage: amount for stage, amount in amounts.items() if amount}

    def key(self, stage: str) -> str:
        """The row of the table of costs for a stage."""
        if stage in ("training", "classification"):
            return f"{stage} {self.network} {'cpu' if self.device == 'cpu' else 'gpu'}"
        return stage


@dataclass(frozen=True)
class Estimate:
    """What a segmentation takes.

    Attributes:
        seconds: for the whole run.
        memory: of QGIS and the worker together, at most, bytes.
        device: name of the device.
        work: the work of the run.
        device_known: False before the first run with DEVICE auto, which chooses the device.
        remarks: sentences on the choice of superpixels and on copying the scene.
    """

    seconds: float
    memory: float
    device: str
    work: Workload
    device_known: bool = True
    remarks: tuple[str, ...] = ()

    def text(self, phrases: Mapping[str, str] = PHRASES) -> str:
        """The estimate as a clause in the language of the phrases."""
        work = self.work
        time, unit = rounded_time(self.seconds)
        side = math.sqrt(work.smallest)
        smallest = phrases["pixels"].format(work.smallest)
        if side.is_integer():
            smallest = phrases["square"].format(side=int(side))
        if work.meters is not None:
            length = rounded_length(side * work.meters)
            smallest = phrases["meters"].format(meters=length, shape=smallest)
        pixels, superpixels = (
            phrases["million"].format(number) if millions else number
            for number, millions in map(rounded_count, (work.pixels, work.superpixels))
        )
        return phrases["clause"].format(
            time=phrases[unit].format(time),
            device=self.device,
            memory=f"{self.memory / 1e9:.1f}",
            pixels=pixels,
            tiles=phrases["tiles" if work.tiles > 1 else "one tile"].format(f"{work.tiles:,}"),
            superpixels=superpixels,
            smallest=smallest,
        )


def first_run_costs(cores: int = CORES) -> dict[str, StageCost]:
    """Costs of all stages, by `Workload.key`, on a computer without measurements."""
    factor = (FIRST_RUN_CORES / cores) ** CORE_EXPONENT
    return {key: cost.scaled(factor) for key, cost in FIRST_RUN.items()}


def expected_seconds(work: Workload, costs: Mapping[str, StageCost]) -> dict[str, float]:
    """Seconds of each stage, in their order; `costs` has every `Workload.key`."""
    return {stage: costs[work.key(stage)].seconds(amount) for stage, amount in work.amounts.items()}


def expected_bytes(work: Workload, cores: int = CORES) -> float:
    """Memory of QGIS and the worker together, at most."""
    in_flight = min(cores + 2, work.tiles)
    tile = min(work.tile**2, work.pixels)
    tiles = BYTES_PER_TILE_VALUE * in_flight * tile * (work.bands + 1)
    cache = min(CACHE_BYTES_PER_VALUE * work.pixels * work.bands, MOST_CACHE_BYTES)
    superpixels = BYTES_PER_SUPERPIXEL * work.superpixels * (2 + work.bands) / 5
    return BASE_BYTES + tiles + cache + superpixels


def rounded_time(seconds: float) -> tuple[str, str]:
    """A time as a number and its unit: s, min or h; both empty below ten seconds."""
    if seconds < 10:
        return "", ""
    if seconds < 55:
        return str(10 * max(round(seconds / 10), 1)), "s"
    minutes = seconds / 60
    if minutes < 90:
        return str(max(round(minutes), 1) if minutes < 10 else 5 * round(minutes / 5)), "min"
    return f"{minutes / 60:.1f}", "h"


def rounded_count(count: float) -> tuple[str, bool]:
    """A count with two significant digits (three in millions), and whether it is in millions."""
    if count >= MEGA:
        millions = count / MEGA
        return f"{millions:,.0f}" if millions >= 100 else f"{millions:.3g}", True
    step = 10 ** max(math.floor(math.log10(max(count, 1))) - 1, 0)
    return f"{round(count / step) * step:,}", False


def rounded_length(meters: float) -> str:
    """A length with two significant digits, without powers of ten."""
    return f"{meters:.0f}" if meters >= 10 else f"{meters:.2g}"
