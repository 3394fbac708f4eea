# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL calls that fail the same way in every host.

QGIS switches GDAL's exceptions on in some releases and leaves them off in others, and the switch
belongs to the whole process. So nothing here touches it: a call is made quietly, and both ways of
failing end as a result of None and a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from osgeo import gdal


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Collect GDAL's errors of this thread instead of letting the host show them."""
    errors: list[str] = []

    def keep(level: int, _number: int, text: str) -> None:
        if level >= gdal.CE_Failure:
            errors.append(text)

    gdal.PushErrorHandler(keep)
    try:
        yield errors
    finally:
        gdal.PopErrorHandler()


def attempt(call: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, str]:
    """Make a GDAL call.

    Returns:
        What it returned (None where it raised), and the text of the first error ("" without one):
        the first names the cause, later ones only pass it on.
    """
    with quiet() as errors:
        gdal.ErrorReset()
        try:
            result = call(*arguments, **options)
        except RuntimeError as error:
            errors.append(str(error))
            result = None
    return result, errors[0] if errors else ""


def gdal_version() -> str:
    """Return the release of GDAL, such as "3.6.2"."""
    return str(gdal.VersionInfo("RELEASE_NAME"))
