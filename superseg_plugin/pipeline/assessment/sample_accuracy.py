# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy and areas of a class map from labelled places; see `classes/accuracy.py`.

The strata of the sample are the classes of the raster, also where a table merges them: a sample
that was drawn by these classes stays unbiased, and merging decides only what each class counts as.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_legend import default_name
from ...raster.ground import has_meters
from ...raster.source import RasterSource
from ...raster.texts import label_order
from ...raster.windows import Window
from ..classes.accuracy import AccuracyEstimates, estimate_accuracy
from ..classes.known_classes import KnownClasses, find_classes
from ..classes.strips import ClassStrips
from ..reports.sample_accuracy import sample_report
from .assessed import AssessedMap, Outputs
from .figures import area_unit_name, figures_of_sample
from .sample_places import CANNOT_TELL

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
# Places are read block by block of so many pixels a side.
BLOCK = 256
# Labels that a message lists.
MOST_TOLD = 8


@dataclass(frozen=True)
class SampleAccuracy:
    """Estimates of a map, and what they were computed from.

    Attributes:
        estimates: by reference class.
        labels: of the reference classes, numbers by value, then texts.
        strata: names of the classes of the map, merged ones with the name of the merged class.
        areas: `(strata,)` areas of the classes of the map, see `Grid.pixel_areas`.
        counts: `(strata, labels)` samples.
        names: `(strata,)` index of the label that each class of the map is named.
        by_name: `(strata,)` whether the class has the name or number of its label; others are
            named after the label of most of their samples.
        unlabelled: places without a label, or with `CANNOT_TELL`.
        outside: labelled places without a class: on nodata, or off the raster.
        in_meters: whether areas are square meters.
    """

    estimates: AccuracyEstimates
    labels: tuple[str, ...]
    strata: tuple[str, ...]
    areas: Floats
    counts: Counts
    names: Counts
    by_name: Booleans
    unlabelled: int
    outside: int
    in_meters: bool

    @property
    def assessed_area(self) -> float:
        """Area of the classes with samples."""
        return float(self.areas[self.counts.sum(axis=1) > 0].sum())


def run_sample_accuracy(
    assessed: AssessedMap,
    places: Floats,
    labels: Sequence[str],
    outputs: Outputs,
    progress: Progress,
) -> SampleAccuracy:
    """Estimate accuracy and areas of a map from labelled places, and write a report.

    Args:
        assessed: the classes of the map.
        places: `(n, 2)` coordinates in the system of the raster.
        labels: reference class of each place; "" where there is none.
        outputs: files to write.
        progress: reports the passes.

    Raises:
        SuperSegError: there are no classes, or no place has both a class and a label.
        Cancelled: the user cancelled.
    """
    outputs.check(assessed.paths)
    source = assessed.classification
    strips = ClassStrips(source, "CLASSIFICATION")
    table = assessed.read_table(progress)
    known_classes = find_classes(strips, table, progress.part(0.0, 0.7))
    classes = _classes_at(source, strips, places, progress.part(0.7, 1.0))
    labelled = np.array([label not in ("", CANNOT_TELL) for label in labels], bool)
    known = labelled & (classes > 0)
    _tell_left_out(labels, labelled, known, source.name, progress)
    if not known.any():
        raise SuperSegError(
            "SAMPLES: no place has both a label and a class; check FIELD, and that the places lie "
            f"on {source.name}."
        )
    used = [label for label, one in zip(labels, known) if one]
    texts = tuple(sorted(set(used), key=label_order))
    index = {label: code for code, label in enumerate(texts)}
    codes = np.array([index[label] for label in used], np.int64)
    present = known_classes.present
    counts = np.zeros((len(present.numbers), len(texts)), np.int64)
    np.add.at(counts, (classes[known] - 1, codes), 1)
    groups, strata = _groups(known_classes)
    names, by_name = _named(strata, groups, texts, counts, present.areas)
    found = SampleAccuracy(
        estimate_accuracy(counts, present.areas, names),
        texts,
        strata,
        present.areas,
        counts,
        names,
        by_name,
        int((~labelled).sum()),
        int((labelled & ~known).sum()),
        has_meters(source.grid),
    )
    _tell_oddities(found, source.name, progress)
    outputs.write(
        lambda: sample_report(found, assessed.name),
        lambda: figures_of_sample(
            found.estimates, found.labels, found.assessed_area, area_unit_name(found.in_meters)
        ),
    )
    return found


