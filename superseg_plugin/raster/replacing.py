# SPDX-License-Identifier: GPL-2.0-or-later
"""Replacing several files, all or none.

Three passes. The first renames each file that exists there and back: on Windows this fails for a
file that another program has open, and then nothing has changed yet. The second keeps the former
files, by a hard link where the disk has links, so that no file is missing at any time. The third
moves the new files into place. If it fails, the former files are moved back.

A process that is killed during the third pass leaves a mixture; it takes milliseconds, since
nothing is copied.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

AWAY = ".superseg-away"


class Replacement(NamedTuple):
    """A file to be replaced or removed.

    Attributes:
        built: the new file; None to remove the former one.
        final: its final path.
        former: path on the same disk where the former file is kept meanwhile.
    """

    built: Path | None
    final: Path
    former: Path


def held_open(file: Path) -> str:
    """Return why a file cannot be replaced, "" if it can or does not exist.

    The only test is to rename it: who holds a file open may permit writing, but not renaming.
    """
    if not file.exists():
        return ""
    away = file.with_name(file.name + AWAY)
    try:
        file.rename(away)
    except OSError as error:
        return error.strerror or "unknown error"
    away.rename(file)
    return ""


def replace_all(replacements: Sequence[Replacement]) -> tuple[Path, str] | None:
    """Replace all files, or leave all as they are.

    Args:
        replacements: in the order in which the files are moved.

    Returns:
        The file that cannot be replaced, and why; None if all are in place.
    """
    for each in replacements:
        reason = held_open(each.final)
        if reason:
            return each.final, reason
    done: list[Replacement] = []
    for each in replacements:
        try:
            done.append(each)
            _keep(each)
            if each.built is not None:
                each.built.replace(each.final)
            else:
                each.final.unlink(missing_ok=True)
        except OSError as error:
            for one in reversed(done):
                _put_back(one)
            return each.final, error.strerror or "unknown error"
    return None


def _keep(one: Replacement) -> None:
    if not one.final.exists():
        return
    one.former.parent.mkdir(exist_ok=True)
    try:
        os.link(one.final, one.former)
    except OSError:
        # Without hard links, as on exFAT and some network drives, the file itself is kept.
        one.final.replace(one.former)


def _put_back(one: Replacement) -> None:
    """Restore the state before, as far as the disk allows."""
    with contextlib.suppress(OSError):
        if one.former.exists():
            one.former.replace(one.final)
        elif one.built is not None and not one.built.exists():
            one.final.unlink()
