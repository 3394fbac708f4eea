# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole scenes of a folder on those nodes of a cluster that read and write files in place.

Idea: tiles that are sent to nodes pass through this computer, whose own time then limits the run
(0.5 s for a scene of a megapixel). A node that has GDAL and sees the files needs a message for each
scene. Whether there are such nodes is asked once: they must see a file that was written beside the
results, write there too, and open the first scene that can be opened here. A node that comes later
is asked by its first scene, see `node/entry`.
Exact: nodes run `run_classification` on the same files; the results are the same bytes where
processors, packages and the version of GDAL are.
Faults: what is not finished lies in one hidden folder, which is removed after the run, also what a
lost node has left. A scene that fails on its node is classified from here with its tiles sent; it
is then that its failure counts. So nodes that see only a part of the files cost time, not results.
"""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.source import RasterSource
from ...raster.stack import AdditionalRaster
from ...raster.staging import PREFIX
from ...run_folder import RunFolder
from ...wording import counted
from ...worker.client import WorkerProcess
from ...worker.interface import WorkerError
from ...worker.whole_scenes import CHECK, CLASSIFY, RUN_FILE, SceneFiles
from ..formats.model_file import load_model
from ..options.classification import ClassificationOptions
from .scenes_in_flight import Load, SceneRun

# Nodes may be writing while the folder is removed after a cancel.
REMOVE_SECONDS = 5.0
SENT = "Scenes are read here, and their tiles are sent to the nodes"


class ScenesOnNodes:
    """The scenes of a run on nodes; a context manager that removes what is not finished.

    Leave it after the worker has ended: the cluster then drops the tasks of a cancelled run.

    Args:
        output: folder of the results, which exists.
        model: path of the model.
        given: band numbers of every scene, None to match them; and additional rasters.
        options: how to classify.
    """

    def __init__(
        self,
        output: str,
        model: str,
        given: tuple[Sequence[int] | None, Sequence[AdditionalRaster]],
        options: ClassificationOptions,
    ) -> None:
        self._output, self._model, self._options = Path(output), Path(model), options
        bands, self._additional = given
        self._bands = None if bands is None else list(bands)
        self._folder: RunFolder | None = None
        self._request = SceneFiles("", "", "")

    def __enter__(self) -> ScenesOnNodes:
        """Return itself; nothing is made before `find`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the hidden folder."""
        if self._folder is None:
            return
        until = time.monotonic() + REMOVE_SECONDS
        self._folder.remove()
        # A node that writes at this moment keeps a folder from being removed.
        while self._folder.path.exists() and time.monotonic() < until:
            time.sleep(0.1)
            self._folder.remove()

    @property
    def load(self) -> Load:
        """What a scene takes: threads of the cluster, and nothing of this computer."""
        return Load(self._request.threads, 0)

    def find(self, scenes: Sequence[Path], worker: WorkerProcess, progress: Progress) -> bool:
        """Ask the nodes; returns whether any can classify scenes, which the log tells.

        Args:
            scenes: to be classified.
            worker: the client of the cluster.
            progress: of the run.

        Raises:
            SuperSegError: the model cannot be read, or the cluster does not answer.
            Cancelled: the user asked to stop.
        """
        network = not load_model(str(self._model)).clusters
        first = self._first_readable(scenes)
        if first is None:
            return False
        # Records name additional rasters by their paths, which so must be the same there.
        elsewhere = [
            each.path for each in self._additional if worker.path_on_nodes(each.path) != each.path
        ]
        if elsewhere:
            progress.log(f"{SENT}: nodes see {elsewhere[0]} under another path")
            return False
        try:
            folder = self._made_folder()
            # The model may lie where nodes do not see it.
            shutil.copyfile(self._model, folder / self._model.name)
            token = uuid.uuid4().hex
            (folder / RUN_FILE).write_text(token, encoding="ascii")
        except OSError:
            # The first scene tells, when its result cannot be written.
            return False
        request = SceneFiles(
            scene=worker.path_on_nodes(first),
            token=token,
            folder=worker.path_on_nodes(folder),
            bands=self._bands,
            additional=[asdict(each) for each in self._additional],
            options=asdict(self._options),
            network=network,
        )
        request = replace(request, model=f"{request.folder}/{self._model.name}")
        found = worker.result(worker.submit(CHECK, asdict(request)), progress).result
        if not found["nodes"]:
            progress.log(f"{SENT}: {found['reason']}")
            return False
        threads = max(found["threads"] // len(scenes), 1)
        self._request = replace(request, threads=threads)
        progress.log(
            f"{counted(len(scenes), 'scene')} computed by {found['nodes']} of"
            f" {counted(found['asked'], 'node')}, with files read and written there (GDAL"
            f" {found['gdal']})" + (f"; {found['reason']}" if found["reason"] else "")
        )
        return True

    def classify(self, scene: Path, target: str, worker: WorkerProcess, run: SceneRun) -> bool:
        """Classify a scene on a node; whether it was, otherwise the log says why not.

        Args:
            scene: path of it.
            target: path of the class raster.
            worker: the client of the cluster.
            run: of the scene.

        Raises:
            Cancelled: the user asked to stop.
        """
        request = replace(
            self._request,
            scene=worker.path_on_nodes(scene),
            target=worker.path_on_nodes(target),
        )
        try:
            found = worker.result(worker.submit(CLASSIFY, asdict(request)), run).result
        except (SuperSegError, WorkerError) as error:
            found = {"failure": str(error), "node": "", "lines": []}
        if not found["failure"]:
            for line in found["lines"]:
                run.log(line)
            return True
        node = f"the node {found['node']}" if found["node"] else "a node"
        run.log(f"{scene.name} could not be classified by {node}: {found['failure']}")
        return False

    def _first_readable(self, scenes: Sequence[Path]) -> Path | None:
        for scene in scenes:
            with contextlib.suppress(SuperSegError), RasterSource(str(scene), self._bands):
                return scene
        return None

    def _made_folder(self) -> Path:
        if self._folder is None:
            self._folder = RunFolder(PREFIX, self._output.absolute())
        return self._folder.path
