# SPDX-License-Identifier: GPL-2.0-or-later
"""Values of an image before and after a run: remarks for a dialog, in a copy, and in a record."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.source import RasterSource
from ..formats.record import read_record_of
from ..formats.stored_picture import show_as_recorded
from ..options.values import AUTOMATIC, VALUES
from .fill_values import prepare_values


def prepare_as_recorded(source: RasterSource, classes: str, progress: Progress) -> None:
    """Prepare the values and the picture of an image as the run did that made its classes.

    Args:
        source: the image, changed in place.
        classes: path of the class raster; without a record beside it, values are `automatic`.
        progress: see `prepare_values`.
    """
    values, record = AUTOMATIC, None
    with contextlib.suppress(SuperSegError, TypeError, KeyError):
        record = read_record_of(classes)[0]
        recorded = record["options"]["values"]
        values = recorded if recorded in VALUES else AUTOMATIC
    prepare_values(source, values, progress, advice="")
    if isinstance(record, dict):
        show_as_recorded(source, record.get("picture"))


def read_copy(copy: RasterSource, kind: str, number_type: np.dtype[Any]) -> None:
    """Read a copy of a part of an image as the image is read; its values are decoded already.

    Args:
        copy: changed in place.
        kind: what the values of the image are, one of `KINDS`.
        number_type: of the image.
    """
    copy.read_as(kind, copy.decoding)
    # A copy in bytes stays one: bytes are not stretched.
    if copy.number_type.itemsize > 1:
        copy.number_type = number_type


def remarks_on_values(values: str, *source: Any) -> list[str]:
    """Say which fill values and empty bands a run will leave out, from a sample of the image.

    Args:
        values: one of `VALUES`.
        *source: parameters of `RasterSource`.

    Raises:
        SuperSegError: the image cannot be read.
    """
    collected = _Remarks()
    with RasterSource(*source) as opened:
        prepare_values(opened, values, collected)
    return collected.lines


class _Remarks(Progress):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        """Keep a sentence."""
        self.lines.append(f"{text}.")
