# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts of a report as SVG; style sheet classes give them the colors of the page.

`svg`, `text` and `line` make the parts of every drawing; `Frame` converts numbers to positions and
draws the axes of a chart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ...translation import tr
from .page import Html, escaped, shortened

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, WIDTH - 12, 14, HEIGHT - 42
MOST_POINTS = 1000
TICKS = 5
LONGEST_LABEL = 12
# A loss varies from step to step; the moving mean over this part of all steps shows its trend.
SMOOTHED_PARTS = 25

Floats = npt.NDArray[np.float64]


def svg(alt: str, height: int, parts: Iterable[str]) -> Html:
    """Make a drawing `WIDTH` wide; `alt` describes it in words."""
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escaped(alt)}">'
    return Html("\n".join([head, *parts, "</svg>"]))


def text(x: float, y: float, content: str, anchor: str = "middle", more: str = "") -> str:
    """Write text; `anchor` is start, middle or end, `more` holds further attributes."""
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"<text {at}{more}>{escaped(content)}</text>"


def line(xs: Floats, ys: Floats, attributes: str) -> str:
    """Draw a line through points."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs.tolist(), ys.tolist()))
    return f'<polyline {attributes} points="{points}"/>'


def line_chart(
    values: Sequence[float],
    x_label: str,
    y_label: str,
    whole_numbers: bool = False,
    smoothed: bool = True,
) -> Html:
    """Draw numbers over their position; numbers that are not finite are left out.

    Args:
        values: the numbers, at positions 1, 2, ...
        x_label: of the positions.
        y_label: of the numbers.
        whole_numbers: they are counts, drawn as steps from 0.
        smoothed: others are drawn with a moving mean.
    """
    given = np.asarray(values, dtype=np.float64)
    positions = np.flatnonzero(np.isfinite(given)).astype(np.float64) + 1
    numbers: Floats = given[np.isfinite(given)]
    if not len(numbers):
        return Html(f"<p>{escaped(tr('No numbers.'))}</p>")
    # The last number is always shown.
    step = -(-len(numbers) // MOST_POINTS)
    shown = np.union1d(np.arange(0, len(numbers), step), [len(numbers) - 1])
    low, last = 0.0 if whole_numbers else float(numbers.min()), float(max(len(values), 2))
    frame = Frame(low, float(numbers.max()), 1.0, last, whole_numbers)
    x, y = frame.x(positions[shown]), frame.y(numbers[shown])
    if whole_numbers:
        curves = [line(np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1], 'class="curve"')]
    elif not smoothed:
        curves = [line(x, y, 'class="curve"')]
    else:
        mean = _moving_mean(numbers, max(len(numbers) // SMOOTHED_PARTS, 1))
        curves = [line(x, y, 'class="raw"'), line(x, frame.y(mean[shown]), 'class="curve"')]
    alt = tr("{} of {} ({}): from {:.3g} to {:.3g}, lowest {:.3g}, highest {:.3g}").format(
        y_label, len(values), x_label, numbers[0], numbers[-1], numbers.min(), numbers.max()
    )
    labels = [(tick, f"{tick:g}") for tick in ticks_between(1, last, whole=True)]
    return svg(alt, HEIGHT, [*frame.axes(labels, x_label, y_label), *curves])


class Frame:
    """The area of a chart between its axes.

    Args:
        low, high: range of the numbers.
        first, last: range of the positions.
        whole: the numbers are counts from 0.
    """

    def __init__(
        self, low: float, high: float, first: float, last: float, whole: bool = False
    ) -> None:
        self._ticks = ticks_between(low, high, whole)
        # A margin of a twentieth keeps the curve off the edges.
        margin = (high - low) / 20 or max(abs(high), 1.0) / 20
        self._low = 0.0 if whole else min(low - margin, self._ticks[0])
        self._high = high + margin
        self._first, self._last = first, last

    def x(self, positions: Floats) -> Floats:
        """Return the horizontal places of positions in the drawing."""
        return LEFT + (positions - self._first) / (self._last - self._first) * (RIGHT - LEFT)

    def y(self, numbers: Floats) -> Floats:
        """Return the vertical places of numbers in the drawing."""
        return BOTTOM - (numbers - self._low) / (self._high - self._low) * (BOTTOM - TOP)

    def axes(
        self, labels: Sequence[tuple[float, str]], x_label: str, y_label: str
    ) -> Iterable[str]:
        """Draw grid lines with numbers, labels below positions, and what both axes are."""
        ticks = [tick for tick in self._ticks if self._low <= tick <= self._high]
        for tick, y in zip(ticks, self.y(np.array(ticks)).tolist()):
            yield f'<path class="axis" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
            yield text(LEFT - 8, y + 4, f"{tick:g}", "end")
        for (_, label), x in zip(labels, self.x(np.array([at for at, _ in labels])).tolist()):
            yield text(x, BOTTOM + 18, shortened(label, LONGEST_LABEL))
        yield text((LEFT + RIGHT) / 2, HEIGHT - 6, x_label)
        middle = (TOP + BOTTOM) / 2
        yield text(0, 0, y_label, more=f' transform="translate(13 {middle}) rotate(-90)"')


def ticks_between(low: float, high: float, whole: bool = False) -> list[float]:
    """Return about `TICKS` round numbers between two."""
    if not high > low:
        return [low]
    raw = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    if whole:
        step = max(round(step), 1)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)] or [low]


def _moving_mean(values: Floats, width: int) -> Floats:
    """Return the mean of each number and its neighbors, `width` in all except at the ends."""
    window = np.ones(2 * min(width // 2, (len(values) - 1) // 2) + 1)
    sums = np.convolve(values, window, "same")
    return np.asarray(sums / np.convolve(np.ones(len(values)), window, "same"), np.float64)
