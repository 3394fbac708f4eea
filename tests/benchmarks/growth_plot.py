# SPDX-License-Identifier: GPL-2.0-or-later
"""Time and memory against the size of the scene, both axes logarithmic, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 460, 340
LEFT, RIGHT, TOP, BOTTOM = 58, 118, 34, 44
# Told apart by people who see no red or green too.
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


def growth_plot(megapixels: Sequence[float], panels: Sequence[Panel]) -> str:
    """Draw panels side by side over the same sizes.

    Args:
        megapixels: sizes, ascending.
        panels: what to draw.
    """
    width = WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" '
        f'viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{HEIGHT}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({WIDTH * number} 0)">')
        parts += _draw(megapixels, panel)
        parts.append("</g>")
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
    ends = []
    for number, (name, line) in enumerate(panel.lines.items()):
        points = [(x(size), y(value)) for size, value in zip(megapixels, line) if value]
        if not points:
            continue
        color = COLORS[number % len(COLORS)]
        joined = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{d:.1f}" r="3" fill="{color}"/>' for a, d in points]
        ends.append((points[-1][1], name, color))
    # Names stand beside the ends of their lines, moved apart where they would overlap.
    below = 0.0
    for at, name, color in sorted(ends):
        below = max(at + 4, below + 13)
        parts.append(_text(WIDTH - RIGHT + 6, below, name, "start", color))
    return parts


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
