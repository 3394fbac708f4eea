# SPDX-License-Identifier: GPL-2.0-or-later
"""Steps without a worker, on rasters of any values, compared with plain calculations."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.assessment.evaluation import evaluate
from superseg_plugin.pipeline.average_color import run_average_color
from superseg_plugin.pipeline.merging import MergingInputs, run_merging
from superseg_plugin.pipeline.options.merging import MergingOptions
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource

from .raster_files import GDAL_OF, REAL, number
from .raster_reads import check_sentence

# Stands for class 0.
ZERO = 100_000
KINDS = [name for name in REAL if name != "int8"]
NUMBERS = st.one_of(
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from([255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**53, 2**63, 2**64 - 1]),
    st.sampled_from([-1, 0.5, "nan", "inf", 1e300, -(2**63)]),
)


@st.composite
def number_rasters(draw: st.DrawFn, few: bool) -> dict:
    """A raster of numbers: classes mostly, sometimes anything."""
    plain = draw(st.booleans()) if not few else True
    return {
        "type": draw(st.sampled_from(KINDS)),
        "numbers": draw(
            st.lists(st.integers(0, 4) if plain else NUMBERS, min_size=12, max_size=12)
        ),
        "nodata": draw(st.one_of(st.none(), st.integers(0, 3))),
    }


@st.composite
def step_cases(draw: st.DrawFn) -> dict:
    """Classes, a raster to compare or average, and optional superpixels."""
    return {
        "classes": draw(number_rasters(few=False)),
        "other": draw(number_rasters(few=False)),
        "superpixels": draw(st.one_of(st.none(), number_rasters(few=False))),
        "targets": draw(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)).map(list))),
        "min_area": draw(st.sampled_from([0.0, 0.0, 2.0, 3.5, 1e300])),
    }


def check_steps(case: dict) -> None:
    """Evaluate, average and merge: every number as calculated here, or an error."""
    with tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder:
        paths = {}
        for name in ("classes", "other", "superpixels"):
            if case[name] is not None:
                paths[name] = _write(case[name], Path(folder) / f"{name}.tif")
        for step in (_evaluate, _average, _merge):
            try:
                step(case, paths, Path(folder))
            except SuperSegError as error:
                check_sentence(str(error))
                if all(_simple(case[name]) for name in paths) and not _excused(str(error)):
                    raise AssertionError(f"refused without reason: {error}") from error


def _excused(text: str) -> bool:
    """Expected errors for rasters of few small numbers."""
    reasons = ("no pixel", "lists class", "makes class", "has no class", "which", "table")
    return any(reason in text for reason in reasons)


def _write(raster: dict, path: Path) -> str:
    kind = raster["type"]
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 4, 3, 1, GDAL_OF[kind])
    band = dataset.GetRasterBand(1)
    if raster["nodata"] is not None:
        band.SetNoDataValue(raster["nodata"])
    band.WriteArray(_pixels(raster))
    dataset.FlushCache()
    return str(path)


def _pixels(raster: dict) -> np.ndarray:
    dtype = np.dtype(raster["type"])
    found = []
    for value in raster["numbers"]:
        if dtype.kind == "f":
            with np.errstate(over="ignore"):
                found.append(dtype.type(number(value)))
            continue
        limits = np.iinfo(dtype)
        whole = int(value) if isinstance(value, int) else 0
        found.append(dtype.type(min(max(whole, limits.min), limits.max)))
    return np.array(found, dtype).reshape(3, 4)


def _valid(raster: dict) -> np.ndarray:
    pixels = _pixels(raster)
    # Values beyond 1e30 are nodata, as in every `RasterSource`.
    valid = np.isfinite(pixels) & (np.abs(pixels.astype(np.float64)) <= 1e30)
    if raster["nodata"] is not None:
        valid &= pixels != raster["nodata"]
    return valid


def _classes(raster: dict) -> np.ndarray:
    """Class numbers, 0 for none; `ZERO` for class 0, where another nodata value is declared."""
    pixels, valid = _pixels(raster), _valid(raster)
    numbers = np.where(valid, pixels, 0)
    if raster["nodata"]:
        numbers = numbers.astype(np.float64 if pixels.dtype.kind == "f" else object)
        numbers[valid & (pixels == 0)] = ZERO
    return numbers


def _simple(raster: dict | None) -> bool:
    return raster is None or bool(np.isin(_pixels(raster), np.arange(256)).all())


def _evaluate(case: dict, paths: dict[str, str], _folder: Path) -> None:
    classes, truth = _pixels(case["classes"]), _pixels(case["other"])
    with RasterSource(paths["classes"]) as one, RasterSource(paths["other"]) as other:
        found = evaluate(one, other, None, Progress())
    unlabelled = 0 if case["other"]["nodata"] is None else case["other"]["nodata"]
    both = _valid(case["classes"]) & _valid(case["other"]) & (truth != unlabelled)
    pairs = Counter(zip(truth[both].tolist(), classes[both].tolist()))
    rows, columns = found.reference_values.tolist(), found.predicted_values.tolist()
    told = {(rows[r], columns[c]): int(found.table[r, c]) for r, c in zip(*np.nonzero(found.table))}
    if told != dict(pairs):
        raise AssertionError(f"{told} for {dict(pairs)}")
    scores = np.array([found.ami, found.ari, found.fmi, found.accuracy, found.mean_iou])
    if not ((scores >= -1 - 1e-9) & (scores <= 1 + 1e-9)).all():
        raise AssertionError(f"scores {scores}")


def _average(case: dict, paths: dict[str, str], folder: Path) -> None:
    output = folder / "average.tif"
    superpixels = None
    with ExitStack() as opened:
        image, classes = (
            opened.enter_context(RasterSource(paths[n])) for n in ("other", "classes")
        )
        if "superpixels" in paths:
            superpixels = opened.enter_context(RasterSource(paths["superpixels"]))
        run_average_color(image, classes, superpixels, str(output), Progress())
    with RasterSource(str(output)) as result:
        painted, shown = result.read(result.grid.window)
    image, valid = _pixels(case["other"]), _valid(case["other"])
    numbers = _classes(case["classes"])
    if superpixels is not None:
        numbers = _voted(numbers, case["superpixels"])
    np.testing.assert_array_equal(shown, valid & (numbers > 0))
    for value in np.unique(numbers[shown]):
        inside = shown & (numbers == value)
        mean = image[inside].astype(np.float64).mean()
        # A step aside from the nodata value, and a rounding.
        largest = float(np.abs(image[inside].astype(np.float64)).max())
        slack = 1.51 if image.dtype.kind in "iu" else 1e-5
        if (np.abs(painted[0][inside] - mean) > slack + 1e-5 * largest).any():
            raise AssertionError(f"{painted[0][inside]} where the mean is {mean}")


def _voted(numbers: np.ndarray, raster: dict) -> np.ndarray:
    superpixels = np.where(_valid(raster), _pixels(raster), 0)
    result = numbers.copy()
    for one in np.unique(superpixels[superpixels > 0]):
        inside = (superpixels == one) & (numbers > 0)
        if inside.any():
            values, counts = np.unique(numbers[inside], return_counts=True)
            result[inside] = values[counts.argmax()]
    return result


def _merge(case: dict, paths: dict[str, str], folder: Path) -> None:
    table = folder / "table.csv"
    lines = [f"{old},{new}\n" for old, new in case["targets"]]
    table.write_text("from,to\n" + "".join(lines), encoding="utf-8")
    output = folder / "merged.tif"
    with RasterSource(paths["classes"]) as classes, RasterSource(paths["other"]) as image:
        options = MergingOptions(0, case["min_area"])
        run_merging(MergingInputs(classes, image, str(table)), str(output), options, Progress())
    if case["min_area"]:
        return
    before = _classes(case["classes"])
    # Class 0 gets the first number that neither a class nor the table has.
    used = {*before.ravel().tolist(), *(number for pair in case["targets"] for number in pair)}
    before[before == ZERO] = next(number for number in range(1, 300) if number not in used)
    wanted = before.copy()
    for old, new in case["targets"]:
        wanted[before == old] = new
    with RasterSource(str(output)) as result:
        values, shown = result.read(result.grid.window)
    np.testing.assert_array_equal(np.where(shown, values[0], 0), wanted)
