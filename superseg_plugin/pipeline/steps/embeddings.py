# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognizing embeddings: rasters whose bands are the axes of one vector a pixel.

Idea: vectors of length 1 are what no measurement is. A raster of 16 bands and more is an embedding
if nearly all pixels of a sample that may be vectors of length 1 have this length, read as they are
or as AlphaEarth's signed bytes; or if its bands are called as those of TESSERA. Everything else is
one on the user's word only.
Approximate: decided on a sample, once for the whole run.
Cost: one pass over the sample.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import EMBEDDING
from ...errors import SuperSegError
from ...raster.source import RasterSource
from ...raster.texts import percent
from ...raster.vectors import (
    ALPHA_EARTH_BANDS,
    LONGEST,
    SHORTEST,
    Vectors,
    within_length,
)
from ...wording import counted
from ..options.values import ALPHA_EARTH, AUTOMATIC
from .pictures import choose_picture

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]

# Fewer bands are not taken for an embedding without the user's word.
FEWEST_BANDS = 16
# Vectors have length 1 if this share of the pixels that may be vectors lie within this of it: bytes
# of 64 bands are rounded to some 0.3 % of the length. At least so many pixels must be vectors.
UNIT_SHARE, UNIT_SLACK = 0.95, 0.02
LEAST_PIXELS, LEAST_SHARE = 32, 0.01
# The same on the user's word, as averaged or resampled vectors are shorter.
LOOSE_SHARE, LOOSE_SLACK = 0.5, 0.15
# How geotessera names the bands.
NAMED = re.compile(r"tessera[_ -]?band[_ -]?\d+", re.IGNORECASE)

AS_BYTES = Vectors(of_bytes=True, unit=True, rounded=False)


def recognize_vectors(source: RasterSource, sample: Array, valid: Valid, values: str) -> str:
    """Read a source as an embedding for the whole run, if it is one.

    Args:
        source: the scene, changed in place.
        sample: `(bands, pixels)` raw values.
        valid: `(bands, pixels)`, False for what is known to be nodata.
        values: one of `VALUES`.

    Returns:
        What was found, for the log; "" for measurements.

    Raises:
        SuperSegError: the user says that the values are AlphaEarth's bytes, and they are not.
    """
    pixels = sample[:, valid.all(axis=0)]
    vectors = _vectors_of(source, pixels, values)
    if vectors is None:
        return ""
    decoded = vectors.decode(pixels)
    known = vectors.valid(pixels, decoded)
    if not known.any():
        raise SuperSegError(
            f"{source.name} has no vectors of length 1, as VALUES “{values}” says; choose "
            "another VALUES."
        )
    source.read_as(EMBEDDING, vectors)
    choose_picture(source, decoded, known)
    return _said(source, vectors, 1 - float(known.mean()))


def _vectors_of(source: RasterSource, pixels: Array, values: str) -> Vectors | None:
    bands, is_integer = len(pixels), pixels.dtype.kind in "iu"
    as_floats = Vectors(of_bytes=False, unit=True, rounded=bands == ALPHA_EARTH_BANDS)
    if values == ALPHA_EARTH:
        if not is_integer:
            raise SuperSegError(
                f"VALUES “{ALPHA_EARTH}” is for whole numbers, {source.name} has "
                f"{pixels.dtype.name}: choose “{EMBEDDING}”."
            )
        return AS_BYTES
    if values == EMBEDDING:
        form = AS_BYTES if is_integer else as_floats
        if _has_length_one(form, pixels, LOOSE_SHARE, LOOSE_SLACK):
            return form
        return Vectors(of_bytes=False, unit=False, rounded=False)
    if values != AUTOMATIC or bands < FEWEST_BANDS:
        return None
    if all(NAMED.fullmatch(name.strip()) for name in source.band_names):
        return Vectors(of_bytes=False, unit=False, rounded=False)
    form = AS_BYTES if is_integer else as_floats
    return form if _has_length_one(form, pixels, UNIT_SHARE, UNIT_SLACK) else None


def _has_length_one(form: Vectors, pixels: Array, share: float, slack: float) -> bool:
    """Whether nearly all pixels that may be vectors of length 1 have this length."""
    if form.of_bytes and pixels.size and not (pixels.min() >= -128 and pixels.max() <= 255):
        return False
    measured = form.decode(pixels) if form.of_bytes else pixels
    possible = int(within_length(measured, SHORTEST, LONGEST).sum())
    if possible < max(LEAST_SHARE * pixels.shape[1], min(LEAST_PIXELS, pixels.shape[1]), 1):
        return False
    return int(within_length(measured, 1 - slack, 1 + slack).sum()) >= share * possible


def _said(source: RasterSource, vectors: Vectors, left_out: float) -> str:
    bands = counted(len(source.bands), "band")
    if vectors.of_bytes:
        text = f"AlphaEarth's bytes: vectors of length 1 in {bands}"
    elif vectors.unit:
        text = f"embedding: vectors of length 1 in {bands}"
    else:
        text = f"embedding: vectors in {bands}"
    if left_out:
        text += f"; {percent(left_out)} of the pixels have none and are nodata"
    return text
