# SPDX-License-Identifier: GPL-2.0-or-later
"""Cleaning text that was read from files, to be displayed and written."""

from __future__ import annotations

import re

LONGEST_NAME = 100
LONGEST_MESSAGE = 400
HIDDEN_FOLDER = re.compile(r"[\\/]\.superseg-[^\\/\s]+(?=[\\/])")


def readable(found: str | bytes | None) -> str:
    """Return text from a file as valid Unicode; "" for None.

    GDAL returns bytes that are not UTF-8 as bytes or as lone surrogates, which cannot be written
    to a file. They are decoded as Latin-1, the most frequent other encoding.
    """
    if found is None:
        return ""
    try:
        raw = found if isinstance(found, bytes) else found.encode("utf-8", "surrogateescape")
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
    except UnicodeEncodeError:
        return str(found).encode("utf-8", "replace").decode("utf-8")


def one_line(found: str | bytes | None, longest: int = LONGEST_NAME) -> str:
    """Return text on one line, without unprintable characters, of at most `longest` characters."""
    shown = "".join(letter if letter.isprintable() else " " for letter in readable(found))
    return " ".join(shown.split())[:longest].rstrip()


def percent(share: float) -> str:
    """Return a share of 0 to 1 as a percentage of two digits; of four close to 100 %.

    Example:
        >>> percent(0.0123), percent(0.9998), percent(1.0)
        ('1.2 %', '99.98 %', '100 %')
    """
    return f"{100 * share:.{4 if share > 0.99 else 2}g} %"


def visible_path(text: str) -> str:
    """Return a text without the hidden folders of unfinished outputs in its paths."""
    return HIDDEN_FOLDER.sub("", text)


def words_of(name: str) -> set[str]:
    """Words of a name in small letters, without digits.

    Example:
        >>> sorted(words_of("Sigma0_VV_db"))
        ['db', 'sigma', 'vv']
    """
    return set(re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1 \2", name).lower()))


def numbered_band(number: int, name: str) -> str:
    """Return number and name of a band, the number alone where the name says no more.

    Example:
        >>> numbered_band(3, "Red"), numbered_band(3, "Band 3")
        ('Band 3 (Red)', 'Band 3')
    """
    return name if name == f"Band {number}" else f"Band {number} ({name})"


def label_order(label: str) -> tuple[bool, int, str]:
    """Return a key that sorts labels: whole numbers by their value, then texts."""
    number = int(label) if label.isdecimal() else 0
    return not label.isdecimal(), number, label
