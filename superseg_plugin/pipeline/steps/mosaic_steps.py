# SPDX-License-Identifier: GPL-2.0-or-later
"""Brightness steps between the tiles of a mosaic: where a band jumps along one column or row.

Idea: at a step, the difference of two neighboring pixels, less that of the pixels beside them, has
the same sign nearly everywhere along a straight line. In strips of pixel rows all over the scene,
the mean sign is found for each column (and in strips of columns, for each row). A line whose signs
agree over a run of strips is a candidate, and it is a step if the median difference shows on that
line alone, is as large over four pixels as over one (a thin line or a ramp is not), varies little
along the line, and if the texture goes on across it. This tells steps from coasts, roads, borders
of fields, and from pictures of different places side by side.
Exact: one decision for the whole scene. Approximate: rows between the strips are not looked at, and
of many bands, MOST_BANDS are.
Cost: a few rows in each 512 are read, or every 32 of a small scene.

Measured: none is found in the 25 labelled images of that size, among them mosaics of unrelated
pictures. Of steps that were put into them, 0.25, 0.5, 1 and 2 standard deviations high in 15 images
that the limits were chosen on and 10 others: .92 1 1 1 and .89 .89 1 1 of constant steps, and
.89 to 1 of those by a factor. Those that are missed lie in coarse speckle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress, stop_if_cancelled
from ...raster.source import RasterSource
from ...raster.windows import Window

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Valid = npt.NDArray[np.bool_]

# Tiles of a mosaic are larger than this; smaller scenes are not examined.
SMALLEST_SIDE = 256
# A strip of LINES pixels for each so many pixels of the side, up to a number; larger scenes have
# one for each so many pixels, up to another number.
LINES, NEAR, FAR = 32, 32, 512
MOST_NEAR, MOST_FAR = 32, 64
# Bands that are examined at most, evenly drawn.
MOST_BANDS = 12
# Side of the parts that strips are read in.
PART = 2048
# Mean sign that every strip must exceed, and the sum of the excess over a run; 1.5 is the
# sum of two strips in full agreement. Strips of a run at least.
LEAST_SIGN, LEAST_EXCESS, LEAST_STRIPS = 0.25, 1.5, 8
MOST_CANDIDATES = 40
# Pixels around a candidate that are looked at, to either side; and over how many pixels from the
# line the levels on both sides are compared.
AROUND, LEVEL = 12, 4
# Smallest step in standard deviations of the band.
LEAST_STEP = 0.1
# Limits that steps of all images keep and nothing else does: step over one pixel as a share of that
# over four; step as a multiple of the median difference at the lines beside; spread along the line
# as a multiple of that at other lines, or step as a multiple of its spread; correlation of the
# pixels on both sides as a share of that of pixels side by side.
SHARPNESS = (0.6, 1.7)
PROMINENCE, MOST_SPREAD, STEADY, CONTINUITY = 2.5, 2.0, 4.0, 0.5


@dataclass(frozen=True)
class MosaicStep:
    """A line at which bands jump.

    Attributes:
        of_column: whether the line lies between two columns; between two rows otherwise.
        place: first column or row, from 0, beyond the line.
        first, last: rows (columns) that it was found in, `last` not included.
        band: index of the band with the largest step in standard deviations.
        offset: that band's step, in its values: beyond the line less before.
        deviations: the step in standard deviations of the band.
        bands: number of the examined bands that it was found in.
    """

    of_column: bool
    place: int
    first: int
    last: int
    band: int
    offset: float
    deviations: float
    bands: int


def find_steps(source: RasterSource, progress: Progress) -> list[MosaicStep]:
    """Find the steps between tiles of a mosaic.

    Args:
        source: the scene.
        progress: asked for cancel.

    Returns:
        Steps by their size in standard deviations, largest first.
    """
    if source.vectors is not None or min(source.grid.width, source.grid.height) < SMALLEST_SIDE:
        return []
    found = []
    for of_column in (True, False):
        view = _View(source, of_column, progress)
        found += view.steps()
    return sorted(found, key=lambda step: -abs(step.deviations))


def tell_steps(source: RasterSource, progress: Progress) -> None:
    """Find the steps between tiles of a mosaic, and log the largest ones and what can be done."""
    steps = find_steps(source, progress)
    col, row = source.offset
    for step in steps[:3]:
        line, across = ("column", "rows") if step.of_column else ("row", "columns")
        place, along = (col, row) if step.of_column else (row, col)
        name = source.band_names[step.band]
        number = f"Band {source.bands[step.band]}"
        band = number if name == number else f"{number} ({name})"
        others = f" and {step.bands - 1} more" if step.bands > 1 else ""
        progress.log(
            f"Warning: {source.name}: {band}{others} steps by {step.offset:.3g}"
            f" ({abs(step.deviations):.2f} standard deviations) along {line} {step.place + place},"
            f" {across} {step.first + along} to {step.last + along}"
        )
    if steps:
        more = f" There are {len(steps)} such lines." if len(steps) > 3 else ""
        progress.log(
            f"Such steps lie between the tiles of a mosaic.{more} Classes may change there; balance"
            " the brightness of the tiles before they are joined, or segment them one by one"
        )


class _View:
    """A scene, seen so that the lines looked for are columns.

    Args:
        source: the scene.
        of_column: whether lines between columns are looked for; rows and columns change places
            otherwise.
        progress: asked for cancel.
    """

    def __init__(self, source: RasterSource, of_column: bool, progress: Progress) -> None:
        self._source, self._of_column, self._progress = source, of_column, progress
        sides = source.grid.height, source.grid.width
        self._length, self._width = sides if of_column else sides[::-1]
        count = len(source.bands)
        self._bands = np.unique(np.linspace(0, count - 1, min(count, MOST_BANDS)).astype(int))
        number = int(np.clip(self._length // NEAR, 1, MOST_NEAR))
        if self._length > FAR * MOST_NEAR:
            number = int(np.clip(self._length // FAR, MOST_NEAR, MOST_FAR))
        self._lines = min(LINES, self._length // number)
        places = (np.arange(number) + 0.5) * self._length / number - self._lines / 2
        self._strips = [int(place) for place in places]

    def steps(self) -> list[MosaicStep]:
        """Find the steps."""
        signs, spreads = self._signs()
        by_place: dict[int, list[tuple[float, int, float, tuple[int, int]]]] = {}
        for band, column, run in _candidates(signs):
            if not AROUND <= column < self._width - AROUND:
                continue
            pixels = self._around(column, run)[band]
            found = step_of(pixels)
            if found is None or spreads[band] <= 0:
                continue
            shift, offset = found
            deviations = offset / spreads[band]
            if abs(deviations) >= LEAST_STEP:
                by_place.setdefault(column + shift, []).append((deviations, band, offset, run))
        steps = []
        for place, several in by_place.items():
            deviations, band, offset, run = max(several, key=lambda one: abs(one[0]))
            first = 0 if run[0] == 0 else self._strips[run[0]]
            last = self._strips[run[1] - 1] + self._lines
            steps.append(
                MosaicStep(
                    self._of_column,
                    place,
                    first,
                    self._length if run[1] == len(self._strips) else last,
                    int(self._bands[band]),
                    offset,
                    deviations,
                    len({one[1] for one in several}),
                )
            )
        return steps

    def _signs(self) -> tuple[Floats, Doubles]:
        """Mean signs `(bands, strips, columns)`, and standard deviations of the bands."""
        signs = np.zeros((len(self._bands), len(self._strips), self._width), np.float32)
        sums = np.zeros((3, len(self._bands)))
        # Parts in the order of the file: blocks of whole rows are read once, not once a strip.
        parts = range(0, self._width, PART)
        order = [(part, strip) for part in parts for strip in range(len(self._strips))]
        for start, strip in order if not self._of_column else sorted(order, key=lambda o: o[1]):
            stop_if_cancelled(self._progress)
            low, high = max(start - 2, 0), min(start + PART + 2, self._width)
            if high - low < 2 * LEVEL:
                continue
            values, valid = self._read(self._strips[strip], self._lines, low, high - low)
            signs[:, strip, low + 2 : high - 1] = mean_signs(values, valid)
            inside = values[:, valid].astype(np.float64)
            sums[0] += inside.shape[1]
            sums[1] += inside.sum(axis=1)
            sums[2] += np.square(inside).sum(axis=1)
        count = np.maximum(sums[0], 1)
        return signs, np.sqrt(np.maximum(sums[2] / count - (sums[1] / count) ** 2, 0))

    def _around(self, column: int, run: tuple[int, int]) -> Floats:
        """Lines `(bands, strips, lines, 2 AROUND)` of a run around a column; NaN if invalid."""
        parts = []
        for strip in range(*run):
            stop_if_cancelled(self._progress)
            values, valid = self._read(
                self._strips[strip], self._lines, column - AROUND, 2 * AROUND
            )
            values[:, ~valid.all(axis=1)] = np.nan
            parts.append(values)
        return np.stack(parts, axis=1)

    def _read(self, row: int, rows: int, col: int, cols: int) -> tuple[Floats, Valid]:
        """Values `(bands, rows, cols)` of the examined bands and where they are valid."""
        if self._of_column:
            values, valid = self._source.read(Window(col, row, cols, rows))
        else:
            values, valid = self._source.read(Window(row, col, rows, cols))
            values, valid = values.transpose(0, 2, 1), valid.T
        return np.where(valid, values[self._bands], 0).astype(np.float32), valid


def mean_signs(values: Floats, valid: Valid) -> Floats:
    """Mean sign of the difference at each line less that of the lines beside it.

    Args:
        values: `(bands, rows, cols)`.
        valid: `(rows, cols)`.

    Returns:
        `(bands, cols - 3)`, for the lines before columns 2 to cols - 2; 0 where fewer than half of
        the rows are valid.

    Example:
        >>> mean_signs(np.float32([[[5, 5, 5, 9, 9, 9]]]), np.ones((1, 6), bool)).tolist()
        [[-1.0, 1.0, -1.0]]
    """
    differences = np.diff(values, axis=2)
    differences = np.sign(
        2 * differences[:, :, 1:-1] - differences[:, :, :-2] - differences[:, :, 2:]
    )
    known = valid[:, :-3] & valid[:, 1:-2] & valid[:, 2:-1] & valid[:, 3:]
    differences[:, ~known] = 0
    count = known.sum(axis=0)
    means = differences.sum(axis=1) / np.maximum(count, 1)
    return np.asarray(means * (2 * count >= len(valid)), np.float32)


def _candidates(signs: Floats) -> list[tuple[int, int, tuple[int, int]]]:
    """Band, column and run of strips whose signs agree best, best first."""
    best: list[Any] = [np.zeros(signs.shape[::2])] + [
        np.zeros(signs.shape[::2], np.int64) for _ in range(2)
    ]
    for sign in (1, -1):
        # The run with the largest sum, in all columns at once (Kadane's algorithm).
        total: Any = np.zeros(signs.shape[::2])
        start = np.zeros(signs.shape[::2], np.int64)
        for strip in range(signs.shape[1]):
            begins = total <= 0
            start[begins] = strip
            total = np.where(begins, 0, total) + sign * signs[:, strip] - LEAST_SIGN
            better = total > best[0]
            for kept, new in zip(best, (total, start, np.full(start.shape, strip + 1))):
                kept[better] = new[better]
    found: list[tuple[int, int, tuple[int, int]]] = []
    score, first, last = best
    enough = (score >= LEAST_EXCESS) & (last - first >= LEAST_STRIPS)
    places = np.flatnonzero(enough)
    for place in places[np.argsort(-score.ravel()[places], kind="stable")]:
        band, column = divmod(int(place), signs.shape[2])
        # The lines beside a step have the other sign, all along it.
        if any(band == one and abs(column - other) <= LEVEL for one, other, _ in found):
            continue
        found.append((band, column, (int(first.flat[place]), int(last.flat[place]))))
        if len(found) == MOST_CANDIDATES:
            break
    return found


def step_of(pixels: Floats) -> tuple[int, float] | None:
    """Whether a band steps in the middle of lines, or one pixel beside it.

    Args:
        pixels: `(strips, lines, 2 AROUND)`, NaN in lines that do not count.

    Returns:
        By how many pixels the step lies beside the middle, and its offset; None for no step.
    """
    strips = np.repeat(np.arange(len(pixels)), pixels.shape[1])
    lines = pixels.reshape(-1, pixels.shape[2]).astype(np.float64)
    known = np.isfinite(lines[:, 0])
    strips, lines = strips[known], lines[known]
    if len(lines) < LINES:
        return None
    differences = np.diff(lines, axis=1)
    sharp = differences[:, 1:-1] - (differences[:, :-2] + differences[:, 2:]) / 2
    medians = np.median(sharp, axis=0)
    # `sharp` of the line in the middle.
    middle = AROUND - 2
    shift = int(np.argmax(np.abs(medians[middle - 1 : middle + 2]))) - 1
    at = middle + shift
    offset = float(medians[at])
    beside = np.r_[at - 8 : at - 2, at + 3 : at + 9]
    level = float(
        np.median(
            lines[:, at + 2 : at + 2 + LEVEL].mean(axis=1)
            - lines[:, at + 2 - LEVEL : at + 2].mean(axis=1)
        )
    )
    spreads = np.median(np.abs(sharp - medians), axis=0)
    spread = spreads[at]
    brightness = lines[:, at + 2 - LEVEL : at + 2 + LEVEL].mean(axis=1)
    if brightness.min() > 0:
        # Tiles of another gain step by a share of the brightness.
        share = sharp[:, at] / brightness
        spread = min(spread, np.median(np.abs(share - np.median(share))) * np.median(brightness))
    usual = float(np.median(spreads[beside]))
    if not (
        offset
        and SHARPNESS[0] * abs(level) <= abs(offset) <= SHARPNESS[1] * abs(level)
        and offset * level > 0
        and abs(offset) >= PROMINENCE * np.abs(medians[beside]).max()
        and (spread <= MOST_SPREAD * usual or abs(offset) >= STEADY * 1.4826 * spread)
    ):
        return None
    before, after = _correlation(lines, strips, at + 1), _correlation(lines, strips, at + 3)
    return (shift, offset) if before >= CONTINUITY * after > 0 else None


def _correlation(lines: Doubles, strips: npt.NDArray[np.int64], column: int) -> float:
    """Correlation of two neighboring columns along the lines, within strips; 0 without texture."""
    pair = lines[:, column : column + 2]
    count = np.maximum(np.bincount(strips), 1)
    means = np.stack([np.bincount(strips, one) / count for one in pair.T], axis=1)
    rest = pair - means[strips]
    variances = np.square(rest).sum(axis=0)
    if not variances.all():
        return 0.0
    return float((rest[:, 0] * rest[:, 1]).sum() / np.sqrt(variances.prod()))
