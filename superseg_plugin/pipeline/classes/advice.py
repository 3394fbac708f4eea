# SPDX-License-Identifier: GPL-2.0-or-later
"""What could be better about the classes of a map, and which step would help.

Three things are looked at: the share of the area that a class covers, the share of the differences
within classes that it holds (the scatter of the features of its superpixels around their mean,
weighted by area), and the mean confidence of its superpixels. Areas and confidences are exact sums
over superpixels, the scatter is one over an even sample of them; which shares are worth a sentence
is set by the constants. Cost: one pass over the superpixels and over the features of the sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...translation import tr

Floats = npt.NDArray[np.float64]

# Share of the area below which a class is no more than some patches: the measure of
# `make benchmark-quality` for classes that are spent on nothing.
TINY = 0.001
# Share of the area from which a class is likely to be several kinds of surface: on ten images, the
# largest of 16 classes covers 12 to 28 %.
BROAD = 0.4
# A class that holds so many times the even share of the differences within classes: on ten images,
# the largest share is 2.1 to 3.8 times the even one.
UNEVEN = 3.0
# Mean confidence below which a class is named: 37 of 432 classes of 27 images.
UNSURE = 0.6
# Classes that a sentence lists.
LISTED, LEAST_SURE = 5, 3
# Superpixels that the scatter is measured on at least: half a million would keep the window waiting
# for a quarter of a second after each edit.
SCATTER_SAMPLE = 50_000


@dataclass(frozen=True)
class ClassFigures:
    """Figures of classes.

    Attributes:
        areas: by number of the class.
        scatter: share of the differences within classes by number; empty if unknown.
        confidence: mean confidence by number; empty if unknown.
    """

    areas: Mapping[int, float]
    scatter: Mapping[int, float]
    confidence: Mapping[int, float]


@dataclass(frozen=True)
class Finding:
    """What could be better about some classes, and what would help.

    Attributes:
        text: a sentence.
        numbers: of the classes.
    """

    text: str
    numbers: tuple[int, ...]


def class_figures(
    classes: npt.NDArray[np.uint8],
    areas: Floats,
    confidence: npt.NDArray[np.float32],
    features: npt.NDArray[np.float32],
) -> ClassFigures:
    """Measure classes on their superpixels.

    Args:
        classes: `(n,)` class of each superpixel; those of class 0 do not count.
        areas: `(n,)` of each superpixel.
        confidence: `(n,)` 0 to 1.
        features: `(n, d)` that the classes are distinguished by.
    """
    weights = np.where(classes > 0, areas, 0.0)
    total = np.bincount(classes, weights, 256)
    known = np.flatnonzero(total > 0)
    sure = np.bincount(classes, weights * confidence, 256)
    scatter = _scatter(classes, weights, features)
    whole = max(float(scatter.sum()), 1e-300)
    numbers = known.tolist()
    return ClassFigures(
        {number: float(total[number]) for number in numbers},
        {number: float(scatter[number]) / whole for number in numbers},
        {number: float(sure[number] / total[number]) for number in numbers},
    )


def _scatter(
    classes: npt.NDArray[np.uint8], weights: Floats, features: npt.NDArray[np.float32]
) -> Floats:
    """Scatter of the features within each class `(256,)`, from a sample of the superpixels."""
    step = max(1, len(classes) // SCATTER_SAMPLE)
    classes, weights, features = classes[::step], weights[::step], features[::step]
    total = np.maximum(np.bincount(classes, weights, 256), 1e-300)
    squares = np.einsum("ij,ij->i", features, features, dtype=np.float64)
    scatter = np.zeros(256)
    scatter += np.bincount(classes, weights * squares, 256)
    for column in features.T:
        scatter -= np.bincount(classes, weights * column, 256) ** 2 / total
    return np.maximum(scatter, 0.0)


def advice(figures: ClassFigures, names: Mapping[int, str]) -> list[Finding]:
    """Return what could be better; nothing if there is nothing to say.

    Args:
        figures: of the classes.
        names: of the classes by number.

    Example:
        >>> figures = ClassFigures({1: 70.0, 2: 30.0}, {}, {})
        >>> [one.text for one in advice(figures, {1: "Class 1", 2: "Water"})]
        ['Class 1 covers 70 % of the area: split it, or ask for more classes.']
    """
    total = sum(figures.areas.values())
    if not total or len(figures.areas) < 2:
        return []
    share = {number: area / total for number, area in figures.areas.items()}
    found = []
    tiny = tuple(number for number in sorted(share) if share[number] < TINY)
    if tiny:
        if len(tiny) == 1:
            text = tr("{} covers less than {:g} % of the area: merge it, or ask for fewer classes.")
        else:
            text = tr(
                "{} cover less than {:g} % of the area: merge them, or ask for fewer classes."
            )
        found.append(Finding(text.format(_listed(tiny, names), 100 * TINY), tiny))
    broad = [number for number in sorted(share) if share[number] >= BROAD]
    for number in broad:
        text = tr("{} covers {:.0f} % of the area: split it, or ask for more classes.")
        found.append(Finding(text.format(names[number], 100 * share[number]), (number,)))
    scatter = figures.scatter
    if scatter:
        number = max(scatter, key=lambda each: scatter[each])
        if number not in broad and scatter[number] >= UNEVEN / len(scatter):
            text = tr(
                "{} holds {:.0f} % of the differences within classes: look whether it is several"
                " kinds of surface, and split it."
            )
            found.append(Finding(text.format(names[number], 100 * scatter[number]), (number,)))
    confidence = figures.confidence
    unsure = tuple(sorted(confidence, key=lambda each: confidence[each])[:LEAST_SURE])
    unsure = tuple(number for number in unsure if confidence[number] < UNSURE)
    if unsure:
        listed = ", ".join(f"{names[n]} ({100 * confidence[n]:.0f} %)" for n in unsure)
        text = tr("Mean confidence is least in {}: correct places or give examples there.")
        found.append(Finding(text.format(listed), unsure))
    return found


def _listed(numbers: Sequence[int], names: Mapping[int, str]) -> str:
    shown = ", ".join(names[number] for number in numbers[:LISTED])
    further = len(numbers) - LISTED
    return tr("{} and {} more").format(shown, further) if further > 0 else shown
