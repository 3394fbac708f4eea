# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture of an image in files: in a model and in the record beside a class raster.

Other images that the model classifies, and other runs with the classes, show the same values in the
same colors. What comes from a file is checked; a picture that does not fit is left out, as nothing
but colors depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np

from ...errors import SuperSegError
from ...raster.pictures import Picture
from ...raster.source import RasterSource
from .record import Record, read_record_of


def note_picture(record: Record, source: RasterSource) -> None:
    """Add the picture of an image to a record, with the numbers of its bands.

    Args:
        record: of a run with the image; unchanged where display bands are shown.
        source: the image.
    """
    if source.picture is not None:
        record["picture"] = {**asdict(source.picture), "bands": list(source.bands)}


def read_picture(entry: Any, bands: int) -> Picture | None:
    """Return the picture that a file holds of an image with so many bands; None if it has none."""
    with suppress(KeyError, TypeError, ValueError, OverflowError):
        found = Picture.from_dict(entry)
        return found if found.bands == bands else None
    return None


def show_as_recorded(source: RasterSource, entry: Any) -> None:
    """Show an image as the run did that wrote a record, if it has the bands of that run.

    Args:
        source: the image, changed in place.
        entry: the picture in the record.
    """
    with suppress(KeyError, TypeError):
        numbers: Sequence[int] = list(entry["bands"])
        found = read_picture(entry, len(numbers))
        if found is not None and set(numbers) <= set(source.bands):
            places = [source.bands.index(number) for number in numbers]
            weights = np.zeros((len(found.weights), len(source.bands)))
            weights[:, places] = found.weights
            rows = tuple(map(tuple, weights.tolist()))
            source.picture = Picture(found.kind, rows, found.low, found.high)


def carry_over(record: Record, class_raster: str) -> None:
    """Keep what the record of a class raster says of the image: how it is read and shown.

    Args:
        record: of an edit of the class raster, changed in place.
        class_raster: its path.
    """
    with suppress(SuperSegError, KeyError, TypeError):
        former = read_record_of(class_raster)[0]
        if "picture" in former:
            record["picture"] = former["picture"]
        record["options"].setdefault("values", former["options"]["values"])