def _groups(known: KnownClasses) -> tuple[list[int], tuple[str, ...]]:
    """Return the number and the name of the merged class of each class."""
    present, table, legend = known.present, known.table, known.legend
    groups, names = [], []
    for number in present.numbers.tolist():
        target = table.targets.get(number, number) if table is not None else number
        given = table.names.get(target) if table is not None else None
        shown = 0 if target == present.zero else target
        groups.append(shown)
        names.append(given or legend.names.get(target) or default_name(shown))
    return groups, tuple(names)


def _named(
    strata: Sequence[str],
    groups: Sequence[int],
    labels: Sequence[str],
    counts: Counts,
    areas: Floats,
) -> tuple[Counts, Booleans]:
    """The label of each class of the map: of its name or number, or that of most of its samples.

    Classes that are merged count as one: their samples stand for their areas.
    """
    index = {label.strip().casefold(): code for code, label in enumerate(labels)}
    weights = counts * (areas / np.maximum(counts.sum(axis=1), 1))[:, np.newaxis]
    numbers = np.array(groups)
    codes, by_name = [], []
    for name, number in zip(strata, groups):
        code = index.get(name.strip().casefold(), index.get(str(number)))
        by_name.append(code is not None)
        most = int(weights[numbers == number].sum(axis=0).argmax())
        codes.append(most if code is None else code)
    return np.array(codes, np.int64), np.array(by_name, bool)


def _tell_left_out(
    labels: Sequence[str], labelled: Booleans, known: Booleans, name: str, progress: Progress
) -> None:
    outside = int((labelled & ~known).sum())
    if outside:
        progress.log(
            f"Warning: {outside:,} labelled places lie off {name} or on pixels without a class, and"
            " are left out"
        )
    empty = sum(not label for label in labels)
    unclear = len(labels) - empty - int(labelled.sum())
    if empty or unclear:
        progress.log(
            f"{empty:,} places without a label and {unclear:,} at which nobody could tell the class"
            f" ({CANNOT_TELL}) are left out"
        )


def _tell_oddities(found: SampleAccuracy, name: str, progress: Progress) -> None:
    """Warn of classes without samples, and of labels that may be misspelled."""
    sampled = found.counts.sum(axis=1).tolist()
    missing = list(dict.fromkeys(one for one, count in zip(found.strata, sampled) if not count))
    if missing:
        progress.log(
            f"Warning: no place of {', '.join(missing)} is labelled; these classes are left out of "
            "all figures"
        )
    others = sorted(set(range(len(found.labels))) - set(found.names.tolist()))
    if found.by_name.any() and others:
        told = [f"{found.labels[code]} ({found.counts[:, code].sum()} places)" for code in others]
        more = ", …" if len(told) > MOST_TOLD else ""
        progress.log(
            f"Warning: no class of {name} has the name or number {', '.join(told[:MOST_TOLD])}"
            f"{more}; places with these labels count as errors of the map. Correct them if they are"
            " misspelled"
        )


def _classes_at(
    source: RasterSource, strips: ClassStrips, places: Floats, progress: Progress
) -> Counts:
    """Index of the class at each place from 1, 0 where there is none."""
    grid = source.grid
    result = np.zeros(len(places), np.int64)
    pixels = grid.to_pixels(places)
    with np.errstate(invalid="ignore"):
        inside = (pixels >= 0).all(axis=1) & (pixels < (grid.width, grid.height)).all(axis=1)
    rows = np.flatnonzero(inside)
    if not len(rows):
        return result
    cells = np.floor(pixels[rows]).astype(np.int64)
    blocks, block = np.unique(cells // BLOCK, axis=0, return_inverse=True)
    block = block.ravel()
    for number, (col, row) in enumerate(blocks.tolist()):
        stop_if_cancelled(progress)
        window = Window(col * BLOCK, row * BLOCK, BLOCK, BLOCK).intersection(grid.window)
        values = strips.read(window)
        here = rows[block == number]
        at = cells[block == number] - (window.col_off, window.row_off)
        result[here] = values[at[:, 1], at[:, 0]]
        progress.report((number + 1) / len(blocks), "Reading places")
    return result
