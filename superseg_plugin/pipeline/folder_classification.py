# SPDX-License-Identifier: GPL-2.0-or-later
"""Classifying all scenes of a folder with one model, several at once (`steps/scenes_in_flight`).

A scene that fails, or in which the worker process ends, is left out and named; the next one gets
another worker where that is needed. Where several scenes were in flight when the process ended, any
of them may have ended it: they are classified again, one after another. Nodes of a cluster that see
the files classify whole scenes (`steps/scenes_on_nodes`).
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from ..errors import Cancelled, ClusterError, SuperSegError
from ..progress import Progress
from ..raster.source import RasterSource
from ..raster.stack import AdditionalRaster, stacked
from ..wording import counted
from ..worker.client import WorkerProcess
from ..worker.interface import WorkerError
from .classification import ClassificationInputs, ClassificationOutputs, run_classification
from .formats.model_file import read_header
from .options.classification import ClassificationOptions
from .steps.folder_files import (
    about_scene,
    id_of_model,
    is_result_of,
    made_folder,
    names_of_results,
    write_summary,
)
from .steps.model_rasters import check_number_of_rasters
from .steps.scenes_in_flight import Load, SceneRun, ScenesInFlight
from .steps.scenes_on_nodes import ScenesOnNodes
from .steps.transitions import write_transitions


@dataclass(frozen=True)
class FolderInputs:
    """What to classify.

    Attributes:
        scenes: of `scenes_of`.
        model: path of the model.
        bands: band numbers of every scene, in the order of the model; None to match them.
        additional: rasters that are used together with every scene, where they cover it.
    """

    scenes: Sequence[Path]
    model: str
    bands: Sequence[int] | None = None
    additional: Sequence[AdditionalRaster] = ()


@dataclass(frozen=True)
class FolderOutputs:
    """Where to write.

    Attributes:
        folder: of the class rasters; made where missing.
        table: path of the table of transitions; None for no table.
        summary: path of the table of classes by scene; None for no table.
    """

    folder: str
    table: str | None = None
    summary: str | None = None


@dataclass(frozen=True)
class FolderResult:
    """What became of the scenes.

    Attributes:
        written: class rasters.
        failures: a sentence for each scene that was not classified.
        table: path of the table of transitions; None if it was not asked for, or no two scenes show
            the same ground.
    """

    written: tuple[str, ...]
    failures: tuple[str, ...]
    table: str | None = None


def run_folder_classification(
    inputs: FolderInputs,
    outputs: FolderOutputs,
    options: ClassificationOptions,
    start_worker: Callable[[], AbstractContextManager[WorkerProcess]],
    progress: Progress,
) -> FolderResult:
    """Classify scenes; one that cannot be is told of and left out.

    Args:
        inputs: what to classify.
        outputs: the folder, see `names_of_results`, is made where missing; the table has the
            transitions from each scene to the next, in the order of `scenes`.
        options: how to classify.
        start_worker: returns a process that computes; called again where one has ended.
        progress: told of every scene.

    Raises:
        SuperSegError: no scene could be classified, the folder cannot be made, or the model is of
            another number of rasters.
        Cancelled: the user asked to stop; what is done stays.
    """
    model = read_header(inputs.model)
    check_number_of_rasters(model, f"MODEL {Path(inputs.model).name}", len(inputs.additional))
    classifying = progress.part(0, 0.95) if outputs.table else progress
    given = inputs.bands, inputs.additional
    nodes = ScenesOnNodes(outputs.folder, inputs.model, given, options)
    with made_folder(outputs.folder), nodes, _Workers(start_worker) as workers:
        folder = _Folder(inputs, outputs.folder, options, workers, classifying)
        folder.run(nodes)
        scenes, written, failures = inputs.scenes, folder.written, folder.failures
        if not written:
            raise SuperSegError(f"No scene could be classified. {failures[0]}")
    progress.log(f"{len(written)} of {counted(len(scenes), 'scene')} classified")
    for failure in failures:
        progress.log(f"Not classified: {failure}")
    if outputs.summary:
        write_summary(written, outputs.summary)
    table = outputs.table
    if table and not write_transitions(written, table, progress.part(0.95, 1)):
        table = None
    return FolderResult(tuple(path for _, path in written), tuple(failures), table)


class _Folder:
    """The scenes of one run, and what became of them.

    Args:
        inputs: what to classify.
        output: folder of the results.
        options: how to classify.
        workers: that compute.
        progress: of the run.
    """

    def __init__(
        self,
        inputs: FolderInputs,
        output: str,
        options: ClassificationOptions,
        workers: _Workers,
        progress: Progress,
    ) -> None:
        self._inputs, self._options, self._workers = inputs, options, workers
        self._progress = progress
        self._targets = [str(Path(output) / name) for name in names_of_results(inputs.scenes)]
        self._model_id = id_of_model(inputs.model)
        # Whether an earlier run has classified each scene that was asked about.
        self._kept: dict[int, bool] = {}
        # The sentence on each scene that was not classified, None for one that was.
        self._found: dict[int, str | None] = {}

    def run(self, nodes: ScenesOnNodes) -> None:
        """Classify all scenes, and those again that another one may have made fail."""
        scenes = self._inputs.scenes
        left: Sequence[int] = range(len(scenes))
        worker = self._workers.usable()
        new = [scenes[index] for index in left if worker.on_cluster and not self._is_done(index)]
        if new and nodes.find(new, worker, self._progress):
            left = self._classify(left, self._workers.slots, nodes)
        for index in self._classify(left, self._workers.slots):
            self._classify([index], lambda: 1)
        kept = sum(self._kept.values())
        if kept:
            self._progress.log(
                f"{counted(kept, 'scene')} classified before with this model and these settings:"
                " results are kept"
            )

    @property
    def written(self) -> list[tuple[str, str]]:
        """Name of each scene that was classified, and path of its classes."""
        pairs = zip(self._inputs.scenes, self._targets)
        return [
            (scene.name, target)
            for index, (scene, target) in enumerate(pairs)
            if self._found[index] is None
        ]

    @property
    def failures(self) -> list[str]:
        """A sentence for each scene that was not classified."""
        return [text for _, text in sorted(self._found.items()) if text is not None]

    def _classify(
        self,
        indices: Sequence[int],
        slots: Callable[[], int],
        nodes: ScenesOnNodes | None = None,
    ) -> list[int]:
        """Classify some scenes, on nodes if given; returns those that have to be classified again.

        What failed on a node is classified from here; then what failed beside others, alone.
        """
        names = [self._inputs.scenes[index].name for index in indices]

        def work(place: int, run: SceneRun) -> tuple[str | None, bool]:
            return self._scene(indices[place], run, slots(), nodes)

        again = []
        outcomes = ScenesInFlight(names, work, slots, self._progress).outcomes()
        for index, (failure, repeat) in zip(indices, outcomes):
            self._found[index] = failure
            if repeat:
                again.append(index)
        return again

    def _is_done(self, index: int) -> bool:
        """Whether an earlier run has classified a scene; files are read for the answer once."""
        if index not in self._kept:
            scene, target = self._inputs.scenes[index], self._targets[index]
            given = self._inputs.bands, self._inputs.additional
            self._kept[index] = is_result_of(target, scene, given, self._options, self._model_id)
        return self._kept[index]

    def _scene(
        self, index: int, run: SceneRun, slots: int, nodes: ScenesOnNodes | None
    ) -> tuple[str | None, bool]:
        """Classify a scene; returns why it was not, and whether another one may be the cause."""
        inputs, worker = self._inputs, None
        scene = inputs.scenes[index]
        run.report(0.0, f"{scene.name} ({index + 1} of {len(inputs.scenes)})")
        target = self._targets[index]
        if self._is_done(index):
            return None, False
        if nodes is not None:
            run.admit(nodes.load)
            done = nodes.classify(scene, target, self._workers.usable(), run)
            return (None, False) if done else ("", True)
        try:
            with (
                RasterSource(str(scene), inputs.bands) as first,
                stacked(first, inputs.additional) as source,
            ):
                run.admit(Load.of_scene(source.grid, len(source.bands), slots))
                worker = self._workers.usable()
                of_scene = ClassificationInputs(source, inputs.model)
                outputs = ClassificationOutputs(target)
                run_classification(of_scene, outputs, self._options, worker, run)
        except (Cancelled, ClusterError):
            raise
        except Exception as error:  # the other scenes can still be classified
            if worker is not None and not worker.usable and not run.alone:
                return "", True
            failure = about_scene(scene, _cause(error, run))
            run.log(failure)
            return failure, False
        return None, False


class _Workers:
    """A worker, and another one after it has ended; a context manager."""

    def __init__(self, start: Callable[[], AbstractContextManager[WorkerProcess]]) -> None:
        self._start = start
        self._stack = ExitStack()
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def usable(self) -> WorkerProcess:
        """Return a worker that answers; may be called from several threads."""
        with self._lock:
            if self._worker is None or not self._worker.usable:
                self._stack.close()
                self._worker = self._stack.enter_context(self._start())
            return self._worker

    def slots(self) -> int:
        """Number of tiles that can be computed at once."""
        return self.usable().slots


def _cause(error: Exception, progress: Progress) -> str:
    """Return the sentence on an error; the traceback of an unforeseen one goes to the log."""
    if isinstance(error, SuperSegError):
        return str(error)
    text = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
    progress.log(text)
    last = text.strip().splitlines()[-1]
    return f"an unexpected error ({last}); please report it with the log."
