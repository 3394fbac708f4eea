# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy and areas of a class map from labelled places; see `classes/accuracy.py`.

The strata of a sample need not be the classes of the map; see `sample_strata.py`. Merging and edits
decide only what each class counts as, and all figures stay unbiased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.ground import has_meters
from ...raster.texts import label_order
from ...wording import are, counted
from ..classes.accuracy import AccuracyEstimates, estimate_accuracy
from ..classes.known_classes import KnownClasses, find_classes
from ..classes.places import read_at
from ..classes.strips import ClassStrips
from ..reports.sample_accuracy import sample_report
from .assessed import AssessedMap, Outputs
from .figures import area_unit_name, figures_of_sample
from .sample_places import CANNOT_TELL
from .sample_strata import SamplePlaces, Strata, find_strata

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
# Labels that a message lists.
MOST_TOLD = 8


@dataclass(frozen=True)
class SampleAccuracy:
    """Estimates of a map, and what they were computed from.

    Attributes:
        estimates: by reference class.
        labels: of the reference classes, numbers by value, then texts.
        classes: names of the classes of the map, merged ones with the name of the merged class.
        areas: `(classes,)` areas of the classes of the map, see `Grid.pixel_areas`.
        counts: `(classes, labels)` samples.
        names: `(classes,)` index of the label that each class of the map is named.
        by_name: `(classes,)` whether the class has the name or number of its label; others are
            named after the label of most of their samples.
        assessed_area: area of the strata with samples.
        unlabelled: places without a label, or with `CANNOT_TELL`.
        outside: labelled places without a class: on nodata, or off the raster.
        in_meters: whether areas are square meters.
    """

    estimates: AccuracyEstimates
    labels: tuple[str, ...]
    classes: tuple[str, ...]
    areas: Floats
    counts: Counts
    names: Counts
    by_name: Booleans
    assessed_area: float
    unlabelled: int
    outside: int
    in_meters: bool


def run_sample_accuracy(
    assessed: AssessedMap, sample: SamplePlaces, outputs: Outputs, progress: Progress
) -> SampleAccuracy:
    """Estimate accuracy and areas of a map from labelled places, and write a report.

    Args:
        assessed: the classes of the map.
        sample: the labelled places.
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
    part = progress.part(0.7, 1.0)
    numbers = read_at(source.grid, sample.places, strips.read, part, "Reading places")
    classes = np.maximum(numbers, 0)
    strata = find_strata(sample, known_classes, classes)
    labelled = np.array([label not in ("", CANNOT_TELL) for label in sample.labels], bool)
    mapped = labelled & (classes > 0)
    known = mapped & (strata.index >= 0)
    _tell_left_out(sample.labels, labelled, mapped, source.name, progress)
    strange = int((mapped & ~known).sum())
    if strange:
        progress.log(
            f"Warning: {strange:,} labelled places are left out, because their fields class and "
            "class_area are empty: they were not drawn with the random sample"
        )
    if not known.any():
        raise SuperSegError(
            "SAMPLES: no place has both a label and a class; check FIELD, and that the places lie "
            f"on {source.name}."
        )
    used = [label for label, one in zip(sample.labels, known) if one]
    texts = tuple(sorted(set(used), key=label_order))
    index = {label: code for code, label in enumerate(texts)}
    codes = np.array([index[label] for label in used], np.int64)
    of_map, of_stratum = classes[known] - 1, strata.index[known]
    taken = np.bincount(of_stratum, minlength=len(strata.areas))
    counts = np.zeros((len(known_classes.present.numbers), len(texts)), np.int64)
    np.add.at(counts, (of_map, codes), 1)
    # Area that the places of each class and label stand for.
    weights = np.zeros(counts.shape)
    np.add.at(weights, (of_map, codes), (strata.areas / np.maximum(taken, 1))[of_stratum])
    names, by_name = _named(known_classes, texts, weights)
    tables = np.zeros((len(strata.areas), len(texts), len(texts)), np.int64)
    np.add.at(tables, (of_stratum, names[of_map], codes), 1)
    found = SampleAccuracy(
        estimate_accuracy(tables, strata.areas),
        texts,
        tuple(known_classes.merged()[1]),
        known_classes.present.areas,
        counts,
        names,
        by_name,
        float(strata.areas[taken > 0].sum()),
        int((~labelled).sum()),
        int((labelled & ~mapped).sum()),
        has_meters(source.grid),
    )
    _tell_strata(strata, taken, progress)
    _tell_odd_labels(found, source.name, progress)
    outputs.write(
        lambda: sample_report(found, assessed.name),
        lambda: figures_of_sample(
            found.estimates, found.labels, found.assessed_area, area_unit_name(found.in_meters)
        ),
    )
    return found


def _named(known: KnownClasses, labels: Sequence[str], weights: Floats) -> tuple[Counts, Booleans]:
    """The label of each class of the map: of its name or number, or that of most of its samples.

    Classes that are merged count as one: their samples stand for their areas, `weights`.
    """
    index = {label.strip().casefold(): code for code, label in enumerate(labels)}
    groups, names = known.merged()
    numbers = np.array(groups)
    codes, by_name = [], []
    for name, number in zip(names, groups):
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
            f"Warning: {counted(outside, 'labelled place')} off {name} or on pixels without a class"
            f" {are(outside)} left out"
        )
    empty = sum(not label for label in labels)
    unclear = len(labels) - empty - int(labelled.sum())
    if empty or unclear:
        progress.log(
            f"{counted(empty, 'place')} without a label and {unclear:,} at which nobody could tell"
            f" the class ({CANNOT_TELL}) are left out"
        )


def _tell_strata(strata: Strata, taken: Counts, progress: Progress) -> None:
    """Warn of strata without samples and with a single one."""
    missing = _names_where(strata, taken == 0)
    if missing:
        progress.log(
            f"Warning: no place of {missing} is labelled; these classes are left out of all figures"
        )
    single = _names_where(strata, taken == 1)
    if single:
        progress.log(
            f"Warning: one place of {single} is labelled, which makes intervals longer; label two "
            "at least"
        )


def _names_where(strata: Strata, chosen: Booleans) -> str:
    return ", ".join(dict.fromkeys(np.array(strata.names, object)[chosen]))


def _tell_odd_labels(found: SampleAccuracy, name: str, progress: Progress) -> None:
    """Warn of labels that may be misspelled."""
    others = sorted(set(range(len(found.labels))) - set(found.names.tolist()))
    if found.by_name.any() and others:
        places = found.counts.sum(axis=0).tolist()
        told = [f"{found.labels[code]} ({counted(places[code], 'place')})" for code in others]
        more = ", …" if len(told) > MOST_TOLD else ""
        progress.log(
            f"Warning: no class of {name} has the name or number {', '.join(told[:MOST_TOLD])}"
            f"{more}; places with these labels count as errors of the map. Correct them if they are"
            " misspelled"
        )
