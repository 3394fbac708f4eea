# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation is going to take on this machine, said before it starts and checked after."""

from __future__ import annotations

from concurrent.futures import Future

from ..progress import Progress
from ..raster.source import RasterSource
from ..raster.windows import tiles
from ..worker.client import Answer, Worker
from .calibration import Calibration
from .estimate import Work, expected_bytes, expected_seconds, in_words
from .segmentation_options import SegmentationOptions
from .stages import Stages
from .superpixel_options import SuperpixelOptions
from .superpixels import automatic_tile
from .training_options import TrainingOptions

REPORT_SECONDS = 1.0


class Plan:
    """The stages of one segmentation, with their times.

    Args:
        source: the scene.
        options: how to segment it.
        superpixels: how to cut it.
        training: how the network is trained; None without one.
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
        training: TrainingOptions | None,
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
        size = superpixels.tile_size or automatic_tile(source)
        grid = source.grid
        seen = 0
        if training:
            # Patches are no larger than the scene.
            side = min(training.patch_size, max(grid.width, grid.height))
            seen = training.steps * training.batch_size * side**2
        self._work = Work(
            pixels=grid.width * grid.height,
            bands=len(source.bands),
            smallest=superpixels.min_size,
            tile=size,
            tiles=len(tiles(grid.width, grid.height, size)),
            preset=options.preset,
            seen=seen,
            network=training.network if training else "",
            device=kind,
        )
        self._expected = expected_seconds(self._work, self._calibration.factors)
        total = sum(self._expected.values())
        progress.log(in_words(self._work, total, expected_bytes(self._work), name))
        extra = {"report": REPORT_SECONDS} if report else {}
        self.stages = Stages(progress, {**self._expected, **extra}, timed=True)

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
