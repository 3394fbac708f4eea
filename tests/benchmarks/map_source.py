# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the maps of the quality benchmark come from: made now, or by another checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from superseg_plugin.pipeline.options.segmentation import PRESETS
from tests.benchmarks.image_data import STARTS, ImageData
from tests.benchmarks.methods import SharedWorker, segment

METHODS = (*STARTS, "published", "fast", "balanced")
if set(METHODS) != {*PRESETS, *STARTS}:
    raise RuntimeError("a preset is missing from the benchmark")


class MapSource(Protocol):
    """Provides the map of a method."""

    def map(self, data: ImageData, key: dict[str, Any]) -> tuple[Path, float]:
        """Path of the map of image, classes, method and seed, and the seconds that it took."""

    def path(self, key: dict[str, Any]) -> Path:
        """Path of the map, made or not."""


class NewMaps:
    """Maps that are made now.

    Args:
        folder: that they are written to.
        shared: the worker.
    """

    def __init__(self, folder: Path, shared: SharedWorker) -> None:
        self._folder = folder
        self._shared = shared

    def path(self, key: dict[str, Any]) -> Path:
        """Path of the map, made or not."""
        name = f"{key['classes']}-{key['method']}-{key['seed']}.tif"
        return self._folder / "maps" / key["image"] / name

    def map(self, data: ImageData, key: dict[str, Any]) -> tuple[Path, float]:
        """Make the map; a baseline's seconds include those of the superpixels it shares."""
        target, method = self.path(key), key["method"]
        target.parent.mkdir(parents=True, exist_ok=True)
        if method in STARTS:
            return target, data.run_baseline(method, target, key["classes"], key["seed"])
        job = self._shared.job(data.image, target, key["classes"], key["seed"])
        return target, segment(job, method)


class MadeMaps(NewMaps):
    """Maps that the quality benchmark of another checkout has made.

    Args:
        folder: the results of that benchmark: `quality.json`, and
            `maps/<image>/<classes>-<method>-<seed>.tif` with their records.
        shared: the worker.
    """

    def __init__(self, folder: Path, shared: SharedWorker) -> None:
        super().__init__(folder, shared)
        record = json.loads((folder / "quality.json").read_text(encoding="utf-8"))
        self._seconds = {self.path(run): run["seconds"] for run in record["runs"]}

    def map(self, data: ImageData, key: dict[str, Any]) -> tuple[Path, float]:
        """Take the map as it is."""
        path = self.path(key)
        if path not in self._seconds or not path.is_file():
            raise FileNotFoundError(f"there is no {path}")
        return path, self._seconds[path]
