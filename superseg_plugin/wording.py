# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers in sentences that are not translated: errors and other log lines."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return a number with its noun in singular or plural.

    Example:
        >>> counted(1, "class"), counted(2000, "class"), counted(0, "valid pixel")
        ('1 class', '2,000 classes', '0 valid pixels')
    """
    ending = "es" if noun.endswith(("s", "ch")) else "s"
    return f"{count:,} {noun}{'' if count == 1 else ending}"


def are(count: int) -> str:
    """Return the verb for so many.

    Example:
        >>> are(1), are(2)
        ('is', 'are')
    """
    return "is" if count == 1 else "are"
