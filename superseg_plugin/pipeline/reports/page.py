# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of HTML reports: single pages without external files.

Every text is escaped unless its type is `Html`.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...translation import language_code, tr

Section = tuple[str, "Html"]
TIMES = "\N{MULTIPLICATION SIGN}"
STYLE_SHEET = Path(__file__).with_name("report.css")


class Html(str):
    """Text that is HTML and is not escaped again."""

    __slots__ = ()


def page(
    title: str,
    sections: Sequence[Section],
    lead: str = "",
    figures: Mapping[str, str] | None = None,
) -> str:
    """Make a page.

    Args:
        title: of the page.
        sections: headings and their contents.
        lead: a sentence below the title.
        figures: the most important numbers, by name.
    """
    body = "".join(
        f"<section>\n<h2>{escaped(heading)}</h2>\n{content}\n</section>\n"
        for heading, content in sections
    )
    top = f"<h1>{escaped(title)}</h1>\n"
    if lead:
        top += f'<p class="lead">{escaped(lead)}</p>\n'
    if figures:
        pairs = "".join(
            f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>"
            for name, value in figures.items()
        )
        top += f'<dl class="key">{pairs}</dl>\n'
    text = (
        f'<!DOCTYPE html>\n<html lang="{language_code()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{style()}</style>\n</head>\n"
        f"<body>\n<header>\n{top}</header>\n{body}</body>\n</html>\n"
    )
    # File names can hold surrogates, which UTF-8 cannot encode.
    return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style sheet: for light, dark and narrow screens, and for print."""
    return STYLE_SHEET.read_text(encoding="utf-8")


def table(header: Sequence[object], rows: Sequence[Sequence[object]]) -> Html:
    """Make a table; floats get four decimals, and `Html` that begins with `<td` is a whole cell."""
    head = "".join(f'<th scope="col">{escaped(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>\n" for row in rows)
    return Html(
        f'<div class="scroll" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}</tbody>\n</table></div>"
    )


def facts(values: Mapping[str, object]) -> Html:
    """Make a table of names and values; empty values are left out."""
    rows = "".join(
        f"<tr><td>{escaped(name)}</td><td>{escaped(str(value))}</td></tr>\n"
        for name, value in values.items()
        if value not in (None, "")
    )
    return Html(f'<table class="facts"><tbody>\n{rows}</tbody></table>')


def note(text: str) -> Html:
    """Make a paragraph in small print."""
    return Html(f'<p class="note">{escaped(text)}</p>')


def swatch(color: Sequence[int]) -> Html:
    """Make a small square in a color."""
    return Html(f'<span class="swatch" style="background: {css(color)}"></span>')


def ramp(colors: npt.NDArray[np.uint8]) -> Html:
    """Make a short bar that goes from the first to the last of some colors, `(k, 3)`."""
    stops = ", ".join(css(color) for color in colors.tolist())
    return Html(
        f'<span class="ramp" style="background: linear-gradient(to right, {stops})"></span>'
    )


def color_bar(colors: npt.NDArray[np.uint8], shares: Sequence[float], names: Sequence[str]) -> Html:
    """Make a bar of the classes' colors, each as long as the share of its class (0 to 1)."""
    parts = "".join(
        f'<div style="width: {100 * share:.3f}%; background: {css(color)}"'
        f' title="{escaped(name)} {100 * share:.1f} %"></div>'
        for color, share, name in zip(colors.tolist(), shares, names)
    )
    label = escaped(tr("Shares of the classes"))
    return Html(f'<div class="bar" role="img" aria-label="{label}">{parts}</div>')


def escaped(cell: object) -> str:
    """Convert anything to HTML."""
    if isinstance(cell, Html):
        return str(cell)
    if isinstance(cell, (float, np.floating)):
        return f"{cell:.4f}"
    return html.escape(str(cell))


def shortened(text: str, longest: int) -> str:
    """Return text of at most `longest` characters, cut with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def css(color: Sequence[Any]) -> str:
    """Write a color in the syntax of style sheets."""
    red, green, blue = (int(part) for part in color)
    return f"rgb({red}, {green}, {blue})"


def _cell(cell: object) -> str:
    if isinstance(cell, Html) and cell.startswith("<td"):
        return str(cell)
    return f"<td>{escaped(cell)}</td>"
