# SPDX-License-Identifier: GPL-2.0-or-later
"""Classifying all scenes of a folder with one model.

A scene that fails, or in which the worker process ends, is left out and named; the next one gets
another worker where that is needed.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Callable

from ..errors import Cancelled, SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.superpixel_tables import ENDING as SUPERPIXELS
from ..worker.client import Worker, WorkerError
from .classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from .options.classification import ClassificationOptions
from .transitions import write_transitions

ENDING = "_classes.tif"


@dataclass(frozen=True)
class FolderInputs:
    """What to classify.

    Attributes:
        scenes: of `scenes_of`.
        model: path of the model.
        bands: band numbers of every scene, in the order of the model; None to match them.
    """

    scenes: Sequence[Path]
    model: str
    bands: Sequence[int] | None = None


@dataclass(frozen=True)
class FolderOutputs:
    """Folder of the class rasters, and path of the table of transitions; None for no table."""

    folder: str
    table: str | None = None


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


def scenes_of(folder: str, pattern: str) -> list[Path]:
    """Find the scenes of a folder, by name; results of earlier runs are none.

    Args:
        folder: where to look, folders in it not included.
        pattern: names with * and ?, upper or lower case, several separated by semicolons.

    Raises:
        SuperSegError: there is no such folder, or nothing in it.
    """
    place = Path(folder)
    if not place.is_dir():
        raise SuperSegError(f"FOLDER: there is no folder {folder}; choose one that exists.")
    patterns = [part.strip() for part in pattern.split(";") if part.strip()]
    if not patterns or any("/" in part or "\\" in part for part in patterns):
        raise SuperSegError(
            f"PATTERN “{pattern}” fits no name; give names such as *.tif, several separated by"
            " semicolons."
        )
    # USGS delivers names such as LC08_B4.TIF, whatever the system of the user.
    patterns = [part.lower() for part in patterns]
    scenes = sorted(
        path
        for path in place.iterdir()
        if any(fnmatchcase(path.name.lower(), part) for part in patterns)
        and not path.name.lower().endswith((ENDING, SUPERPIXELS))
        and path.is_file()
    )
    if not scenes:
        raise SuperSegError(
            f"FOLDER: {place.name} holds no file {pattern}; choose another folder or PATTERN."
        )
    return scenes


def names_of_results(scenes: Sequence[Path]) -> list[str]:
    """Return the file name of the result of each scene.

    It is the name of the scene without its extension and `_classes.tif`. Where that is the same for
    several scenes, whatever the case, the extension is a part of it, and a number where that does
    not suffice: file systems of Windows and macOS do not tell `A.tif` from `a.tif`.

    Example:
        >>> names_of_results([Path("a.tif"), Path("b.img"), Path("b.tif"), Path("B.TIF")])
        ['a_classes.tif', 'b_img_classes.tif', 'b_tif_classes.tif', 'B_TIF_2_classes.tif']
    """
    counts = Counter(scene.stem.lower() for scene in scenes)
    taken: set[str] = set()
    names = []
    for scene in scenes:
        several = counts[scene.stem.lower()] > 1
        base = f"{scene.stem}_{scene.suffix[1:]}" if several and scene.suffix else scene.stem
        name, number = base, 1
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.lower())
        names.append(name + ENDING)
    return names


def run_folder_classification(
    inputs: FolderInputs,
    outputs: FolderOutputs,
    options: ClassificationOptions,
    start_worker: Callable[[], AbstractContextManager[Worker]],
    progress: Progress,
) -> FolderResult:
    """Classify scenes one after another; one that cannot be is told of and left out.

    Args:
        inputs: what to classify.
        outputs: the folder, see `names_of_results`, is made where missing; the table has the
            transitions from each scene to the next, in the order of `scenes`.
        options: how to classify.
        start_worker: returns a process that computes; called again where one has ended.
        progress: told of every scene.

    Raises:
        SuperSegError: no scene could be classified, or the folder cannot be made.
        Cancelled: the user asked to stop; what is done stays.
    """
    output = outputs.folder
    try:
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SuperSegError(
            f"OUTPUT: the folder {output} cannot be made ({error.strerror}); choose another."
        ) from None
    scenes = inputs.scenes
    written: list[tuple[str, str]] = []
    failures: list[str] = []
    classifying = progress.part(0, 0.95) if outputs.table else progress
    with _Workers(start_worker) as workers:
        for index, (scene, name) in enumerate(zip(scenes, names_of_results(scenes))):
            stop_if_cancelled(progress)
            part = classifying.part(index / len(scenes), (index + 1) / len(scenes))
            part.report(0.0, f"{scene.name} ({index + 1} of {len(scenes)})")
            target = str(Path(output) / name)
            try:
                with RasterSource(str(scene), inputs.bands) as source:
                    of_scene = ClassificationInputs(source, inputs.model)
                    run_classification(
                        of_scene, ClassificationOutputs(target), options, workers.usable(), part
                    )
            except Cancelled:
                raise
            except Exception as error:  # the other scenes can still be classified
                failures.append(f"{scene.name}: {_cause(error, progress)}")
                progress.log(failures[-1])
                continue
            written.append((scene.name, target))
    if not written:
        raise SuperSegError(f"No scene could be classified. {failures[0]}")
    progress.log(f"{len(written)} of {len(scenes)} scenes classified")
    for failure in failures:
        progress.log(f"Not classified: {failure}")
    table = outputs.table
    if table and not write_transitions(written, table, progress.part(0.95, 1)):
        table = None
    return FolderResult(tuple(path for _, path in written), tuple(failures), table)


class _Workers:
    """A worker, and another one after it has ended; a context manager."""

    def __init__(self, start: Callable[[], AbstractContextManager[Worker]]) -> None:
        self._start = start
        self._stack = ExitStack()
        self._worker: Worker | None = None

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def usable(self) -> Worker:
        """Return a worker that answers."""
        if self._worker is None or not self._worker.usable:
            self._stack.close()
            self._worker = self._stack.enter_context(self._start())
        return self._worker


def _cause(error: Exception, progress: Progress) -> str:
    """Return the sentence on an error; the traceback of an unforeseen one goes to the log."""
    if isinstance(error, SuperSegError):
        return str(error)
    text = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
    progress.log(text)
    last = text.strip().splitlines()[-1]
    return f"an unexpected error ({last}); please report it with the log."
