# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge the classes of a class raster: by number, by table, and small objects into neighbors.

One pass counts the classes. If an image is given, a second pass measures how similar they are
(`classes/similarity.py`). If small patches are to be merged, a third pass finds the patches, and
each small one takes the class of a similar neighbor (`classes/small_objects.py`). The last pass
writes the result. Class table and record, with the merge order of the result, follow.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.class_table import MOST_CLASSES, ClassTable, read_class_table, write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from ..wording import counted
from .classes.known_classes import find_classes
from .classes.merge_plan import MergePlan, number_ranges, plan_by_number, plan_by_table
from .classes.merge_table import MergeTable, read_merge_table
from .classes.merged_appearance import appearance_of_merged, colors_of, merged_means
from .classes.reading import count_and_measure
from .classes.rendering import ClassStatistics, class_statistics
from .classes.similarity import MeasuredSimilarity, Similarity, StoredSimilarity, measure_moments
from .classes.small_objects import SmallObjects
from .classes.strips import ClassStrips
from .formats.model_file import Model, read_header
from .formats.record import describe_edit, write_record
from .formats.stored_order import renumbered, stored_order
from .formats.stored_picture import carry_over
from .options.merging import MergingOptions
from .steps.drawing import class_writer
from .steps.edited_classes import keep_recoded
from .steps.recorded_values import prepare_as_recorded

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MergingInputs:
    """What is merged, and what decides on it.

    Attributes:
        classification: the class raster.
        image: on the same grid; classes and objects are compared by its values. None to compare
            them by the merge order of the model, or of the class raster's own record.
        table: path of the merge table, None for none.
        model: path of the model that made the classes, None if unknown.
    """

    classification: RasterSource
    image: RasterSource | None = None
    table: str | None = None
    model: str | None = None


def run_merging(
    inputs: MergingInputs, output: str, options: MergingOptions, progress: Progress
) -> int:
    """Merge classes; needs no worker.

    Args:
        inputs: class raster, image, table and model.
        output: path of the class raster to write.
        options: number of classes, and size of small objects.
        progress: reports every step.

    Returns:
        Number of classes of the result.

    Raises:
        SuperSegError: nothing to merge, unusable input, or the output cannot be written.
        Cancelled: the user cancelled.
    """
    table, model = inputs.table, inputs.model
    if options.classes and table:
        raise SuperSegError(
            "CLASSES and TABLE both define how classes are merged; give one of them, and run the"
            " algorithm again for the other."
        )
    if not (options.classes or table or options.min_area):
        raise SuperSegError(
            "CLASSES, TABLE and MIN_AREA are all empty, so there is nothing to merge; give at"
            " least one of them."
        )
    rasters = [inputs.classification, *([inputs.image] if inputs.image else [])]
    options.minimum_area.check(inputs.classification.grid, "CLASSIFICATION")
    check_output(output, "OUTPUT", [*(r.path for r in rasters), *filter(None, (table, model))])
    merge_table = read_merge_table(table) if table else None
    if merge_table is not None and merge_table.remark:
        progress.log(merge_table.remark)
    header = read_header(model) if model else None
    if inputs.image is not None:
        prepare_as_recorded(inputs.image, inputs.classification.path, progress)
    with Staging() as staging:
        merging = _Merging(inputs, merge_table, header, options, progress, staging.path(output))
        count = merging.run()
        staging.commit()
    return count


