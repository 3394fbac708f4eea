# SPDX-License-Identifier: GPL-2.0-or-later
"""Text as files hold it, made text that can be shown and written anywhere."""

from __future__ import annotations

LONGEST_NAME = 100
LONGEST_MESSAGE = 400


def readable(found: str | bytes | None) -> str:
    """Return text from a file that need not be UTF-8; "" for None.

    GDAL hands bytes that are not UTF-8 on as bytes or as lone surrogates, which no file takes.
    Programs that do not write UTF-8 mostly write Latin-1.
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
    """Return a name as it can be shown: on one line, of bearable length, nothing invisible."""
    shown = "".join(letter if letter.isprintable() else " " for letter in readable(found))
    return " ".join(shown.split())[:longest].rstrip()
