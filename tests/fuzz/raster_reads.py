# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads of `RasterSource`, compared with reading all pixels at once by GDAL."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window, tiles

from .raster_cases import raster_cases
from .raster_files import SIGNED_BYTE, gdal_exceptions, masks_of, pixels_of, write

# A nodata value passes through text, which may cost it digits; numbers this near to it may count
# as nodata, those farther off may not.
NEAR = 1e-6
NEAR_OF_HUGE = 2e-3
HUGE = 1e30


@st.composite
def read_cases(draw: st.DrawFn) -> dict:
    """A raster, and what is read of it."""
    raster = draw(raster_cases())
    count = len(raster["bands"])
    numbers = st.one_of(st.integers(1, count), st.integers(1, count), st.integers(-1, count + 1))
    bands = draw(st.one_of(st.none(), st.none(), st.lists(numbers, max_size=4)))
    side = max(raster["cols"], raster["rows"])
    return {"raster": raster, "bands": bands, "tile": draw(st.integers(-(-side // 6), side))}


class Plain(NamedTuple):
    """A raster as it is stored in the file."""

    values: list[np.ndarray]
    nodata: list[float | None]
    alpha: int


def check_reads(case: dict) -> None:
    """Write, read and compare; only unreadable files may be refused."""
    with tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder:
        path = write(case["raster"], Path(folder))
        if path is None:
            return
        plain = _plain_read(path)
        refused = _refusal(case, plain)
        with gdal_exceptions(case["raster"]["exceptions"]):
            try:
                source = RasterSource(path, case["bands"])
            except SuperSegError as error:
                if not refused:
                    raise AssertionError(f"refused without reason: {error}") from error
                check_sentence(str(error))
                return
            with source:
                if refused:
                    raise AssertionError(f"taken in spite of {refused}")
                _compare(case, source, plain)


def _plain_read(path: str) -> Plain:
    dataset = gdal.Open(path)
    bands = [dataset.GetRasterBand(n + 1) for n in range(dataset.RasterCount)]
    alphas = [n for n, b in enumerate(bands, 1) if b.GetColorInterpretation() == gdal.GCI_AlphaBand]
    return Plain(
        [band.ReadAsArray() for band in bands],
        [band.GetNoDataValue() for band in bands],
        alphas[0] if alphas else 0,
    )


def _chosen(case: dict, plain: Plain) -> list[int]:
    every = list(range(1, len(plain.values) + 1))
    if case["bands"] is not None:
        return list(case["bands"])
    return [n for n in every if n != plain.alpha] or every


def _refusal(case: dict, plain: Plain) -> str:
    chosen = _chosen(case, plain)
    if not chosen or len(set(chosen)) < len(chosen):
        return "its choice of bands"
    if not all(1 <= n <= len(plain.values) for n in chosen):
        return "bands that are not there"
    if any(plain.values[n - 1].dtype.kind == "c" for n in chosen):
        return "complex numbers"
    return ""


def check_sentence(text: str) -> None:
    """A message for users is one complete line without a traceback."""
    if not text.endswith(".") or "Traceback" in text or "\n" in text:
        raise AssertionError(f"no sentence: {text}")


def _compare(case: dict, source: RasterSource, plain: Plain) -> None:
    raster = case["raster"]
    chosen = _chosen(case, plain)
    shape = (raster["rows"], raster["cols"])
    if (source.grid.height, source.grid.width) != shape or list(source.bands) != chosen:
        raise AssertionError(f"{source.grid} or {source.bands}, not {shape} and {chosen}")
    whole, valid = source.read(source.grid.window)
    seen = np.zeros(shape, int)
    for tile in tiles(shape[1], shape[0], case["tile"]):
        values, inside = source.read(tile)
        np.testing.assert_array_equal(values, whole[(slice(None), *tile.slices)])
        np.testing.assert_array_equal(inside, valid[tile.slices])
        seen[tile.slices] += 1
    if whole.dtype != source.dtype or not (seen == 1).all():
        raise AssertionError(f"{whole.dtype} where {source.dtype} was promised")
    surely, perhaps = np.ones(shape, bool), np.ones(shape, bool)
    written = pixels_of(raster)
    for place, number in enumerate(chosen):
        values, nodata = plain.values[number - 1], plain.nodata[number - 1]
        if raster["bands"][number - 1]["type"] == SIGNED_BYTE:
            values = values.view(np.int8)
        # The values of a band are those that were written.
        np.testing.assert_array_equal(values, written[number - 1])
        exact = source.dtype.kind != "f" or values.dtype.itemsize < 8 or values.dtype.kind == "f"
        expected = values.astype(source.dtype)
        if exact:
            np.testing.assert_array_equal(whole[place], expected)
        else:
            np.testing.assert_allclose(whole[place], expected, rtol=1e-15)
        equal, near = _nodata_pixels(values, nodata, source.dtype)
        # Values beyond 1e30 are no measurements.
        finite = np.isfinite(values) & (np.abs(values.astype(np.float64)) < HUGE)
        surely &= finite & ~near
        perhaps &= finite & ~equal
    masked = _masked(case, chosen, plain, shape)
    np.testing.assert_array_equal(valid & masked, False)
    wrong = (valid & ~perhaps) | (~valid & surely & ~masked)
    if wrong.any():
        row, col = np.argwhere(wrong)[0]
        raise AssertionError(f"{wrong.sum()} pixels wrongly (in)valid, first {row}, {col}")


def _nodata_pixels(
    values: np.ndarray, nodata: float | None, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels that equal nodata exactly, and those that may be rounded to it."""
    nothing = np.zeros(values.shape, bool)
    if nodata is None or nodata != nodata:
        return nothing, nothing
    if values.dtype.kind in "iu":
        limits = np.iinfo(values.dtype)
        if nodata != nodata // 1 or not limits.min <= nodata <= limits.max:
            return nothing, nothing
        equal = values == np.array(int(nodata), values.dtype)
        # 64-bit integers lose digits if they are read together with floating-point bands.
        rounded = dtype.kind == "f" and values.dtype.itemsize == 8
        return equal, equal | (values.astype(dtype) == dtype.type(nodata)) if rounded else equal
    with np.errstate(all="ignore"):
        equal = values == values.dtype.type(nodata)
        slack = abs(nodata) * (NEAR_OF_HUGE if abs(nodata) > HUGE else NEAR)
        near = equal | (np.abs(values.astype(np.float64) - nodata) <= slack)
    return equal, near


def _masked(case: dict, chosen: list[int], plain: Plain, shape: tuple[int, int]) -> np.ndarray:
    masked = np.zeros(shape, bool)
    for number, inside in masks_of(case["raster"]).items():
        if number == 0 or number in chosen:
            masked |= ~inside
    if plain.alpha and plain.alpha not in chosen:
        masked |= plain.values[plain.alpha - 1] == 0
    return masked


@st.composite
def damage_cases(draw: st.DrawFn) -> dict:
    """A raster whose file is cut off or changed."""
    flips = st.tuples(st.floats(0, 1), st.integers(0, 255)).map(list)
    head = st.tuples(st.floats(0, 0.02), st.integers(0, 255)).map(list)
    return {
        "raster": draw(raster_cases()),
        "keep": draw(st.one_of(st.just(1.0), st.floats(0, 1))),
        "flips": draw(st.lists(st.one_of(flips, head), max_size=6)),
    }


def check_damage(case: dict) -> None:
    """Read a damaged file: any pixels, or an error."""
    with tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder:
        path = write(case["raster"], Path(folder))
        if path is None:
            return
        for file in sorted(Path(folder).iterdir()):
            content = bytearray(file.read_bytes())
            for place, byte in case["flips"]:
                if content:
                    content[int(place * (len(content) - 1))] = byte
            file.write_bytes(content[: int(case["keep"] * len(content))])
        try:
            with gdal_exceptions(case["raster"]["exceptions"]), RasterSource(path) as source:
                grid = source.grid
                part = Window(0, 0, min(grid.width, 64), min(grid.height, 64))
                values, valid = source.read(part)
                if values.shape[1:] != valid.shape or values.dtype != source.dtype:
                    raise AssertionError(f"{values.shape} {values.dtype} {valid.shape}")
        except SuperSegError as error:
            check_sentence(str(error))