class _Merging:
    """One run: its inputs, and what its steps have found."""

    def __init__(
        self,
        inputs: MergingInputs,
        table: MergeTable | None,
        model: Model | None,
        options: MergingOptions,
        progress: Progress,
        path: Path,
    ) -> None:
        self._source = inputs.classification
        self._image = inputs.image
        self._table = table
        self._model = model
        self._model_file = Path(inputs.model).name if inputs.model else None
        self._options = options
        self._progress = progress
        self._path = path
        bands = len(inputs.image.bands) if inputs.image else 0
        self._strips = ClassStrips(self._source, "CLASSIFICATION", bands)

    def run(self) -> int:
        """Do all steps and return the number of classes."""
        part = self._part(0, 0.1, "Counting classes")
        self._known = find_classes(self._strips, self._table, part)
        self._present = self._known.present
        if self._present.zero:
            self._progress.log(
                f"0 is a class in {self._source.name} and nodata in the result; class 0 was given"
                f" the number {self._present.zero} before merging"
            )
        count = len(self._present.numbers)
        if self._options.classes > count:
            raise SuperSegError(
                f"CLASSES: {self._options.classes} classes are requested and {self._source.name}"
                f" has {count}; give at most {count}."
            )
        self._similarity = self._find_similarity()
        plan = self._plan()
        merged_of = np.append(0, plan.members + 1).astype(np.uint8)
        small = self._absorb(merged_of)
        areas: Floats = np.bincount(plan.members, weights=self._present.areas).astype(float)
        if small is not None:
            areas = small.areas[1:]
        numbers = plan.final_numbers(areas)
        self._log_vanished(plan, numbers)
        tally, written = self._paint(merged_of, small, numbers)
        table = self._class_table(plan, numbers, tally, written)
        write_class_table(self._path, table)
        self._write_record(plan, numbers, table)
        if small is None and not self._present.zero:
            new = zip(self._present.numbers.tolist(), numbers[plan.members].tolist())
            keep_recoded(self._source.path, self._path, dict(new))
        result = int((numbers > 0).sum())
        self._progress.log(f"{counted(count, 'class')} merged into {result}")
        self._progress.report(1.0, "Done")
        return result

    def _find_similarity(self) -> Similarity | None:
        """Measure the similarity of the classes, or read it from the model or the record."""
        numbers = self._present.numbers
        if self._image is not None:
            part = self._part(0.1, 0.3, "Measuring classes")
            moments = measure_moments(self._image, self._strips, len(numbers), part)
            return MeasuredSimilarity(moments)
        try:
            steps = stored_order(self._source, self._model, self._model_file, numbers)
            return StoredSimilarity(steps, numbers)
        except SuperSegError as error:
            if self._options.classes:
                raise
            self._progress.log(f"The result will have no merge order: {error}")
            return None

    def _plan(self) -> MergePlan:
        """Decide which classes are merged, before small objects are."""
        present = self._present
        if self._options.classes and self._similarity is not None:
            return plan_by_number(present, self._similarity, self._options.classes)
        return plan_by_table(present, self._known.table, self._source.name)

    def _absorb(self, merged_of: Bytes) -> SmallObjects | None:
        """Merge small patches into neighbors; None if MIN_AREA keeps all."""
        minimum = self._options.minimum_area
        if not minimum.area:
            return None
        small = SmallObjects(self._strips, minimum, merged_of)
        members = merged_of[1:].astype(np.int64) - 1
        steps = self._similarity.order(members, self._present.areas) if self._similarity else []
        small.dissolve(steps, self._part(0.3, 0.7, "Merging small patches"))
        return small

    def _log_vanished(self, plan: MergePlan, numbers: Ints) -> None:
        """Log the classes that have no pixels in the result."""
        vanished = self._present.numbers[numbers[plan.members] == 0].tolist()
        if vanished:
            self._progress.log(
                "Former classes without pixels in the result, because all their objects were"
                f" smaller than MIN_AREA: {number_ranges(vanished)}"
            )

    def _paint(
        self, merged_of: Bytes, small: SmallObjects | None, numbers: Ints
    ) -> tuple[Ints, Floats]:
        """Write the classes.

        Returns:
            Pixels by former class and number in the result, `(k + 1, 256)`, the first row for
            pixels without class, and the areas of the numbers, `(256,)`.
        """
        size = MOST_CLASSES + 1
        final = np.append(0, numbers).astype(np.uint8)
        tally = np.zeros((len(merged_of), size), np.int64)
        areas = np.zeros(size)
        grid = self._source.grid
        part = self._part(0.7, 0.82, "Writing classes")
        windows = self._strips.windows
        finishing = self._progress.part(0.82, 0.85)
        with class_writer(self._path, self._source, finishing) as writer:
            for index, window in enumerate(windows):
                stop_if_cancelled(part)
                indices = self._strips.read(window)
                merged = merged_of[indices]
                if small is not None:
                    merged = small.paint(index, merged)
                values = final[merged]
                writer.write(window, values)
                keys = indices.astype(np.int64) * size + values
                tally += np.bincount(keys.ravel(), minlength=tally.size).reshape(tally.shape)
                areas += count_and_measure(values, size, grid.pixel_areas(window))[1]
                part.report((index + 1) / len(windows))
        return tally, areas

    def _class_table(
        self, plan: MergePlan, numbers: Ints, tally: Ints, areas: Floats
    ) -> ClassTable:
        """Make the class table of the result, with names, colors, areas and band means."""
        appearance = appearance_of_merged(
            plan, numbers, self._present, self._known.legend, self._known.table, self._model
        )
        count = len(appearance.names)
        counts = tally[1:, 1 : count + 1].sum(axis=0)
        statistics: ClassStatistics | None = None
        bands: tuple[tuple[str, ...], tuple[float, ...]] = (), ()
        means = np.zeros((count, 0))
        if self._image is not None:
            part = self._part(0.85, 1.0, "Averaging classes")
            with RasterSource(str(self._path)) as classes:
                statistics = class_statistics(self._image, classes, part, count)
            means = statistics.means
            bands = self._image.band_names, self._image.wavelengths
        else:
            present = self._present
            # A class table has no row for class 0.
            former = None if present.zero else read_class_table(self._source.path)
            if former is not None and len(former.means) >= int(present.numbers.max()):
                of_classes = former.means[present.numbers - 1]
                means = merged_means(of_classes, tally[1:, 1 : count + 1])
                bands = former.band_names, former.wavelengths
        colors = colors_of(appearance, self._image, statistics)
        areas = areas[1 : count + 1]
        return ClassTable(appearance.names, colors, counts, areas, means, *bands)

    def _write_record(self, plan: MergePlan, numbers: Ints, table: ClassTable) -> None:
        """Write the record: options, merged classes, and the merge order of the result."""
        present, image = self._present, self._image
        merged_from = {
            str(number): present.numbers[plan.members == index].tolist()
            for index, number in enumerate(numbers.tolist())
            if number
        }
        options = {
            **asdict(self._options),
            "table": self._table.file if self._table else None,
            "model": self._model_file,
            "input": image.name if image else None,
        }
        record = describe_edit("mergeclasses", self._source, options)
        record["merged_from"] = merged_from
        carry_over(record, self._source.path)
        if self._similarity is not None:
            steps = self._similarity.order(plan.members, present.areas)
            record["merge_order"] = renumbered(steps, numbers.tolist(), len(table.names))
        write_record(self._path, record, table.legend)

    def _part(self, start: float, end: float, text: str) -> Progress:
        self._progress.report(start, text)
        return self._progress.part(start, end)
