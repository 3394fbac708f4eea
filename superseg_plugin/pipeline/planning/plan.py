# SPDX-License-Identifier: GPL-2.0-or-later
"""The estimate of a segmentation before it starts, and its stages while it runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from ...contracts import Device
from ...progress import Progress, Stages
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
from .estimate import Estimate, Workload, expected_bytes, expected_seconds

# The network guided by clusters learns a small scene in few steps; a larger scene has more to
# learn, though less than in proportion. Stopping when the classes no longer change would save
# little: between tens of steps, half to nearly all of the watched pixels keep their class, and the
# map is as good either way.
SMALL_SCENE, SMALL_STEPS, MOST_STEPS = 512**2, 16, 120


def training_options(options: SegmentationOptions, grid: Grid) -> TrainingOptions:
    """How the network of a preset is trained; the steps grow with the scene."""
    if options.preset == "published":
        count = published_tiles(grid.width, grid.height)
        return published_training(options.classes, options.seed, count)
    larger = max(grid.width * grid.height / SMALL_SCENE, 1.0)
    steps = min(round(SMALL_STEPS * math.sqrt(larger)), MOST_STEPS)
    return TrainingOptions(classes=options.classes, seed=options.seed, steps=steps)


def trains(options: SegmentationOptions, model: bool) -> bool:
    """Whether a network is trained: the fast preset does so only where a model is requested."""
    return options.preset != "fast" or model


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


@dataclass(frozen=True)
class InputDescription:
    """A scene of which the header is known, but not the pixels.

    Attributes:
        path, bands, extent: of `RasterSource`.
        copied: grid and number of bands of a scene that is copied to a file first, None otherwise.
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


def estimate_segmentation(scene: InputDescription, request: EstimateRequest) -> Estimate:
    """Estimate time and memory of a segmentation without starting a worker.

    Args:
        scene: what to segment.
        request: how to segment it.

    Raises:
        SuperSegError: the scene cannot be opened, or has no meters where sizes are in meters.
    """
    grid, bands = scene.size()
    remarks = _Remarks()
    superpixels = request.options.superpixels(grid, remarks)
    calibration = Calibration()
    kind, name = request.device, request.device
    if request.device == "auto":
        # Only a run finds out which device it is; most computers have no other than the CPU.
        kind, name = calibration.auto_device or ("cpu", "cpu")
    return _estimate(
        _workload((grid, bands), superpixels, request, kind),
        calibration,
        _displayed(kind, name),
        request.device != "auto" or bool(calibration.auto_device),
        tuple(filter(None, (scene.note, *remarks.lines))),
    )


class Plan:
    """The stages of one segmentation, with their times.

    Args:
        source: the scene.
        superpixels: how to cut it.
        request: how to segment it.
        device: the answer of `describe_device`, which may not have arrived yet.
        worker: that the run computes in.
        progress: gets the estimate as a log line.
    """

    def __init__(
        self,
        source: RasterSource,
        superpixels: SuperpixelOptions,
        request: EstimateRequest,
        device: Future[Answer],
        worker: Worker,
        progress: Progress,
    ) -> None:
        self._calibration = Calibration()
        self._auto = worker.device == "auto"
        kind, name = worker.device, worker.device
        if self._auto:
            # The answer arrives while the scene is read; the device seldom changes between runs.
            if not self._calibration.auto_device:
                self.remember(Device(**worker.result(device, progress).result))
            kind, name = self._calibration.auto_device
        self._work = _workload((source.grid, len(source.bands)), superpixels, request, kind)
        estimate = _estimate(self._work, self._calibration, _displayed(kind, name))
        progress.log(f"Estimate: {estimate.text()}")
        expected = expected_seconds(self._work, self._calibration.costs)
        self.stages = Stages(progress, expected, timed=True)

    def remember(self, device: Device) -> None:
        """Keep which device DEVICE auto chose."""
        if self._auto:
            self._calibration.auto_device = (device.type, device.name)

    def learn(self) -> None:
        """Keep what the stages took, for the next estimate."""
        self._calibration.learn(self._work, self.stages.seconds)
        self._calibration.save()


class _Remarks(Progress):
    """Keeps log lines as sentences."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        """Keep a line."""
        self.lines.append(text if text.endswith(".") else f"{text}.")


def _workload(
    size: tuple[Grid, int], superpixels: SuperpixelOptions, request: EstimateRequest, device: str
) -> Workload:
    """The work of a run on a device of a type: cpu, cuda or mps.

    Raises:
        SuperSegError: MIN_AREA is in meters, and the scene has none.
    """
    grid, bands = size
    options = request.options
    # MIN_AREA is needed at the end of a run, but is checked before it.
    least_pixels(options.min_area, options.units, grid)
    trained = trains(options, request.model)
    training = training_options(options, grid)
    # Patches are no larger than the scene.
    side = min(training.patch_size, max(grid.width, grid.height))
    tile = options.tile_size or automatic_tile(bands)
    return Workload(
        pixels=grid.width * grid.height,
        bands=bands,
        smallest=superpixels.min_size,
        tile=tile,
        tiles=math.ceil(grid.width / tile) * math.ceil(grid.height / tile),
        preset=options.preset,
        training_pixels=training.steps * training.batch_size * side**2 if trained else 0,
        network=training.network if trained else "",
        device=device,
        report=request.report,
        meters=pixel_side(grid) if has_meters(grid) else None,
    )


def _estimate(
    work: Workload,
    calibration: Calibration,
    device: str,
    device_known: bool = True,
    remarks: tuple[str, ...] = (),
) -> Estimate:
    seconds = sum(expected_seconds(work, calibration.costs).values())
    return Estimate(seconds, expected_bytes(work), device, work, device_known, remarks)


def _displayed(kind: str, name: str) -> str:
    """The name of a device in capitals where it is that of its type: CPU (2 threads)."""
    return name.replace(kind, kind.upper(), 1) if name.startswith(kind) else name
