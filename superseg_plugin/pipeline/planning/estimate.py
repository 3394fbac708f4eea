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
from dataclasses import dataclass, field

MEGA = 1e6


@dataclass(frozen=True)
class StageCost:
    """The time of a stage.

    Attributes:
        start: seconds, whatever the amount of work.
        rate: seconds a megapixel, or a million superpixels; see `Workload.amount`.
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

# Mean over smallest size of superpixels, measured on the benchmark images.
MEAN_OVER_SMALLEST = 4.5
# Of both processes with their libraries, during a training.
BASE_BYTES = 0.85e9
BYTES_PER_SUPERPIXEL = 400
# A tile is held as float32 twice: as sent, and as received.
BYTES_PER_TILE_VALUE = 2 * 4
# GDAL's cache of blocks grows with the scene up to its limit.
CACHE_BYTES_PER_VALUE, MOST_CACHE_BYTES = 10 / 3, 320e6


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
    def stages(self) -> list[str]:
        """The stages of the run, in their order."""
        clusters = self.preset != "published"
        runs = {
            "reading": True,
            "superpixels": True,
            "description": clusters,
            "clustering": clusters,
            "training": self.training_pixels > 0,
            "classification": self.preset != "fast",
            "smoothing": self.preset == "balanced",
            "painting": clusters,
            "rendering": True,
            "report": self.report,
        }
        return [name for name, needed in runs.items() if needed]

    def key(self, stage: str) -> str:
        """The row of the table of costs for a stage."""
        if stage in ("training", "classification"):
            return f"{stage} {self.network} {'cpu' if self.device == 'cpu' else 'gpu'}"
        return stage

    def amount(self, stage: str) -> float:
        """Amount of a stage's work, in millions."""
        if stage == "training":
            return self.training_pixels / MEGA
        if stage in ("clustering", "smoothing"):
            return self.superpixels / MEGA
        if stage in ("superpixels", "description", "rendering"):
            # These read all bands; a part of their time does not depend on the number of bands.
            return self.pixels / MEGA * (2 + self.bands) / 5
        return self.pixels / MEGA


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
    remarks: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """The estimate as a clause in English, for the log."""
        number, unit = rounded_time(self.seconds)
        time = f"about {number} {unit}" if unit else "a few seconds"
        tiles = f"{self.work.tiles:,} tiles" if self.work.tiles > 1 else "1 tile"
        size = f"{self.work.smallest} pixels"
        side = math.sqrt(self.work.smallest)
        if side.is_integer():
            size = f"{side:.0f} x {side:.0f} pixels"
        if self.work.meters is not None:
            size = f"{rounded_length(side * self.work.meters)} m ({size})"
        pixels, superpixels = (
            f"{number} million" if millions else number
            for number, millions in map(rounded_count, (self.work.pixels, self.work.superpixels))
        )
        return (
            f"{time} on {self.device}, {self.memory / 1e9:.1f} GB of memory: {pixels} pixels in"
            f" {tiles}, about {superpixels} superpixels; smallest superpixels {size}"
        )


def first_run_costs(cores: int | None = None) -> dict[str, StageCost]:
    """Costs of all stages on a computer without measurements.

    Args:
        cores: number of processor cores; those of this computer where None.
    """
    factor = (FIRST_RUN_CORES / _cores(cores)) ** CORE_EXPONENT
    return {key: cost.scaled(factor) for key, cost in FIRST_RUN.items()}


def expected_seconds(work: Workload, costs: Mapping[str, StageCost]) -> dict[str, float]:
    """Seconds of each stage, in their order.

    Args:
        work: the work of the run.
        costs: of every `Workload.key`.
    """
    return {stage: costs[work.key(stage)].seconds(work.amount(stage)) for stage in work.stages}


def expected_bytes(work: Workload, cores: int | None = None) -> float:
    """Memory of QGIS and the worker together, at most.

    Args:
        work: the work of the run.
        cores: number of processor cores; those of this computer where None.
    """
    in_flight = min(_cores(cores) + 2, work.tiles)
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


def _cores(cores: int | None) -> int:
    return max(cores or os.cpu_count() or FIRST_RUN_CORES, 1)
