# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bands of which rasters a model is applied to.

A model of one raster is applied to one, a model of several to as many, in the same order. Within
each raster, bands are found as `model_bands` says; those of additional rasters by name, otherwise
by number, otherwise in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.resampled import PARAMETER
from ...raster.source import RasterSource
from ...raster.stack import rasters_of
from ..formats.model_rasters import ModelRaster
from ..options.values import WORDS
from .model_bands import BandsOfModel, bands_of_model, choose_bands, listing, numbers_by_name


class RastersOfModel(BandsOfModel, Protocol):
    """What a model tells of its rasters; see `Model`."""

    @property
    def rasters(self) -> tuple[ModelRaster, ...]:
        """Of the training image; empty for one."""


@dataclass(frozen=True)
class _Part:
    """What a model says of one raster; see `BandsOfModel`."""

    band_count: int
    band_names: tuple[str, ...]
    band_numbers: tuple[int, ...]
    image_bands: int


@contextmanager
def rasters_of_model(
    model: RastersOfModel | None, label: str, source: RasterSource, progress: Progress
) -> Iterator[RasterSource]:
    """Yield the source with the bands that a model is applied to, in the model's order.

    Args:
        model: the model; the source itself is yielded if None.
        label: parameter and name of the model, for messages.
        source: the image, a `RasterStack` where there are additional rasters.
        progress: told which bands are used if not all in order, and where names differ.

    Raises:
        SuperSegError: the image has other rasters or bands, and nothing says which to use.
    """
    if model is not None:
        check_number_of_rasters(model, label, len(rasters_of(source)) - 1)
    if model is None or not model.rasters:
        with bands_of_model(model, label, source, progress) as chosen:
            yield chosen
        return
    numbers: tuple[int, ...] = ()
    start = 0
    for part, raster in zip(_parts(model), rasters_of(source)):
        find = _choose_of_additional if start else choose_bands
        numbers += tuple(start + number for number in find(part, label, raster, progress))
        start += raster.total_bands
    if numbers == source.bands:
        yield source
        return
    with source.with_bands(numbers) as chosen:
        yield chosen


def check_number_of_rasters(model: RastersOfModel, label: str, given: int) -> None:
    """Raise SuperSegError unless as many rasters are given as the model was trained on.

    Args:
        model: the model.
        label: parameter and name of the model.
        given: number of additional rasters.
    """
    kinds = [WORDS[raster.kind] for raster in model.rasters[1:]]
    if len(kinds) == given:
        return
    trained = f"with {len(kinds)} (of {', '.join(kinds)})" if kinds else "without any"
    cure = (
        f"Give rasters of these kinds in this order as {PARAMETER}."
        if kinds
        else f"Leave {PARAMETER} empty, or choose another model."
    )
    raise SuperSegError(
        f"{label} was trained {trained} as {PARAMETER}, but {given or 'none'}"
        f" {'is' if given < 2 else 'are'} given. {cure}"
    )


def check_kinds(model: RastersOfModel | None, label: str, source: RasterSource) -> None:
    """Raise SuperSegError unless additional rasters hold what those of a model did."""
    pairs = zip(rasters_of(source)[1:], model.rasters[1:] if model else ())
    for number, (raster, known) in enumerate(pairs, start=1):
        if raster.kind != known.kind:
            raise SuperSegError(
                f"{label}: raster {number} of {PARAMETER} must hold {WORDS[known.kind]}, but"
                f" {raster.name} holds {WORDS[raster.kind]}. Give rasters of the kinds of the"
                " model, in its order."
            )


def _parts(model: RastersOfModel) -> Iterator[_Part]:
    first = start = 0
    for raster in model.rasters:
        bands = slice(first, first + raster.bands)
        numbers = tuple(number - start for number in model.band_numbers[bands])
        yield _Part(raster.bands, model.band_names[bands], numbers, raster.image_bands)
        first, start = first + raster.bands, start + raster.image_bands


def _choose_of_additional(
    part: _Part, label: str, raster: RasterSource, progress: Progress
) -> tuple[int, ...]:
    numbers = numbers_by_name(part, raster)
    if numbers is None and raster.total_bands == part.image_bands:
        numbers = part.band_numbers
    if numbers is None and len(raster.bands) == part.band_count:
        numbers = raster.bands
    if numbers is None:
        raise SuperSegError(
            f"{label} needs the bands {listing(part.band_names)} of an additional raster, but"
            f" {raster.name} in its place has {len(raster.bands)}. Give {PARAMETER} with the bands"
            " of the model, in its order."
        )
    if numbers != raster.bands:
        progress.log(f"Bands of {raster.name} by {label}: {listing(list(map(str, numbers)))}")
    return numbers
