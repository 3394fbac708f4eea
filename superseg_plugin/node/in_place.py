# SPDX-License-Identifier: GPL-2.0-or-later
"""Operations on tiles that this node reads from files and writes to files; see `worker/in_place`.

Rasters are opened for each request: nothing stays open after a run, and threads share no dataset.
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
from distributed import get_worker

from ..contracts import plain
from ..errors import SuperSegError
from ..pipeline.steps.superpixel_table import numbered
from ..pipeline.steps.tile_requests import REQUESTS, checksum
from ..raster.described_source import opened_as_described
from ..raster.gdal_calls import gdal_version
from ..raster.pieces import read_piece, write_piece
from ..raster.source import RasterSource
from ..raster.windows import Window
from ..worker.call import Answer, Call
from ..worker.in_place import (
    CHECK_PLACE,
    FURTHER,
    IN_PLACE,
    NUMBER,
    PART,
    SOURCE_FILE,
    WRITTEN,
    TileFiles,
    answer_path,
)
from ..worker.messages import arrays_of
from ..worker.operations import OPERATIONS
from ..worker.protocol import Array, add_prefix, map_arrays, split_off, write_arrays

Rasters = tuple[RasterSource, Optional[RasterSource]]


def compute(op: str, call: Call) -> Answer:
    """Compute an operation on one or several tiles, or answer CHECK_PLACE."""
    files = TileFiles(**call.options[IN_PLACE])
    if op == CHECK_PLACE:
        return _check(files, call), {}
    if PART in call.options:
        return _of_part(op, call, files), {}
    tiles = [files, *(TileFiles(**each) for each in call.options[FURTHER])]
    own, shared = [], call.arrays
    for number, _ in enumerate(tiles):
        arrays, shared = split_off(f"{number}.", shared)
        own.append(arrays)
    found: dict[str, Array] = {}
    with ExitStack() as opened:
        rasters = None
        if op != NUMBER:
            source = opened.enter_context(_source(files))
            superpixels = None
            if files.labels:
                superpixels = opened.enter_context(RasterSource(files.labels))
            rasters = source, superpixels
        for number, (each, arrays) in enumerate(zip(tiles, own)):
            options = {**call.options, **each.options}
            asked = replace(call, options=options, arrays={**shared, **arrays})
            found.update(add_prefix(f"{number}.", _of_tile(op, asked, each, rasters)))
    return {}, found


def _of_part(op: str, call: Call, files: TileFiles) -> dict[str, Any]:
    """Descriptions of the arrays of the answer to a part, which go to a file as its own do."""
    folder, part = Path(files.folder), call.options[PART]
    path = folder / part["name"]
    _, arrays = OPERATIONS[op](replace(call, arrays=map_arrays(folder, path, arrays_of(part))))
    partial = folder / f"partial-{uuid.uuid4().hex}"
    described = write_arrays(partial, arrays)
    os.replace(partial, answer_path(path))
    return {"arrays": described}


def _of_tile(op: str, call: Call, files: TileFiles, rasters: Rasters | None) -> dict[str, Array]:
    """Arrays of the answer on one tile."""
    if rasters is None:
        answer = {"labels": _overlaid(call, files)}
    else:
        answer = _computed(op, call, files, rasters)
    if files.write:
        for name in WRITTEN.keys() & answer.keys():
            write_piece(Path(files.folder) / (WRITTEN[name] + files.write), answer.pop(name))
    return answer


def _computed(op: str, call: Call, files: TileFiles, rasters: Rasters) -> dict[str, Array]:
    read, arrays = REQUESTS[op](*rasters, Window(*files.window), files.halo)
    options = {**call.options, **{name: plain(value) for name, value in read.items()}}
    given = {**arrays, **call.arrays}
    if not files.pieces:
        return dict(OPERATIONS[op](replace(call, options=options, arrays=given))[1])
    labels, ids = numbered(_overlaid(call, files))
    given["labels"] = labels
    given.update({name: given[name][ids - 1] for name in ("sizes", "internal")})
    _, found = OPERATIONS[op](replace(call, options=options, arrays=given))
    inner = Window(*options["inner"]).slices
    return {**found, "labels": found["labels"][inner], "given": ids}


def _overlaid(call: Call, files: TileFiles) -> npt.NDArray[np.uint32]:
    """Labels of a window, by the id of each number in each of its pieces."""
    window = Window(*files.window)
    labels = np.zeros((window.height, window.width), np.uint32)
    tables = np.split(call.arrays["numbers"], np.cumsum(call.arrays["counts"])[:-1])
    for (name, *place), table in zip(files.pieces, tables):
        piece = Window(*place)
        part = window.intersection(piece)
        read = read_piece(Path(files.folder) / name, part.relative_to(piece), np.uint32)
        labels[part.relative_to(window).slices] = table[read]
    return labels


def _check(files: TileFiles, call: Call) -> dict[str, Any]:
    """Whether this node writes into the folder of the run, and reads the same pixels."""
    worker, reason = get_worker(), ""
    try:
        with tempfile.TemporaryFile(dir=files.folder, buffering=0) as probe:
            probe.write(b"0")
        with _source(files) as source:
            windows = [Window(*place) for place in call.options["windows"]]
            if checksum(source, windows) != call.options["checksum"]:
                reason = f"reads other pixels of {source.name}"
    except OSError as error:
        reason = f"cannot write into the folder of the run, {files.folder} ({error.strerror})"
    except (SuperSegError, ValueError) as error:
        reason = f"cannot read the image ({error})"
    threads = worker.state.nthreads
    return {"node": worker.address, "reason": reason, "threads": threads, "gdal": gdal_version()}


def _source(files: TileFiles) -> AbstractContextManager[RasterSource]:
    """The image of the run."""
    described = json.loads((Path(files.folder) / SOURCE_FILE).read_text(encoding="utf-8"))
    return opened_as_described(described)
