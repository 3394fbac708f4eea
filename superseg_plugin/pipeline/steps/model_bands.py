# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bands of an image a model is applied to.

Bands that the user chooses are taken in the order given. Without a choice, bands are matched by
their names if the image has a band of the name of each band of the model; otherwise by the numbers
that they had in the training image, if the image has as many bands in all; otherwise in the order
of the file, if there are as many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.source import RasterSource
from ...wording import counted

# Names that number the bands, as some formats and programs write them, say nothing about them.
NUMBERING = re.compile(r"(band|layer|channel|raster)?[\s_.:#-]*\d+", re.IGNORECASE)
# So many names are listed in a message.
LISTED = 12


class BandsOfModel(Protocol):
    """What a model tells of its bands; see `Model`."""

    @property
    def band_count(self) -> int:
        """Number of bands of the images that it takes."""

    @property
    def band_names(self) -> tuple[str, ...]:
        """One a band."""

    @property
    def band_numbers(self) -> tuple[int, ...]:
        """Number of each band in the training image."""

    @property
    def image_bands(self) -> int:
        """Number of bands of the training image."""


@contextmanager
def bands_of_model(
    model: BandsOfModel | None, label: str, source: RasterSource, progress: Progress
) -> Iterator[RasterSource]:
    """Yield the source with the bands that a model is applied to, in the model's order.

    Args:
        model: the model; the source itself is yielded if None.
        label: parameter and name of the model, for messages.
        source: the image.
        progress: told which bands are used if not all in order, and where names differ.

    Raises:
        SuperSegError: the image has another number of bands, and nothing says which to use.
    """
    numbers = source.bands if model is None else choose_bands(model, label, source, progress)
    if numbers == source.bands:
        yield source
        return
    with source.with_bands(numbers) as chosen:
        yield chosen


def check_no_band_is_empty(model: BandsOfModel | None, label: str, source: RasterSource) -> None:
    """Raise SuperSegError if bands of the model were left out of the source as empty."""
    if model is not None and len(source.bands) < model.band_count:
        raise SuperSegError(
            f"{label} needs {model.band_count} bands, of which {source.name} has values in "
            f"{len(source.bands)} only: the others are nodata throughout. Use an image with values "
            "in all of these bands, or train a model on this image."
        )


def choose_bands(
    model: BandsOfModel, label: str, source: RasterSource, progress: Progress
) -> tuple[int, ...]:
    """Return the band numbers; see the module."""
    numbers = None
    if not source.bands_chosen:
        numbers = numbers_by_name(model, source)
        if numbers is not None:
            if numbers != source.bands:
                listed = listing(
                    [f"{name} (band {n})" for n, name in zip(numbers, model.band_names)]
                )
                progress.log(f"Bands of {source.name} by the names in {label}: {listed}")
            return numbers
        if source.total_bands == model.image_bands:
            numbers = model.band_numbers
            if numbers != source.bands:
                listed = listing([str(number) for number in numbers])
                progress.log(f"Bands of {source.name} by the numbers in {label}: {listed}")
    if numbers is None:
        _check_count(model, label, source)
        numbers = source.bands
    known = dict(zip(source.bands, source.band_names))
    names = [known.get(number, "") for number in numbers]
    pairs = [pair for pair in zip(model.band_names, names) if all(map(_is_name, pair))]
    if any(_key(one) != _key(other) for one, other in pairs):
        progress.log(
            f"Warning: the bands of {label} are {listing(model.band_names)}; they are taken from "
            f"{listing(names)} of {source.name}. If these are other bands, give BANDS in the order "
            "of the model"
        )
    elif any(map(_is_name, model.band_names)) and not any(map(_is_name, names)):
        progress.log(
            f"Bands of {source.name} have no names: they are taken, in this order, as "
            f"{listing(model.band_names)} of {label}. If these are other bands, give BANDS in the "
            "order of the model"
        )
    return numbers


def _check_count(model: BandsOfModel, label: str, source: RasterSource) -> None:
    """Raise SuperSegError unless as many bands are used as the model has."""
    found, needed = len(source.bands), model.band_count
    if found == needed:
        return
    has = f"BANDS has {found}" if source.bands_chosen else f"{source.name} has {found}"
    if source.total_bands >= needed:
        cure = f"Give BANDS with {counted(needed, 'band number')}, in the order of the model."
    else:
        cure = "Use an image of the same sensor, or train a model on this image."
    raise SuperSegError(
        f"{label} was trained on {counted(needed, 'band')} ({listing(model.band_names)}), {has}."
        f" {cure}"
    )


def numbers_by_name(model: BandsOfModel, source: RasterSource) -> tuple[int, ...] | None:
    """Numbers of the bands with the names of the model; None if a name is missing or ambiguous."""
    wanted = [_key(name) for name in model.band_names]
    found = [_key(name) for name in source.band_names]
    if not all(_is_name(name) and wanted.count(name) == found.count(name) == 1 for name in wanted):
        return None
    return tuple(source.bands[found.index(name)] for name in wanted)


def _is_name(name: str) -> bool:
    return bool(name.strip()) and not NUMBERING.fullmatch(name.strip())


def _key(name: str) -> str:
    return name.strip().casefold()


def listing(names: Sequence[str]) -> str:
    """Join the first names for a message."""
    return ", ".join(names[:LISTED]) + (", …" if len(names) > LISTED else "")
