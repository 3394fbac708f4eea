# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of GDAL with uniform error handling.

Some releases of QGIS enable GDAL's exceptions, others do not, and the setting holds for the whole
process, so it is left as it is. `attempt` suppresses GDAL's messages during a call and turns both
kinds of failure, exception and error code, into a result and an error text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from osgeo import gdal, osr

from ..errors import SuperSegError
from .texts import LONGEST_MESSAGE, one_line, visible_path

# Decoding fewer bands takes little of the time of a run.
MANY_BANDS = 8
INTERLEAVE = "INTERLEAVE", "IMAGE_STRUCTURE"


class WritingError(SuperSegError):
    """A raster cannot be written.

    Args:
        path: the file.
        reason: why, as GDAL says it.
    """

    def __init__(self, path: str | Path, reason: str) -> None:
        self.reason = reason or "unknown error"
        super().__init__(
            visible_path(
                f"{path} cannot be written ({self.reason}); check the free space on the disk and"
                " the permissions of the folder, or choose another folder."
            )
        )


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Collect the errors that GDAL raises in this thread; the host does not show them."""
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
    """Call a function of GDAL.

    Args:
        call: the function.
        *arguments: its positional arguments.
        **options: its keyword arguments.

    Returns:
        The result (None if the function raised), and the text of the first error ("" if there was
        none). The first error names the cause; later ones follow from it.
    """
    with quiet() as errors:
        gdal.ErrorReset()
        try:
            result = call(*arguments, **options)
        except RuntimeError as error:
            errors.append(str(error))
            result = None
        except SystemError:
            # The error message quotes bytes of a file that are not UTF-8; Python cannot decode it.
            return _attempt_without_messages(call, *arguments, **options)
    # Messages may quote line breaks from files.
    return result, one_line(errors[0], LONGEST_MESSAGE) if errors else ""


def close_dataset(dataset: Any) -> str:
    """Write what GDAL still holds of a dataset, and close it, whatever else refers to it.

    GDAL completes a file when its dataset is destroyed. Python destroys it with the last reference,
    and there may be more of these than a function has: profilers, such as that of a Dask node, and
    debuggers hold the frames of functions with their variables. Opened again before that, a file
    reads as 0.

    Args:
        dataset: raster or vector dataset; neither it nor its bands and layers may be used again.

    Returns:
        The text of the first error, "" if there was none.
    """
    # Destroying reports no errors of the blocks that it writes.
    errors = [attempt(dataset.FlushCache)[1]]
    if hasattr(dataset, "Close"):
        errors.append(attempt(dataset.Close)[1])
    else:
        # Dataset.Close exists from GDAL 3.8 on; this is what it does.
        errors.append(attempt(type(dataset).__swig_destroy__, dataset)[1])
        dataset.this = None
    return first_error(errors)


@contextmanager
def closing_dataset(dataset: Any) -> Iterator[list[str]]:
    """Context in which a dataset is changed; it is closed at the end, whatever happens.

    Args:
        dataset: as for `close_dataset`.

    Yields:
        A list for the errors of the changes; that of closing is added to it.
    """
    errors: list[str] = []
    try:
        yield errors
    finally:
        errors.append(close_dataset(dataset))


def first_error(errors: Iterable[str]) -> str:
    """The first text that is not empty; "" if there is none."""
    return next((error for error in errors if error), "")


def _attempt_without_messages(
    call: Callable[..., Any], *arguments: Any, **options: Any
) -> tuple[Any, str]:
    """Repeat a call with GDAL's own error handler, which decodes no messages."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        gdal.ErrorReset()
        result = call(*arguments, **options)
        failed = gdal.GetLastErrorType() >= gdal.CE_Failure
    except (RuntimeError, SystemError, UnicodeError):
        result, failed = None, True
    finally:
        gdal.PopErrorHandler()
    return result, "GDAL's message cannot be decoded" if failed else ""


def has_reference_systems() -> bool:
    """Whether GDAL finds the database of PROJ, without which coordinates cannot be transformed."""
    done, error = attempt(osr.SpatialReference().ImportFromEPSG, 4326)
    return done == 0 and not error


def gdal_version() -> str:
    """Return the release of GDAL, such as "3.6.2"."""
    return str(gdal.VersionInfo("RELEASE_NAME"))


def open_raster(path: str) -> Any:
    """Open a raster for reading.

    Args:
        path: GDAL dataset name.

    Raises:
        SuperSegError: there is no such file, it is not a raster, or it has no bands.
    """
    dataset, error = attempt(gdal.OpenEx, path, gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR)
    name = Path(path).name or path
    if dataset is None:
        if _is_plain_path(path) and not Path(path).exists():
            raise SuperSegError(f"{path} does not exist; choose another file.")
        raise SuperSegError(
            f"{name} is not a raster that GDAL can read ({error or 'unknown format'});"
            " choose another file or convert it to GeoTIFF."
        )
    if dataset.RasterCount == 0:
        parts = parts_of_container(path)
        if parts:
            raise SuperSegError(
                f"{name} holds {len(parts)} rasters; choose one of them, such as {parts[0]}"
            )
        raise SuperSegError(f"{name} has no bands; choose another file.")
    return dataset


def open_with_threads(path: str) -> Any:
    """Open a raster for reading so that GDAL decodes its blocks in several threads, if it can.

    Tiles are read in one thread, which would have to decode 64 bands in as much time as the worker
    takes to cut and describe them. GDAL has such threads for GeoTIFF from 3.6 on; until 3.7.0 they
    end the process where a file has its bands one after another (GDAL's pull request 7963). Of a
    damaged block, they tell neither the place nor the cause.

    Args:
        path: GDAL dataset name.

    Raises:
        SuperSegError: see `open_raster`.
    """
    dataset = open_raster(path)
    driver, order = dataset.GetDriver().ShortName, dataset.GetMetadataItem(*INTERLEAVE)
    if driver != "GTiff" or order != "PIXEL" or dataset.RasterCount < MANY_BANDS:
        return dataset
    again, _ = attempt(gdal.OpenEx, path, gdal.OF_RASTER, open_options=["NUM_THREADS=ALL_CPUS"])
    return dataset if again is None else again


def parts_of_container(path: str) -> list[str]:
    """Return the names of the rasters in a file that has no bands of its own; [] for others."""
    dataset, _ = attempt(gdal.OpenEx, path, gdal.OF_RASTER)
    if dataset is None or dataset.RasterCount:
        return []
    return [name for name, _ in dataset.GetSubDatasets()]


def _is_plain_path(path: str) -> bool:
    # A colon other than that of a Windows drive names a subdataset or a service; a VRT given as XML
    # begins with "<".
    return ":" not in path[2:] and not path.startswith(("/vsi", "<"))
