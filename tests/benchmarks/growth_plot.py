# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagrams as SVG: time and memory against size, logarithmic, and memory over time, linear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 460, 340
LEFT, RIGHT, TOP, BOTTOM = 58, 118, 34, 44
# Distinguishable with red-green color blindness.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555", "#000000")


@dataclass(frozen=True)
class Panel:
    """One diagram.

    Attributes:
        title: what the vertical axis shows, with its unit.
        lines: values by name, one for each size; None or 0 where there is none.
    """

    title: str
    lines: Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Curve:
    """Values over time.

    Attributes:
        title: what the vertical axis shows, with its unit.
        seconds: times of the values, ascending.
        lines: values by name, one for each time.
    """

    title: str
    seconds: Sequence[float]
    lines: Mapping[str, Sequence[float]]


def growth_plot(megapixels: Sequence[float], panels: Sequence[Panel]) -> str:
    """Draw panels side by side over the same sizes.

    Args:
        megapixels: sizes, ascending.
        panels: what to draw.
    """
    return _beside([_draw(megapixels, panel) for panel in panels])


def curve_plot(curves: Sequence[Curve]) -> str:
    """Draw values over time side by side, from zero, on the same vertical scale.

    Args:
        curves: what to draw.
    """
    most = max((max(line) for curve in curves for line in curve.lines.values() if line), default=1)
    return _beside([_draw_curve(curve, most) for curve in curves])


def _beside(panels: Sequence[list[str]]) -> str:
    width = WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" '
        f'viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        parts += [f'<g transform="translate({WIDTH * number} 0)">', *panel, "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _draw(megapixels: Sequence[float], panel: Panel) -> list[str]:
    values = [value for line in panel.lines.values() for value in line if value]
    low, high = _decades(values)
    first, last = _decades(megapixels)

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(size) - first) / (last - first)

    def y(value: float) -> float:
        share = (math.log10(value) - low) / (high - low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(panel.title)}</text>']
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(_line(LEFT, at, WIDTH - RIGHT, at, "#dddddd"))
        parts.append(_text(LEFT - 6, at + 4, f"{10.0**power:g}", "end"))
    for power in range(first, last + 1):
        at = x(10.0**power)
        parts.append(_line(at, TOP, at, HEIGHT - BOTTOM, "#dddddd"))
        parts.append(_text(at, HEIGHT - BOTTOM + 16, f"{10.0**power:g}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "size, megapixels", "middle"))
    drawn = {
        name: [(x(size), y(value)) for size, value in zip(megapixels, line) if value]
        for name, line in panel.lines.items()
    }
    return parts + _draw_lines(drawn, dots=True)


def _draw_curve(curve: Curve, most: float) -> list[str]:
    last = max(curve.seconds, default=1) or 1

    def x(second: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * second / last

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most

    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(curve.title)}</text>']
    for value in _round_values(most):
        parts.append(_line(LEFT, y(value), WIDTH - RIGHT, y(value), "#dddddd"))
        parts.append(_text(LEFT - 6, y(value) + 4, f"{value:g}", "end"))
    for second in _round_values(last):
        parts.append(_line(x(second), TOP, x(second), HEIGHT - BOTTOM, "#dddddd"))
        parts.append(_text(x(second), HEIGHT - BOTTOM + 16, f"{second:g}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "time, seconds", "middle"))
    drawn = {
        name: [(x(second), y(value)) for second, value in zip(curve.seconds, line)]
        for name, line in curve.lines.items()
    }
    return parts + _draw_lines(drawn, dots=False)


def _draw_lines(lines: Mapping[str, Sequence[tuple[float, float]]], dots: bool) -> list[str]:
    parts, ends = [], []
    for number, (name, points) in enumerate(lines.items()):
        if not points:
            continue
        color = COLORS[number % len(COLORS)]
        joined = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>')
        if dots:
            parts += [
                f'<circle cx="{a:.1f}" cy="{d:.1f}" r="3" fill="{color}"/>' for a, d in points
            ]
        ends.append((points[-1][1], name, color))
    # Names are written at the ends of their lines, moved apart where they would overlap.
    below = 0.0
    for at, name, color in sorted(ends):
        below = max(at + 4, below + 13)
        parts.append(_text(WIDTH - RIGHT + 6, below, name, "start", color))
    return parts


def _round_values(most: float) -> list[float]:
    """Four to ten values from zero on that are easy to read."""
    step = 10.0 ** math.floor(math.log10(most))
    step = next(step * share for share in (1, 0.5, 0.25, 0.2) if most / (step * share) >= 4)
    return [number * step for number in range(int(most / step) + 1)]


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten that enclose the values, at least one apart."""
    low = math.floor(math.log10(min(values)))
    return low, max(math.ceil(math.log10(max(values))), low + 1)


def _line(x1: float, y1: float, x2: float, y2: float, color: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"/>'


def _text(x: float, y: float, text: str, anchor: str, color: str = "black") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'
    )
