# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast this machine is, learned from the runs on it and kept in the data folder."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...worker.interpreter import data_folder

FORMAT_VERSION = 1
LARGEST_FILE = 1 << 20
# Earlier runs count half as much with each new one.
FADING = 0.5
# Shorter stages say more of starting than of speed.
LEAST_SECONDS = 0.2
SLOWEST = 1000.0


class Calibration:
    """Factors between expected and measured times, with how much work they rest on.

    Attributes:
        auto_device: type and name of what DEVICE auto came to last time; empty before.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "calibration.json"
        self._known: dict[str, tuple[float, float]] = {}
        self.auto_device: tuple[str, ...] = ()
        # A file that is not there, or of no use, is as good as none.
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            self._read()

    @property
    def factors(self) -> dict[str, float]:
        """What to multiply expected times by."""
        return {key: factor for key, (factor, _) in self._known.items()}

    def learn(self, expected: Mapping[str, float], measured: Mapping[str, float]) -> None:
        """Take in a run.

        Args:
            expected: seconds by key, by the factors as they are.
            measured: seconds by key.
        """
        for key, seconds in measured.items():
            if key not in expected or max(seconds, expected[key]) < LEAST_SECONDS:
                continue
            old, weight = self._known.get(key, (1.0, 0.0))
            ratio = max(seconds, 1e-3) / max(expected[key], 1e-3)
            found = min(max(old * ratio, 1 / SLOWEST), SLOWEST)
            weight *= FADING
            # Much work says more than little; how long it took does not matter here.
            worth = max(expected[key] / old, 1e-3)
            mean = (weight * math.log(old) + worth * math.log(found)) / (weight + worth)
            self._known[key] = (math.exp(mean), weight + worth)

    def save(self) -> None:
        """Keep it for the next run; where that cannot be, the next one does without."""
        content = {
            "format_version": FORMAT_VERSION,
            "auto_device": list(self.auto_device),
            "stages": {key: list(pair) for key, pair in sorted(self._known.items())},
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
        for key, (factor, weight) in content["stages"].items():
            factor, weight = float(factor), float(weight)
            if 1 / SLOWEST <= factor <= SLOWEST and 0 <= weight < math.inf:
                self._known[str(key)] = (factor, weight)
        device = content["auto_device"]
        self.auto_device = tuple(map(str, device)) if len(device) == 2 else ()
