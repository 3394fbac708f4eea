# SPDX-License-Identifier: GPL-2.0-or-later
"""Operations on tiles that this node reads from files; see `worker/in_place`.

Rasters are opened for each tile: nothing stays open after a run, and threads share no dataset.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from distributed import get_worker

from ..contracts import plain
from ..errors import SuperSegError
from ..pipeline.steps.tile_requests import REQUESTS, checksum
from ..raster.described_source import opened_as_described
from ..raster.gdal_calls import gdal_version
from ..raster.source import RasterSource
from ..raster.windows import Window
from ..worker.call import Answer, Call
from ..worker.in_place import CHECK_PLACE, IN_PLACE, SOURCE_FILE, TileFiles
from ..worker.operations import OPERATIONS


def compute(op: str, call: Call) -> Answer:
    """Compute an operation on a tile, or answer CHECK_PLACE."""
    files = TileFiles(**call.options[IN_PLACE])
    if op == CHECK_PLACE:
        return _check(files, call), {}
    options, arrays = _read(op, files)
    asked = {**call.options, **{name: plain(value) for name, value in options.items()}}
    return OPERATIONS[op](replace(call, options=asked, arrays={**arrays, **call.arrays}))


def _check(files: TileFiles, call: Call) -> dict[str, Any]:
    """Whether this node writes into the folder of the run, and reads the same pixels."""
    worker, reason = get_worker(), ""
    try:
        with tempfile.TemporaryFile(dir=files.folder, buffering=0) as probe:
            probe.write(b"0")
        with _source(files) as source:
            windows = [Window(*place) for place in call.options["windows"]]
            if checksum(source, windows) != call.options["checksum"]:
                reason = f"reads other pixels of {source.path}"
    except OSError as error:
        reason = f"cannot write into the folder of the run, {files.folder} ({error.strerror})"
    except (SuperSegError, ValueError) as error:
        reason = f"cannot read the image ({error})"
    threads = worker.state.nthreads
    return {"node": worker.address, "reason": reason, "threads": threads, "gdal": gdal_version()}


def _read(op: str, files: TileFiles) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options and arrays of a tile."""
    with ExitStack() as opened:
        source = opened.enter_context(_source(files))
        superpixels = None
        if files.labels:
            superpixels = opened.enter_context(RasterSource(files.labels))
        return REQUESTS[op](source, superpixels, Window(*files.window), files.halo)


@contextmanager
def _source(files: TileFiles) -> Iterator[RasterSource]:
    """The image of the run."""
    described = json.loads((Path(files.folder) / SOURCE_FILE).read_text(encoding="utf-8"))
    with opened_as_described(described) as source:
        yield source
