# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of a run that nodes of a cluster read in place, so that tiles need not be sent.

Idea: nodes that have GDAL and see the image and the scratch folder get the windows of tiles in
place of their pixels. Whether they do is asked once: each node must read the scratch folder, write
there, and read the same pixels of the image as this computer. If one of them does not, all tiles
are sent. A node that comes later is asked by its first tile, see `node/entry`.
Exact: tiles are read with the same functions (`tile_requests`), so that results are the same bytes.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from ...progress import Progress
from ...raster.described_source import describe_source
from ...raster.source import RasterSource
from ...worker.in_place import CHECK_PLACE, IN_PLACE, SOURCE_FILE, TileFiles
from ...worker.interface import Worker
from ...worker.whole_scenes import RUN_FILE
from .sample_windows import scattered_windows
from .tile_requests import checksum

# Windows of the image that must be the same on the nodes.
COMPARED = 4


@dataclass(frozen=True)
class NodeFiles:
    """Where nodes find the files of a run.

    Attributes:
        scratch: scratch folder of the run.
        folder: the same folder as nodes see it.
        token: by which they recognize it.
        places: paths, as nodes see them, of rasters that lie elsewhere or have a copy for them, by
            their path here.
    """

    scratch: Path
    folder: str
    token: str
    places: dict[str, str] = field(default_factory=dict)

    def place_of(self, path: str) -> str:
        """Path of a raster as nodes see it; "" if they do not."""
        if Path(path).parent == self.scratch:
            return f"{self.folder}/{Path(path).name}"
        return self.places.get(path, "")


def find_node_files(
    source: RasterSource, worker: Worker, scratch: Path, progress: Progress
) -> NodeFiles | None:
    """Ask the nodes of a cluster whether they see the files of a run, which the log tells.

    Args:
        source: the image, as it is read from now on.
        worker: what computes.
        scratch: folder for intermediate files.
        progress: of the run.

    Returns:
        The files; None where tiles are to be sent, or there is no cluster.

    Raises:
        SuperSegError: the cluster does not answer.
        Cancelled: the user asked to stop.
    """
    if not worker.on_cluster:
        return None
    files = NodeFiles(scratch, worker.path_on_nodes(scratch), uuid.uuid4().hex)
    described = describe_source(source, worker.path_on_nodes)
    (scratch / SOURCE_FILE).write_text(json.dumps(described), encoding="utf-8")
    (scratch / RUN_FILE).write_text(files.token, encoding="ascii")
    windows = list(islice(scattered_windows(source.grid), COMPARED))
    options = {
        IN_PLACE: asdict(TileFiles(files.folder, files.token, (0, 0, 0, 0))),
        "windows": [window.numbers for window in windows],
        "checksum": checksum(source, windows),
    }
    found = worker.result(worker.submit(CHECK_PLACE, options), progress).result
    if found["nodes"] < found["asked"]:
        progress.log(f"Tiles are read here and sent to the nodes: {found['reason']}")
        return None
    progress.log(f"Nodes read {source.name} in place (GDAL {found['gdal']})")
    return files
