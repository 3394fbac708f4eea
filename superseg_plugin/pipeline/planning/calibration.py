# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed and devices of this computer, learned from its runs and kept in the data folder."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from contextlib import suppress

from ...worker.interpreter import data_folder

FORMAT_VERSION = 5
# Each run halves the weight of those before it, so that a change of hardware is soon learned.
FADING = 0.5
# Weight of the times as shipped, in pixels: so many small scenes as a user may look at tell nothing
# of a large one, and one scene of 10^7 pixels tells nearly all.
SHIPPED_WEIGHT = 1e6
# Cores of the computer that the expected times were measured on. Time falls with the number of
# cores to this power: parts of each stage run on one core.
CORES, CORE_EXPONENT = 2, 0.8


class Calibration:
    """What the runs on this computer took; a damaged or older file is as good as none.

    Attributes:
        devices: type and name of the device that was used last, by the parameter DEVICE.
    """

    def __init__(self) -> None:
        self._path = data_folder() / "calibration.json"
        self._ratios: dict[str, tuple[float, float]] = {}
        self.devices: dict[str, tuple[str, str]] = {}
        with suppress(OSError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if content["format_version"] == FORMAT_VERSION:
                for stage, (ratio, weight) in content["stages"].items():
                    if 0 < ratio < math.inf and 0 < weight < math.inf:
                        self._ratios[stage] = ratio, weight
                for device, (kind, name) in content["devices"].items():
                    self.devices[device] = str(kind), str(name)

    def ratio(self, stage: str, setting: str) -> float:
        """Ratio of measured to expected time: of the runs, and 1 as shipped with two cores.

        Args:
            stage: of a segmentation.
            setting: network and type of device, which the time may depend on.
        """
        shipped = (CORES / (os.cpu_count() or CORES)) ** CORE_EXPONENT
        ratio, weight = self._ratios.get(f"{stage} {setting}", (shipped, 0.0))
        return float(shipped * (ratio / shipped) ** (weight / (weight + SHIPPED_WEIGHT)))

    def learn(
        self, changes: Mapping[str, float], setting: str, weights: Mapping[str, float]
    ) -> None:
        """Change the ratios after a run, and write the file if possible.

        Ratios are averaged with those of earlier runs, geometrically and weighted.

        Args:
            changes: measured over estimated time by stage.
            setting: of the run.
            weights: pixels of the scene that the stage tells of, from 0 on, by stage.
        """
        for stage, change in changes.items():
            if not weights[stage]:
                continue
            name = f"{stage} {setting}"
            found = self.ratio(stage, setting) * change
            ratio, before = self._ratios.get(name, (found, 0.0))
            weight = FADING * before + weights[stage]
            mean = ratio * (found / ratio) ** (weights[stage] / weight)
            self._ratios[name] = mean, weight
        content = {"format_version": FORMAT_VERSION, "devices": self.devices}
        text = json.dumps({**content, "stages": self._ratios}, indent=1)
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(text, encoding="utf-8")
