# SPDX-License-Identifier: GPL-2.0-or-later
"""Fewer classes from a class raster: by number, by table, and without small objects."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import PartProgress, Progress, stop_if_cancelled
from ..raster.class_legend import read_legend
from ..raster.class_table import MOST_CLASSES, ClassTable, read_class_table, write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from .classes.merge_plan import MergePlan, check_known, plan_by_number, plan_by_table, spoken
from .classes.merge_table import MergeTable, read_merge_table
from .classes.merged_appearance import colors_of, joint_means, looks_of_groups
from .classes.reading import count_and_measure
from .classes.rendering import ClassStatistics, class_statistics
from .classes.similarity import MeasuredSimilarity, Similarity, StoredSimilarity, measure_moments
from .classes.small_objects import SmallObjects
from .classes.strips import ClassStrips
from .formats.model_file import Model, read_header
from .formats.record import write_beside
from .formats.stored_order import describe_merging, renumbered, stored_order
from .options.merging import MergingOptions
from .steps.painting import class_writer

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


def run_merging(
    classification: RasterSource,
    image: RasterSource | None,
    table: str | None,
    model: str | None,
    output: str,
    options: MergingOptions,
    progress: Progress,
) -> int:
    """Merge classes; needs no worker.

    Args:
        classification: the class raster.
        image: what classes and objects are compared on, on the same grid; None to compare them
            by the merge order of the model, or of the class raster's own record.
        table: file that says which classes become which.
        model: model that made the classes.
        output: the class raster to make.
        options: how many classes, how large the objects.
        progress: told of every step.

    Returns:
        How many classes the result has.

    Raises:
        SuperSegError: there is nothing to do, bad input, or the output cannot be written.
        Cancelled: the user asked to stop.
    """
    if options.classes and table:
        raise SuperSegError(
            "CLASSES and TABLE both say how to merge the classes; give one of them, and run the"
            " algorithm again for the other."
        )
    if not (options.classes or table or options.min_area):
        raise SuperSegError(
            "CLASSES, TABLE and MIN_AREA are all empty, so there is nothing to merge; give at"
            " least one of them."
        )
    used = [classification.path, *([image.path] if image else []), *filter(None, (table, model))]
    check_output(output, "OUTPUT", used)
    read_table = read_merge_table(table) if table else None
    read_model = read_header(model) if model else None
    with Staging() as staging:
        merging = _Merging(classification, image, options, progress, staging.path(output))
        merging.table, merging.model = read_table, read_model
        merging.model_file = Path(model).name if model else None
        count = merging.run()
        staging.commit()
    return count


class _Merging:
    """One run, and what its steps hand to each other."""

    table: MergeTable | None = None
    model: Model | None = None
    model_file: str | None = None

    def __init__(
        self,
        classification: RasterSource,
        image: RasterSource | None,
        options: MergingOptions,
        progress: Progress,
        path: Path,
    ) -> None:
        self._source = classification
        self._image = image
        self._options = options
        self._progress = progress
        self._path = path
        bands = len(image.bands) if image else 0
        self._strips = ClassStrips(classification, "CLASSIFICATION", bands)
        self._legend = read_legend(classification.path)

    def run(self) -> int:
        """Go through all steps."""
        self._survey = self._strips.survey(self._part(0, 0.1, "Counting classes"))
        count = len(self._survey.numbers)
        if self._options.classes > count:
            raise SuperSegError(
                f"CLASSES: {self._options.classes} classes are wanted and {self._source.name} has"
                f" {count}; give at most {count}."
            )
        if self.table is not None:
            known = {*self._survey.numbers.tolist(), *self._legend.names}
            check_known(self.table, known, self._source.name)
        self._similarity = self._find_similarity()
        plan = self._plan()
        regroup = np.append(0, plan.members + 1).astype(np.uint8)
        small = self._absorb(regroup)
        areas: Floats = np.bincount(plan.members, weights=self._survey.areas).astype(float)
        if small is not None:
            areas = small.areas[1:]
        numbers = plan.final_numbers(areas)
        self._tell_of_lost(plan, numbers)
        tally, written = self._paint(regroup, small, numbers)
        table = self._class_table(plan, numbers, tally, written)
        write_class_table(self._path, table)
        self._write_record(plan, numbers, len(table.names))
        result = int((numbers > 0).sum())
        self._progress.log(f"{count} classes have become {result}")
        self._progress.report(1.0, "Done")
        return result

    def _find_similarity(self) -> Similarity | None:
        """What tells alike classes: the image, the model, or the record of the class raster."""
        numbers = self._survey.numbers
        if self._image is not None:
            part = self._part(0.1, 0.3, "Measuring classes")
            moments = measure_moments(self._image, self._strips, len(numbers), part)
            return MeasuredSimilarity(moments)
        needed = bool(self._options.classes or self._options.min_area)
        try:
            steps = stored_order(self._source, self.model, self.model_file, numbers)
            return StoredSimilarity(steps, numbers)
        except SuperSegError as error:
            if needed:
                raise
            self._progress.log(f"The result will have no merge order: {error}")
            return None

    def _plan(self) -> MergePlan:
        survey = self._survey
        if self._options.classes and self._similarity is not None:
            return plan_by_number(survey, self._similarity, self._options.classes)
        return plan_by_table(survey, self.table, self._source.name)

    def _absorb(self, regroup: Bytes) -> SmallObjects | None:
        """Find the objects and let the small ones join; None where none can be small."""
        small = SmallObjects(self._strips, self._options.min_area, regroup)
        if small.limit <= 1:
            if self._options.min_area:
                self._progress.log("No object is smaller than MIN_AREA: a pixel is larger")
            return None
        count = int(regroup.max())
        if self._image is not None and isinstance(self._similarity, MeasuredSimilarity):
            small.compare_colors(self._image, self._similarity.moments)
        elif self._similarity is not None:
            members = regroup[1:].astype(np.int64) - 1
            small.compare_classes(self._similarity.order(members, self._survey.areas), count)
        small.find(self._part(0.3, 0.6, "Finding objects"))
        small.absorb(self._part(0.6, 0.7, "Merging small objects"))
        self._progress.log(
            f"{small.joined} of {small.count} objects were smaller than"
            f" {self._options.min_area:g} and have joined a neighbor"
        )
        if small.left:
            self._progress.log(f"{small.left} small objects have no neighbor to join, and stay")
        return small

    def _tell_of_lost(self, plan: MergePlan, numbers: Ints) -> None:
        lost = self._survey.numbers[numbers[plan.members] == 0].tolist()
        if lost:
            self._progress.log(
                "Former classes of which nothing is left, as all their objects were smaller than"
                f" {self._options.min_area:g}: {spoken(lost)}"
            )

    def _paint(
        self, regroup: Bytes, small: SmallObjects | None, numbers: Ints
    ) -> tuple[Ints, Floats]:
        """Write the classes.

        Returns:
            Pixels by place in the survey and new number, `(k + 1, 256)`, and the areas of the new
            numbers, `(256,)`.
        """
        size = MOST_CLASSES + 1
        final = np.append(0, numbers).astype(np.uint8)
        tally = np.zeros((len(regroup), size), np.int64)
        areas = np.zeros(size)
        grid = self._source.grid
        part = self._part(0.7, 0.82, "Writing classes")
        windows = self._strips.windows
        finishing = PartProgress(self._progress, 0.82, 0.85)
        with class_writer(self._path, self._source, finishing) as writer:
            for index, window in enumerate(windows):
                stop_if_cancelled(part)
                places = self._strips.read(window)
                merged = regroup[places]
                if small is not None:
                    merged = small.paint(index, merged)
                values = final[merged]
                writer.write(window, values)
                keys = places.astype(np.int64) * size + values
                tally += np.bincount(keys.ravel(), minlength=tally.size).reshape(tally.shape)
                areas += count_and_measure(values, size, grid.row_areas(window))[1]
                part.report((index + 1) / len(windows))
        return tally, areas

    def _class_table(
        self, plan: MergePlan, numbers: Ints, tally: Ints, areas: Floats
    ) -> ClassTable:
        looks = looks_of_groups(
            plan.members,
            plan.numbers,
            numbers,
            self._survey,
            self._legend,
            self.table,
            self.model,
        )
        count = len(looks.names)
        counts = tally[1:, 1 : count + 1].sum(axis=0)
        statistics: ClassStatistics | None = None
        band_names: tuple[str, ...] = ()
        means = np.zeros((count, 0))
        if self._image is not None:
            part = self._part(0.85, 1.0, "Averaging classes")
            with RasterSource(str(self._path)) as classes:
                statistics = class_statistics(self._image, classes, part, count)
            means, band_names = statistics.means, self._image.band_names
        else:
            former = read_class_table(self._source.path)
            if former is not None and len(former.means) >= int(self._survey.numbers.max()):
                of_classes = former.means[self._survey.numbers - 1]
                means = joint_means(of_classes, tally[1:, 1 : count + 1])
                band_names = former.band_names
        return ClassTable(
            names=looks.names,
            colors=colors_of(looks, self._image, statistics),
            counts=counts,
            areas=areas[1 : count + 1],
            means=means,
            band_names=band_names,
        )

    def _write_record(self, plan: MergePlan, numbers: Ints, count: int) -> None:
        """Write what was done, and the merge order of what has come out."""
        survey, image = self._survey, self._image
        merged = {
            str(number): survey.numbers[plan.members == group].tolist()
            for group, number in enumerate(numbers.tolist())
            if number
        }
        record: dict[str, Any] = {
            **describe_merging(self._source),
            "options": {
                **asdict(self._options),
                "table": self.table.file if self.table else None,
                "model": self.model_file,
                "input": image.name if image else None,
            },
            "merged_from": merged,
        }
        if self._similarity is not None:
            steps = self._similarity.order(plan.members, survey.areas)
            record["merge_order"] = renumbered(steps, numbers.tolist(), count)
        write_beside(self._path, record)

    def _part(self, start: float, end: float, text: str) -> Progress:
        self._progress.report(start, text)
        return PartProgress(self._progress, start, end)
