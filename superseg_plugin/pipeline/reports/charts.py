# SPDX-License-Identifier: GPL-2.0-or-later
"""Curves for reports, as SVG that takes its colors from the page."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .page import Html, css, escaped

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 14, 42
MOST_POINTS = 1000
MOST_LINES = 24
TICKS = 5
# A loss jumps from step to step; its course is seen in the mean of so many parts of the whole.
SMOOTHED_PARTS = 25
Floats = npt.NDArray[np.float64]


def line_chart(
    values: Sequence[float], x_label: str, y_label: str, whole_numbers: bool = False
) -> Html:
    """Draw numbers over their position; numbers that are not finite are left out.

    Args:
        values: the numbers, of positions 1, 2, ...
        x_label: what the positions are.
        y_label: what the numbers are.
        whole_numbers: they are counts, drawn as stairs from 0; others are drawn with their mean.
    """
    numbers = np.asarray(values, dtype=np.float64)
    positions = np.arange(1, len(numbers) + 1, dtype=np.float64)
    keep = np.isfinite(numbers)
    numbers, positions = numbers[keep], positions[keep]
    if not len(numbers):
        return Html("<p>No numbers.</p>")
    step = -(-len(numbers) // MOST_POINTS)
    # The last one is what a reader looks for.
    chosen = np.union1d(np.arange(0, len(numbers), step), [len(numbers) - 1])
    low = 0.0 if whole_numbers else float(numbers.min())
    frame = _Frame(low, float(numbers.max()), 1.0, float(max(len(values), 2)), whole_numbers)
    x, y = positions[chosen], numbers[chosen]
    if whole_numbers:
        x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
        curves = f'<polyline class="curve" points="{frame.points(x, y)}"/>\n'
    else:
        mean = _mean_of(numbers, max(len(numbers) // SMOOTHED_PARTS, 1))
        curves = (
            f'<polyline class="raw" points="{frame.points(x, y)}"/>\n'
            f'<polyline class="curve" points="{frame.points(x, mean[chosen])}"/>\n'
        )
    alt = (
        f"{y_label} of {len(values)} ({x_label}): from {numbers[0]:.3g} to {numbers[-1]:.3g},"
        f" lowest {numbers.min():.3g}, highest {numbers.max():.3g}"
    )
    ticks = [(tick, f"{tick:g}") for tick in _ticks(1, max(len(values), 2), whole=True)]
    return _svg(alt, frame.axes(ticks, x_label, y_label) + curves)


def spectra_chart(
    means: Floats, band_names: Sequence[str], colors: npt.NDArray[np.uint8], names: Sequence[str]
) -> Html:
    """Draw the mean of each band, a line for each class in its color; "" for a single band.

    Args:
        means: `(k, bands)`, the largest classes first.
        band_names: of the bands.
        colors: `(k, 3)`.
        names: of the classes.
    """
    finite = means[np.isfinite(means)]
    bands = means.shape[1]
    if bands < 2 or not len(finite):
        return Html("")
    frame = _Frame(float(finite.min()), float(finite.max()), 0.5, bands + 0.5)
    x = np.arange(1, bands + 1, dtype=np.float64)
    lines = []
    for row in reversed(range(min(len(means), MOST_LINES))):
        known = np.isfinite(means[row])
        points = frame.points(x[known], means[row][known])
        lines.append(
            f"<g><title>{escaped(names[row])}</title>"
            f'<polyline class="edge" stroke-width="4" points="{points}"/>'
            f'<polyline fill="none" stroke="{css(colors[row])}" stroke-width="2.5"'
            f' stroke-linejoin="round" points="{points}"/></g>\n'
        )
    every = -(-bands // 12)
    ticks = [(float(i + 1), band_names[i]) for i in range(0, bands, every)]
    alt = (
        f"Mean of {bands} bands in each of the {min(len(means), MOST_LINES)} largest classes;"
        " the figures are in the table"
    )
    return _svg(alt, frame.axes(ticks, "Band", "Mean") + "".join(lines))


def sparkline(values: Floats, low: Floats, high: Floats, color: Sequence[int]) -> Html:
    """Draw the bands of one class as small bars, each between the least and most of all classes.

    Args:
        values: `(bands,)`.
        low: `(bands,)`, drawn lowest.
        high: `(bands,)`, drawn highest.
        color: of the bars.
    """
    spread = np.where(high > low, high - low, 1.0)
    parts = np.nan_to_num(np.clip((values - low) / spread, 0, 1))
    width = 120 / len(values)
    bars = "".join(
        f'<rect class="color" fill="{css(color)}" x="{i * width + 0.5:.1f}"'
        f' y="{27 - 24 * part:.1f}" width="{max(width - 1.5, 0.5):.1f}"'
        f' height="{24 * part + 2:.1f}"/>'
        for i, part in enumerate(parts.tolist())
    )
    return Html(f'<svg class="small" viewBox="0 0 120 30" aria-hidden="true">{bars}</svg>')


class _Frame:
    """The place of a chart: what lies where."""

    def __init__(
        self, low: float, high: float, first: float, last: float, whole: bool = False
    ) -> None:
        self._ticks = _ticks(low, high, whole)
        # A margin of a twentieth, so that no curve lies on the frame.
        margin = (high - low) / 20 or max(abs(high), 1.0) / 20
        self._low = 0.0 if whole else min(low - margin, self._ticks[0])
        self._high = high + margin
        self._first, self._last = first, last

    def x(self, value: float) -> float:
        part = (value - self._first) / (self._last - self._first)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        part = (value - self._low) / (self._high - self._low)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    def points(self, xs: Floats, ys: Floats) -> str:
        return " ".join(
            f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs.tolist(), ys.tolist())
        )

    def axes(self, ticks: Sequence[tuple[float, str]], x_label: str, y_label: str) -> str:
        parts = []
        for value in self._ticks:
            if self._low <= value <= self._high:
                y = self.y(value)
                parts.append(
                    f'<path class="axis" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
                    f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
                )
        for value, label in ticks:
            parts.append(
                f'<text x="{self.x(value):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
                f"{escaped(_short(label))}</text>"
            )
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
            f"{escaped(x_label)}</text>"
            f'<text transform="translate(13 {middle}) rotate(-90)" text-anchor="middle">'
            f"{escaped(y_label)}</text>"
        )
        return "\n".join(parts) + "\n"


def _svg(alt: str, content: str) -> Html:
    return Html(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(alt)}">\n'
        f"{content}</svg>"
    )


def _ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """Round numbers between two, about `TICKS` of them."""
    if not high > low:
        return [low]
    raw = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    if whole:
        step = max(round(step), 1)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)] or [low]


def _mean_of(values: Floats, width: int) -> Floats:
    """Mean of each number and the ones around it, `width` in all where there are as many."""
    half = width // 2
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    start, end = np.maximum(index - half, 0), np.minimum(index + half + 1, len(values))
    return np.asarray((sums[end] - sums[start]) / (end - start), dtype=np.float64)


def _short(label: str) -> str:
    return label if len(label) <= 12 else label[:11] + "…"
