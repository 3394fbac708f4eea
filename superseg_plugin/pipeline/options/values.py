# SPDX-License-Identifier: GPL-2.0-or-later
"""The option that says what the values of an image are, and how they are read."""

from __future__ import annotations

from ...blocks import DECIBELS, ELEVATION, EMBEDDING, MEASURED, REFLECTANCE
from ...errors import SuperSegError

AUTOMATIC, AS_THEY_ARE = "automatic", "as they are"
ALPHA_EARTH = "AlphaEarth int8"
# `automatic` treats fill values that no metadata declare as nodata, see `steps.fill_values`, and
# recognizes embeddings, see `steps.embeddings`, radar and elevation, see `steps.measured_kinds`.
VALUES = (AUTOMATIC, AS_THEY_ARE, ALPHA_EARTH, EMBEDDING, REFLECTANCE, DECIBELS, ELEVATION)
# What values are, in words.
WORDS = {
    MEASURED: "measurements",
    REFLECTANCE: "reflectances",
    DECIBELS: "radar backscatter in decibels",
    ELEVATION: "elevations or heights",
    EMBEDDING: "vectors of an embedding",
}


def check_values(values: str) -> None:
    """Raise `SuperSegError` unless `values` is one of `VALUES`."""
    if values not in VALUES:
        raise SuperSegError(f"VALUES must be one of {', '.join(VALUES)}, not {values}.")
