# SPDX-License-Identifier: GPL-2.0-or-later
"""The record beside a result: all that is needed to make it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...raster.source import RasterSource
from ...worker.client import Worker

SUFFIX = ".superseg.json"
FORMAT_VERSION = 1


def describe_run(step: str, options: Any, source: RasterSource, worker: Worker) -> dict[str, Any]:
    """Collect what a run depended on: options, input, device wanted, software versions."""
    return {
        "format_version": FORMAT_VERSION,
        "algorithm": f"superseg:{step}",
        "options": asdict(options),
        "device": worker.device,
        "input": describe_input(source),
        "versions": worker.versions,
    }


def write_record(
    path: Path, step: str, options: Any, source: RasterSource, worker: Worker, **extra: Any
) -> None:
    """Write the record beside an output, as `<file name>.superseg.json`."""
    record = {**describe_run(step, options, source, worker), **extra}
    write_beside(path, record)


def describe_input(source: RasterSource) -> dict[str, Any]:
    """Collect what a record says of the raster that a result is made of."""
    return {
        "name": source.name,
        "bands": list(source.bands),
        "width": source.grid.width,
        "height": source.grid.height,
        "offset": list(source.offset),
    }


def write_beside(path: Path, record: dict[str, Any]) -> None:
    """Write a record beside an output."""
    text = json.dumps(record, indent=1, sort_keys=True)
    path.with_name(path.name + SUFFIX).write_text(text + "\n", encoding="utf-8")
