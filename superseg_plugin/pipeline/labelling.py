# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelling the classes of a raster from a few examples, see `engine/teaching.py`.

No image is needed: the run that made the classes has stored its superpixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from ..raster.superpixel_file import SuperpixelFile
from ..raster.superpixel_tables import SuperpixelTables
from ..raster.windows import tiles
from ..raster.writer import RasterProfile, RasterWriter
from ..wording import counted
from ..worker.interface import Worker
from .classes.catalog import read_catalog
from .classes.labelled import Learned, labelled, without_empty
from .classes.reading import TILE
from .classes.state import first_state
from .classes.superpixel_edits import ClassMap
from .formats.labelled_model import NewClasses, check_belongs, labelled_model
from .formats.model_file import Model, load_model, save_model
from .formats.record import describe_edit
from .options.classification import ClassificationOptions, check_smoothness
from .steps.drawing import CONFIDENCE_NODATA
from .steps.edited_classes import merge_order, table_of, write_edited_classes
from .steps.example_superpixels import Shapes, find_examples
from .steps.teaching import MOST_EXAMPLES, Named, Teacher, named


@dataclass(frozen=True)
class LabellingOutputs:
    """Paths of the results, None for those that are not requested.

    Attributes:
        classes: the class raster.
        confidence: the confidence raster.
        model: the model with the new classes, and that of the segmentation, which it is made of.
    """

    classes: str
    confidence: str | None = None
    model: tuple[str, str] | None = None


def run_labelling(
    source: RasterSource,
    shapes: Shapes,
    outputs: LabellingOutputs,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> int:
    """Name the superpixels of a class raster from examples, and write the result.

    Args:
        source: the class raster, with its file of superpixels beside it.
        shapes: the examples.
        outputs: what to write.
        smoothness: weight of the neighbors, as for `segment`.
        worker: that computes.
        progress: of the run.

    Returns:
        Number of classes of the result.

    Raises:
        SuperSegError: there are no superpixels or no examples on them, or an output cannot be
            written.
        Cancelled: the user cancelled.
    """
    check_smoothness(smoothness)
    check_output(outputs.classes, "OUTPUT", [source.path])
    with SuperpixelFile.open_beside(source.path) as superpixels, Staging() as staging:
        path = staging.path(outputs.classes)
        known = find_examples(superpixels, shapes, progress.part(0, 0.2))
        tables = superpixels.tables()
        model = _model_of(outputs, tables)
        progress.report(0.2, "Learning from examples")
        progress.log(
            f"{counted(len(known.rows), 'superpixel')} with examples of {', '.join(known.names)}"
        )
        if len(known.rows) > MOST_EXAMPLES:
            progress.log(f"{MOST_EXAMPLES:,} of them, evenly over the names, are learned from")
        teacher = Teacher(worker, tables, smoothness)
        teacher.prepare(progress)
        answer = worker.result(teacher.submit(known.rows, known.indices), progress)
        found = named(answer, known.rows, known.indices)
        catalog = read_catalog(source.path)
        before = ClassMap(catalog, first_state(catalog))
        learned = Learned(known.names, found.names, known.rows)
        after = without_empty(labelled(before, tables, learned))
        _tell(before, tables.classes[known.rows], progress)
        record = describe_edit("labelbyexamples", source, {"smoothness": smoothness})
        part = progress.part(0.4, 0.8)
        write_edited_classes(source, superpixels, after, path, record, part)
        if outputs.confidence:
            kept = ~np.isin(tables.classes, tables.classes[known.rows])
            sure = np.where(kept, tables.confidence, found.confidence)
            target = staging.path(outputs.confidence)
            _write_confidence(source, superpixels, sure, target, progress.part(0.8, 1.0))
        if outputs.model and model is not None:
            new = NewClasses(after.classes_of(tables), table_of(after), merge_order(after.catalog))
            save_model(staging.path(outputs.model[0]), labelled_model(model, tables, new))
        stop_if_cancelled(progress)
        staging.commit()
    return len(after.catalog.numbers)


@dataclass(frozen=True)
class Lesson:
    """Examples that a user has given so far.

    Attributes:
        tables: of the superpixels.
        rows: `(m,)` superpixels that are examples.
        indices: `(m,)` name of each, from 0.
        skipped: rows of superpixels that the user cannot name.
    """

    tables: SuperpixelTables
    rows: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int64]
    skipped: tuple[int, ...] = ()


class LiveTeacher:
    """Names superpixels after every example, for the class workbench.

    The superpixels of one class raster at a time stay prepared with the worker.

    Args:
        worker: that computes.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._tables: SuperpixelTables | None = None
        self._teacher: Teacher | None = None

    def close(self) -> None:
        """Forget the superpixels."""
        self._tables, self._teacher = None, None

    def learn(self, lesson: Lesson, progress: Progress) -> Named:
        """Name the superpixels.

        Raises:
            Cancelled: the user cancelled.
            SuperSegError: the worker failed.
        """
        if self._teacher is None or lesson.tables is not self._tables:
            smoothness = ClassificationOptions().smoothness
            self._teacher = Teacher(self._worker, lesson.tables, smoothness)
            self._tables = lesson.tables
        self._teacher.prepare(progress)
        asked = self._teacher.submit(lesson.rows, lesson.indices, lesson.skipped)
        return named(self._worker.result(asked, progress), lesson.rows, lesson.indices)


def _model_of(outputs: LabellingOutputs, tables: SuperpixelTables) -> Model | None:
    """Read the model of the segmentation, and check that it is of these superpixels."""
    if outputs.model is None:
        return None
    model = load_model(outputs.model[1])
    check_belongs(model, Path(outputs.model[1]).name, tables)
    return model


def _tell(before: ClassMap, with_example: npt.NDArray[np.uint8], progress: Progress) -> None:
    """Tell which classes have no example."""
    catalog = before.catalog
    others = [
        name for number, name in zip(catalog.numbers, catalog.names) if number not in with_example
    ]
    if others:
        progress.log(f"Classes without an example stay as they are: {', '.join(others)}")


def _write_confidence(
    source: RasterSource,
    superpixels: SuperpixelFile,
    confidence: npt.NDArray[np.floating],
    path: Path,
    progress: Progress,
) -> None:
    """Write the confidence `(n,)` of the superpixels in percent."""
    percent = np.append(CONFIDENCE_NODATA, np.rint(confidence * 100)).astype(np.uint8)
    grid = source.grid
    profile = RasterProfile(
        1,
        np.uint8,
        nodata=CONFIDENCE_NODATA,
        band_names=("confidence, percent",),
        overviews="average" if source.has_overviews else None,
    )
    windows = tiles(grid.width, grid.height, TILE)
    with RasterWriter(path, grid, profile, progress=progress.part(0.8, 1)) as writer:
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            writer.write(window, percent[superpixels.read_ids(window)])
            progress.report(0.8 * done / len(windows), "Writing confidence")
