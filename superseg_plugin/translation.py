# SPDX-License-Identifier: GPL-2.0-or-later
"""The translation of texts that are made without QGIS: reports and what could be better.

`language` sets it for the QGIS process; elsewhere, as in tests of the pipeline, texts stay English.
Errors and other log lines are not translated, so that they can be searched for and reported.
"""

from __future__ import annotations

from collections.abc import Callable


class _Language:
    """The language of the process, which is one for all threads."""

    code = "en"
    translate: Callable[[str], str] = staticmethod(str)


def set_language(code: str = "en", translate: Callable[[str], str] = str) -> None:
    """Set the language of `tr`; without arguments, English.

    Args:
        code: of the language, as in HTML: en, zh-CN.
        translate: returns the translation of an English text, or the text; from any thread.
    """
    _Language.code, _Language.translate = code, staticmethod(translate)


def language_code() -> str:
    """Return the code of the language, as in HTML."""
    return _Language.code


def tr(text: str) -> str:
    """Return a text in the language of QGIS.

    `make translations` finds texts by this function: `text` is a literal, and what differs from
    case to case is filled in by `format` afterwards.
    """
    return _Language.translate(text)
