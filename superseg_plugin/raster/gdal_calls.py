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

from .texts import LONGEST_MESSAGE, one_line


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
        except SystemError:
            # GDAL quoted bytes from a file that are no text, and Python stumbled over them.
            return _attempt_unheard(call, *arguments, **options)
    # They quote from files, line ends and all.
    return result, one_line(errors[0], LONGEST_MESSAGE) if errors else ""


def _attempt_unheard(call: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, str]:
    """Make a call again without listening to what GDAL says."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        gdal.ErrorReset()
        result = call(*arguments, **options)
        failed = gdal.GetLastErrorType() >= gdal.CE_Failure
    except (RuntimeError, SystemError, UnicodeError):
        result, failed = None, True
    finally:
        gdal.PopErrorHandler()
    return result, "GDAL's message is no text" if failed else ""


def gdal_version() -> str:
    """Return the release of GDAL, such as "3.6.2"."""
    return str(gdal.VersionInfo("RELEASE_NAME"))
