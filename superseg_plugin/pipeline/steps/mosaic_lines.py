# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines of a band are steps between the tiles of a mosaic, from samples of its pixels.

Lines between columns are looked for; rows and columns change places for the others. See
`mosaic_steps` for the idea, and for what was measured. Cost: linear in the pixels given.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Valid = npt.NDArray[np.bool_]

# Mean sign that every strip must exceed, and the sum of the excess over a run; 1.5 is the
# sum of two strips in full agreement. Strips of a run at least.
LEAST_SIGN, LEAST_EXCESS, LEAST_STRIPS = 0.25, 1.5, 8
MOST_CANDIDATES = 40
# Pixels around a candidate that are looked at, to either side; and over how many pixels from the
# line the levels on both sides are compared.
AROUND, LEVEL = 12, 4
# Lines of pixels that a candidate is judged by at least.
LEAST_LINES = 32
# Limits that steps of all images keep and nothing else does: step over one pixel as a share of that
# over four; step as a multiple of the median difference at the lines beside; spread along the line
# as a multiple of that at other lines, or step as a multiple of its spread; correlation of the
# pixels on both sides as a share of that of pixels side by side.
SHARPNESS = (0.6, 1.7)
PROMINENCE, MOST_SPREAD, STEADY, CONTINUITY = 2.5, 2.0, 4.0, 0.5


def mean_signs(values: Floats, valid: Valid) -> Floats:
    """Mean sign of the difference at each line less that of the lines beside it.

    Args:
        values: `(bands, rows, cols)` of at most 127 rows.
        valid: `(rows, cols)`.

    Returns:
        `(bands, cols - 3)`, for the lines before columns 2 to cols - 2; 0 where fewer than half of
        the rows are valid.

    Example:
        >>> mean_signs(np.float32([[[5, 5, 5, 9, 9, 9]]]), np.ones((1, 6), bool)).tolist()
        [[-1.0, 1.0, -1.0]]
    """
    lines = values.shape[2] - 3
    known = valid[:, :-3] & valid[:, 1:-2] & valid[:, 2:-1] & valid[:, 3:]
    every = known.all()
    sums = np.empty((len(values), lines), np.int8)
    # Band by band, so that the differences stay in the cache of a core.
    for band, total in zip(values, sums):
        steps = np.diff(band)
        differences = steps[:, 1:-1] * 2
        differences -= steps[:, :-2]
        differences -= steps[:, 2:]
        # Signs as bytes: half the time of signs as floats.
        signs = (differences > 0).view(np.int8) - (differences < 0).view(np.int8)
        if not every:
            signs *= known.view(np.int8)
        signs.sum(axis=0, dtype=np.int8, out=total)
    count = known.sum(axis=0)
    means = sums / np.maximum(count, 1)
    return np.asarray(means * (2 * count >= len(valid)), np.float32)


def candidates(signs: Floats) -> list[tuple[int, int, tuple[int, int]]]:
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
    if len(lines) < LEAST_LINES:
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
