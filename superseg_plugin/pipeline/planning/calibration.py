# SPDX-License-Identifier: GPL-2.0-or-later
"""Costs of the stages on this computer, learned from its runs and kept in the data folder."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...worker.interpreter import data_folder
from .estimate import StageCost, Workload, first_run_costs

FORMAT_VERSION = 2
LARGEST_FILE = 1 << 20
# Each run halves the weight of those before it, so that a change of hardware is soon learned.
FADING = 0.5


class Calibration:
    """Costs by `Workload.key`: measured on this computer, or `first_run_costs` before that.

    Args:
        path: of the file; in the data folder where None. A missing, damaged or older file is as
            good as none.

    Attributes:
        costs: by `Workload.key`.
        auto_device: type and name of the device that DEVICE auto chose last; empty before a run.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "calibration.json"
        # Amounts of work that the measured costs are based on.
        self._weights: dict[str, float] = {}
        self.costs = first_run_costs()
        self.auto_device: tuple[str, ...] = ()
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            self._read()

    def learn(self, work: Workload, measured: Mapping[str, float]) -> None:
        """Replace the costs of a run's stages by what the run took.

        The ratio of measured to expected time is averaged with that of earlier runs,
        geometrically and weighted by the amount of work: a small scene changes little.

        Args:
            work: the work of the run.
            measured: seconds by stage.
        """
        for stage, seconds in measured.items():
            key, amount = work.key(stage), work.amounts[stage]
            expected = self.costs[key].seconds(amount)
            before = FADING * self._weights.get(key, 0.0)
            ratio = max(seconds, 1e-3) / max(expected, 1e-3)
            self.costs[key] = self.costs[key].scaled(ratio ** (amount / (before + amount)))
            self._weights[key] = before + amount

    def save(self) -> None:
        """Write the file; where that is not possible, the next run goes without it."""
        stages = {}
        for key, weight in sorted(self._weights.items()):
            stages[key] = [self.costs[key].start, self.costs[key].rate, weight]
        content = {
            "format_version": FORMAT_VERSION,
            "auto_device": list(self.auto_device),
            "stages": stages,
        }
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
            draft.replace(self._path)

    def _read(self) -> None:
        if self._path.stat().st_size > LARGEST_FILE:
            return
        content: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        if content["format_version"] != FORMAT_VERSION:
            return
        for key, figures in content["stages"].items():
            start, rate, weight = map(float, figures)
            if key in self.costs and all(0 <= each < math.inf for each in (start, rate, weight)):
                self.costs[key] = StageCost(start, rate)
                self._weights[key] = weight
        device = content["auto_device"]
        self.auto_device = tuple(map(str, device)) if len(device) == 2 else ()
