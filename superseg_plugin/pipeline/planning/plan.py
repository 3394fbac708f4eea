# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation is going to take on this machine, said before it starts and checked after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from ...progress import Progress, SilentProgress
from ...raster.grid import Grid
from ...raster.ground import has_meters, pixel_side
from ...raster.source import RasterSource
from ...worker.client import Answer, Worker
from ..options.ground_sizes import least_pixels
from ..options.published import published_tiles, published_training
from ..options.segmentation import SegmentationOptions
from ..options.superpixels import SuperpixelOptions
from ..options.training import TrainingOptions
from ..steps.tiling import automatic_tile
from .calibration import Calibration
from .estimate import Translate, Work, expected_bytes, expected_seconds, in_words, untranslated
from .stages import Stages

# The network that clusters guide has learned a small scene after few steps; a larger one shows
# more, though not by as much. Stopping once classes have settled would save less: from ten steps to
# the next, half to nearly all of the watched pixels keep theirs, and the map is as good either way.
SMALL_SCENE, SMALL_STEPS, MOST_STEPS = 512**2, 16, 120


def training_options(options: SegmentationOptions, grid: Grid) -> TrainingOptions:
    """How the network of a preset is trained, as far as the scene does not decide."""
    if options.preset == "published":
        count = published_tiles(grid.width, grid.height)
        return published_training(options.classes, options.seed, count)
    larger = max(grid.width * grid.height / SMALL_SCENE, 1.0)
    steps = min(round(SMALL_STEPS * math.sqrt(larger)), MOST_STEPS)
    return TrainingOptions(classes=options.classes, seed=options.seed, steps=steps)


def trains(options: SegmentationOptions, model: bool) -> bool:
    """The fast preset has no use for a network of its own, but may be asked for one."""
    return options.preset != "fast" or model


def work_of(
    grid: Grid,
    bands: int,
    options: SegmentationOptions,
    superpixels: SuperpixelOptions,
    model: bool,
    report: bool,
    device: str,
) -> Work:
    """Tell what there is to do, from what is known before a pixel is read.

    Args:
        grid: the scene's.
        bands: their number.
        options: how to segment it.
        superpixels: how to cut it.
        model: whether a model is wanted.
        report: whether a report is written.
        device: type of what computes.

    Raises:
        SuperSegError: MIN_AREA is in meters, and the scene has none.
    """
    # What is of use at the end of a run only must not fail there.
    least_pixels(options.min_area, options.units, grid)
    training = training_options(options, grid)
    # Patches are no larger than the scene.
    side = min(training.patch_size, max(grid.width, grid.height))
    seen = training.steps * training.batch_size * side**2
    trained = trains(options, model)
    tile = options.tile_size or automatic_tile(bands)
    return Work(
        pixels=grid.width * grid.height,
        bands=bands,
        smallest=superpixels.min_size,
        tile=tile,
        tiles=math.ceil(grid.width / tile) * math.ceil(grid.height / tile),
        preset=options.preset,
        seen=seen if trained else 0,
        network=training.network if trained else "",
        device=device,
        report=report,
        meters=pixel_side(grid) if has_meters(grid) else None,
    )


@dataclass(frozen=True)
class Outline:
    """A scene as it is known without its pixels.

    Attributes:
        path, bands, extent: of `RasterSource`.
        copied: grid and number of bands of what is copied to a file first; None where the file is
            there.
        note: a remark on the copying, or "".
    """

    path: str = ""
    bands: Sequence[int] | None = None
    extent: tuple[float, float, float, float] | None = None
    copied: tuple[Grid, int] | None = None
    note: str = ""

    def size(self) -> tuple[Grid, int]:
        """Grid and number of bands.

        Raises:
            SuperSegError: the file is gone or no raster, or has no such bands or extent.
        """
        if self.copied is not None:
            return self.copied
        with RasterSource(self.path, self.bands, self.extent) as source:
            return source.grid, len(source.bands)


def outlook(
    scene: Outline,
    options: SegmentationOptions,
    model: bool,
    report: bool,
    device: str,
    translate: Translate = untranslated,
) -> str:
    """Say what a segmentation would take, without starting one.

    Args:
        scene: what to segment.
        options: how to segment it.
        model: whether a model is wanted.
        report: whether a report is wanted.
        device: what DEVICE says.
        translate: into whose language.

    Raises:
        SuperSegError: the scene cannot be opened, or has no meters where sizes are in meters.
    """
    grid, bands = scene.size()
    remarks = _Remarks()
    superpixels = options.superpixels(grid, remarks)
    calibration = Calibration()
    kind, name = device, device
    if device == "auto":
        # Nothing but a run finds out; most computers have no other.
        kind, name = calibration.auto_device or ("cpu", "cpu")
        if not calibration.auto_device:
            remarks.log(
                translate("SuperSeg", "The first run finds out whether another device is faster.")
            )
    work = work_of(grid, bands, options, superpixels, model, report, kind)
    total = sum(expected_seconds(work, calibration.factors).values())
    words = in_words(work, total, expected_bytes(work), _shown(kind, name), translate)
    words = translate("SuperSeg", "{}.").format(words[:1].upper() + words[1:])
    return "\n".join(filter(None, (words, scene.note, *remarks.lines)))


class Plan:
    """The stages of one segmentation, with their times.

    Args:
        source: the scene.
        options: how to segment it.
        superpixels: how to cut it.
        model: whether a model is wanted.
        report: whether a report is written.
        device: the answer of `describe_device`, under way.
        worker: who computes.
        progress: told what it will take.
    """

    def __init__(
        self,
        source: RasterSource,
        options: SegmentationOptions,
        superpixels: SuperpixelOptions,
        model: bool,
        report: bool,
        device: Future[Answer],
        worker: Worker,
        progress: Progress,
    ) -> None:
        self._calibration = Calibration()
        self._auto = worker.device == "auto"
        kind, name = worker.device, worker.device
        if self._auto:
            # Which device it is comes to light while the scene is read; it seldom changes.
            if not self._calibration.auto_device:
                self.remember(worker.result(device, progress))
            kind, name = self._calibration.auto_device
        bands = len(source.bands)
        self._work = work_of(source.grid, bands, options, superpixels, model, report, kind)
        self._expected = expected_seconds(self._work, self._calibration.factors)
        total = sum(self._expected.values())
        memory = expected_bytes(self._work)
        progress.log(f"Estimate: {in_words(self._work, total, memory, _shown(kind, name))}")
        self.stages = Stages(progress, self._expected, timed=True)

    def remember(self, device: Answer) -> None:
        """Take in which device it is."""
        if self._auto:
            self._calibration.auto_device = (device.result["type"], device.result["name"])

    def learn(self) -> None:
        """Compare with what it took, for the next time."""
        key = self._work.key
        self._calibration.learn(
            {key(name): seconds for name, seconds in self._expected.items()},
            {key(name): seconds for name, seconds in self.stages.seconds.items()},
        )
        self._calibration.save()


class _Remarks(SilentProgress):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        """Keep it, as a sentence."""
        self.lines.append(text if text.endswith((".", "。")) else f"{text}.")


def _shown(kind: str, name: str) -> str:
    """The name of a device as people write it; graphics processors have names of their own."""
    return name.replace(kind, kind.upper(), 1) if name.startswith(kind) else name
