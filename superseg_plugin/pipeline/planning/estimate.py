# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation will take: time by stage, and memory.

The figures were measured on two cores without a graphics processor; `calibration` brings them to
the machine at hand.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable

MEGA = 1e6
# How the time falls with the number of cores: not all of a stage runs on all of them.
CORES, CORE_GAIN = 2, 0.8
# Pixels of a superpixel on average, over those of the smallest.
MEAN_OVER_SMALLEST = 4.5
# Of both processes, with their libraries and a training under way.
BASE_BYTES = 0.85e9
BYTES_A_SUPERPIXEL = 400
# Copies of a tile as float32 that are alive at once.
COPIES_OF_TILE = 2
# What GDAL keeps of what is read and written, with three bands: so much a pixel, but no more.
CACHE_A_PIXEL, MOST_CACHE = 10, 320e6

# Takes a context and a text, as Qt does; what is said in a window is said in its language.
Translate = Callable[[str, str], str]


@dataclass(frozen=True)
class Work:
    """What there is to do.

    Attributes:
        pixels: of the scene.
        bands: of the scene.
        smallest: pixels of the smallest superpixel.
        tile: side of a tile, pixels.
        tiles: their number.
        preset: of `SegmentationOptions`.
        seen: pixels that the training looks at, over all steps; 0 without one.
        network: name of the network.
        device: type of what computes: cpu, cuda or mps.
        report: whether a report is written.
        meters: side of a pixel; None where unknown.
    """

    pixels: int
    bands: int
    smallest: int
    tile: int
    tiles: int
    preset: str
    seen: int
    network: str
    device: str
    report: bool = False
    meters: float | None = None

    @property
    def superpixels(self) -> int:
        """About how many there will be."""
        return max(round(self.pixels / (MEAN_OVER_SMALLEST * self.smallest)), 1)

    def key(self, stage: str) -> str:
        """What a stage's time depends on besides the amount of work."""
        if stage in ("training", "classification"):
            return f"{stage} {self.network} {self.device}"
        return stage


def expected_seconds(
    work: Work, factors: Mapping[str, float], cores: int | None = None
) -> dict[str, float]:
    """Seconds of each stage, in their order.

    Args:
        work: what there is to do.
        factors: of `Calibration`, by `Work.key`; 1 where missing.
        cores: of the machine; found out where None.
    """
    size, superpixels = work.pixels / MEGA, work.superpixels
    bands = (2 + work.bands) / 5
    light = work.network == "light"
    gpu = work.device != "cpu"
    stages = {
        "reading": 0.6,
        "superpixels": 1.0 + 0.15 * size * bands,
    }
    if work.preset != "published":
        stages["description"] = 0.2 + 0.1 * size * bands
        stages["clustering"] = 0.3 + 2.5e-5 * superpixels + 3.0 * min(superpixels / 2e4, 1)
    if work.seen:
        stages["training"] = 2.0 + work.seen * (2.4e-7 if light else 1.8e-6) / (15 if gpu else 1)
    if work.preset != "fast":
        stages["classification"] = 0.2 + size * (0.28 if light else 1.2) / (6 if gpu else 1)
    if work.preset == "balanced":
        stages["smoothing"] = 0.1 + 6e-6 * superpixels
    if work.preset != "published":
        stages["painting"] = 0.1 + 0.03 * size
    stages["rendering"] = 0.3 + 0.045 * size * bands
    if work.report:
        stages["report"] = 0.5
    speed = (CORES / max(cores or os.cpu_count() or CORES, 1)) ** CORE_GAIN
    return {name: s * speed * factors.get(work.key(name), 1.0) for name, s in stages.items()}


def expected_bytes(work: Work, cores: int | None = None) -> float:
    """Memory of QGIS and the worker together, at most."""
    in_flight = min((cores or os.cpu_count() or CORES) + 2, work.tiles)
    tile = min(work.tile**2, work.pixels)
    tiles = in_flight * COPIES_OF_TILE * 4 * tile * (work.bands + 1)
    cache = min(CACHE_A_PIXEL * work.pixels * work.bands / 3, MOST_CACHE)
    superpixels = BYTES_A_SUPERPIXEL * work.superpixels * (2 + work.bands) / 5
    return BASE_BYTES + tiles + cache + superpixels


def untranslated(_context: str, text: str) -> str:
    """Leave a text as it is."""
    return text


def in_words(
    work: Work,
    seconds: float,
    memory: float,
    device: str,
    translate: Translate = untranslated,
) -> str:
    """Say what a run will take.

    Args:
        work: what there is to do.
        seconds: for all of it.
        memory: bytes.
        device: name of what computes.
        translate: into whose language.
    """
    tiles = translate("SuperSeg", "1 tile")
    if work.tiles > 1:
        tiles = translate("SuperSeg", "{} tiles").format(f"{work.tiles:,}")
    return translate(
        "SuperSeg",
        "{time} on {device}, {memory} GB of memory: {pixels} pixels in {tiles}, about {superpixels}"
        " superpixels; smallest superpixels {smallest}",
    ).format(
        time=rounded_time(seconds, translate),
        device=device,
        memory=f"{memory / 1e9:.1f}",
        pixels=_count(work.pixels, translate),
        tiles=tiles,
        superpixels=_count(work.superpixels, translate),
        smallest=_smallest(work, translate),
    )


def rounded_time(seconds: float, translate: Translate = untranslated) -> str:
    """Say a time as precisely as an estimate deserves."""
    if seconds < 10:
        return translate("SuperSeg", "a few seconds")
    if seconds < 55:
        return translate("SuperSeg", "about {} s").format(10 * max(round(seconds / 10), 1))
    minutes = seconds / 60
    if minutes < 90:
        whole = max(round(minutes), 1) if minutes < 10 else 5 * round(minutes / 5)
        return translate("SuperSeg", "about {} min").format(whole)
    return translate("SuperSeg", "about {} h").format(f"{minutes / 60:.1f}")


def _smallest(work: Work, translate: Translate) -> str:
    """Size of the smallest superpixels, on the ground too where that is known."""
    side = math.sqrt(work.smallest)
    shape = translate("SuperSeg", "{} pixels").format(work.smallest)
    if side.is_integer():
        shape = translate("SuperSeg", "{side} x {side} pixels").format(side=int(side))
    if work.meters is None:
        return shape
    return translate("SuperSeg", "{meters} m ({shape})").format(
        meters=_digits(side * work.meters), shape=shape
    )


def _digits(number: float) -> str:
    """Two digits, and no powers of ten."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"


def _count(number: float, translate: Translate) -> str:
    """Two digits of a count are as good as it is known."""
    if number >= MEGA:
        millions = number / MEGA
        shown = f"{millions:,.0f}" if millions >= 100 else f"{millions:.3g}"
        return translate("SuperSeg", "{} million").format(shown)
    step = 10 ** max(math.floor(math.log10(max(number, 1))) - 1, 0)
    return f"{round(number / step) * step:,}"
