# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rasters of all kinds, described as plain data."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from .raster_files import REAL, SIGNED_BYTE

FLOATS = st.floats(allow_nan=False, width=64)
NODATA = st.one_of(
    st.none(),
    st.sampled_from([0, 1, 255, -1, -9999, 65535, -32768, 2**31, 2**53, 0.5, 0.1, 1e10]),
    st.sampled_from(["nan", "inf", "-inf", -3.4028234663852886e38, -3.4e38, 1e300, 1e-40]),
    st.integers(-5, 260),
    st.integers(-(2**63), 2**64 - 1).map(float),
    FLOATS.filter(np.isfinite),
)
COORDINATES = st.one_of(
    st.integers(-1000, 1000).map(float), st.floats(-1e7, 1e7), st.floats(allow_nan=True)
)
GEOREFERENCES = st.one_of(
    st.none(),
    st.builds(
        lambda x, y, a, b: {"geotransform": [x, a, 0.0, y, 0.0, b]},
        *(st.floats(-1e6, 1e6),) * 2,
        *(st.sampled_from([1.0, -1.0, 2.5, -0.3, 1e-5, -30.0]),) * 2,
    ),
    st.builds(
        lambda x, y, turn, size: {
            "geotransform": [
                *(x, size * float(np.cos(turn)), size * float(np.sin(turn))),
                *(y, size * float(np.sin(turn)), -size * float(np.cos(turn))),
            ]
        },
        *(st.floats(-1e6, 1e6),) * 2,
        st.floats(-4, 4),
        st.sampled_from([1.0, 0.25, 30.0]),
    ),
    st.builds(lambda six: {"geotransform": six}, st.lists(COORDINATES, min_size=6, max_size=6)),
    st.builds(
        lambda points: {"gcps": points},
        st.lists(st.lists(COORDINATES, min_size=4, max_size=4), min_size=1, max_size=6),
    ),
    st.builds(
        lambda x, y, a, b: {
            "gcps": [[c, r, x + a * c, y + b * r] for c, r in ((0, 0), (9, 0), (0, 9), (9, 9))]
        },
        *(st.floats(-1e6, 1e6),) * 2,
        *(st.sampled_from([1.0, -1.0, 30.0]),) * 2,
    ),
)
TEXTS = st.one_of(st.just(""), st.text(max_size=8), st.sampled_from(["<script>", "a&b", "ä", '"']))


@st.composite
def raster_cases(draw: st.DrawFn) -> dict:
    """Describe a raster, of a few to 300 bands, as plain data."""
    as_one = draw(st.booleans())
    many = as_one and draw(st.sampled_from([False] * 9 + [True]))
    count = draw(st.integers(30, 300)) if many else draw(st.integers(1, 6))
    types = st.sampled_from([*REAL, *REAL, SIGNED_BYTE, "complex64", "complex128"])
    first, nodata = draw(types), draw(NODATA)
    same = {"type": first, "nodata": nodata, "alpha": False, "name": "", "mask": False}
    bands = [dict(same) for _ in range(count)]
    for band in bands[:6]:
        band["name"] = draw(TEXTS)
        band["alpha"] = draw(st.sampled_from([False] * 9 + [True]))
        if not as_one:
            band["type"] = draw(types)
            band["nodata"] = draw(NODATA)
            band["mask"] = draw(st.sampled_from([False] * 4 + [True]))
    sides = st.one_of(st.just(1), st.integers(1, 40))
    return {
        "cols": draw(sides),
        "rows": draw(sides),
        "bands": bands,
        # A GeoTIFF has one type and one nodata value for all of its bands.
        "format": draw(st.sampled_from(["GTiff", "ENVI"])) if as_one else "VRT",
        "block": draw(st.one_of(st.none(), st.tuples(sides, sides).map(list))),
        "mask": draw(st.sampled_from(["", "", "", "inside", "beside", "each band"])),
        "overviews": draw(st.booleans()),
        "color_table": draw(st.booleans()),
        "scale": draw(st.one_of(st.none(), st.tuples(FLOATS, FLOATS).map(list))),
        "place": draw(GEOREFERENCES),
        "epsg": draw(st.sampled_from([None, 32632, 4326, 2263, 3857, 3413, 6933, 32760])),
        "seed": draw(st.integers(0, 2**16)),
        "exceptions": draw(st.booleans()),
    }
