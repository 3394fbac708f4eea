# SPDX-License-Identifier: GPL-2.0-or-later
"""Class tables that any program may have written beside a raster."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.class_legend import read_legend
from superseg_plugin.raster.class_table import ClassTable, read_class_table, write_class_table
from superseg_plugin.raster.texts import one_line

from .raster_cases import TEXTS
from .raster_files import gdal_exceptions
from .raster_reads import check_sentence

COLUMNS = ["Value", "Class", "Count", "Area", "Mean_1", "Mean_x", "Red", "Green", "Blue", "Alpha"]
CELLS = st.one_of(
    st.integers(0, 255).map(str),
    st.integers(1, 4).map(str),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    TEXTS,
)
FIGURES = st.floats(0, 1e60)


@st.composite
def table_cases(draw: st.DrawFn) -> dict:
    """Either a table to write and read again, or an .aux.xml file of any program."""
    if draw(st.booleans()):
        count, bands = draw(st.integers(1, 5)), draw(st.integers(0, 3))
        return {
            "names": draw(st.lists(TEXTS.map(one_line), min_size=count, max_size=count)),
            "colors": draw(_lists(_lists(st.integers(0, 255), 3), count)),
            "counts": draw(_lists(st.integers(0, 2**50), count)),
            "areas": draw(_lists(st.floats(0, 1e15), count)),
            "means": draw(_lists(_lists(FIGURES, bands), count)),
            "band_names": draw(_lists(TEXTS.map(one_line), bands)),
        }
    columns = draw(st.one_of(st.just(COLUMNS), st.lists(st.sampled_from(COLUMNS), max_size=9)))
    rows = st.lists(CELLS, min_size=len(columns), max_size=len(columns) + 1)
    colors = st.lists(st.integers(-5, 2**33), min_size=4, max_size=4)
    return {
        "columns": columns,
        "kinds": draw(_lists(st.integers(-1, 3), len(columns))),
        "usages": draw(_lists(st.integers(-1, 20), len(columns))),
        "rows": draw(st.lists(rows, max_size=5)),
        "numbered": draw(st.booleans()),
        "categories": draw(st.lists(TEXTS, max_size=4)),
        "colors": draw(st.lists(colors, max_size=4)),
        "bands": draw(
            st.one_of(TEXTS, st.sampled_from(["[" * 9999, '["a"]', '["\\ud800"]', "{}"]))
        ),
        "exceptions": draw(st.booleans()),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8", "latin-1"])),
        "flips": draw(
            st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)).map(list), max_size=2)
        ),
    }


def _lists(elements: st.SearchStrategy, size: int) -> st.SearchStrategy:
    return st.lists(elements, min_size=size, max_size=size)


def check_tables(case: dict) -> None:
    """Write and read, or read a file; only names, bytes and numbers are returned."""
    with tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder:
        path = Path(folder) / "classes.tif"
        gdal.GetDriverByName("GTiff").Create(str(path), 3, 2, 1, gdal.GDT_Byte).FlushCache()
        if "columns" not in case:
            _check_round_trip(case, path)
            return
        (Path(folder) / "classes.tif.aux.xml").write_bytes(_sidecar(case))
        try:
            with gdal_exceptions(case["exceptions"]):
                legend, table = read_legend(path), read_class_table(path)
        except SuperSegError as error:
            check_sentence(str(error))
            return
    for name in [*legend.names.values(), *(table.names if table else ())]:
        if name != one_line(name) or len(name) > 100:
            raise AssertionError(f"a name of {name!r}")
    if any(not 0 <= part <= 255 for color in legend.colors.values() for part in color):
        raise AssertionError(f"colors of {legend.colors}")
    if table is not None:
        _check_table(table)


def _check_table(table: ClassTable) -> None:
    count = len(table.names)
    shapes = table.colors.shape, table.counts.shape, table.areas.shape, table.means.shape
    if shapes != ((count, 3), (count,), (count,), (count, len(table.band_names))):
        raise AssertionError(f"{count} classes of {shapes}")
    if (table.counts < 0).any() or not np.isfinite(table.shares).all():
        raise AssertionError(f"{table.counts} {table.shares}")


def _check_round_trip(case: dict, path: Path) -> None:
    count = len(case["names"])
    table = ClassTable(
        tuple(case["names"]),
        np.array(case["colors"], np.uint8),
        np.array(case["counts"], np.int64),
        np.array(case["areas"]),
        np.array(case["means"]).reshape(count, -1),
        tuple(case["band_names"]),
    )
    write_class_table(path, table)
    found = read_class_table(path)
    if found is None or (found.names, found.band_names) != (table.names, table.band_names):
        raise AssertionError(f"{found} of {table}")
    for name in ("colors", "counts", "areas", "means"):
        # Figures pass through text of fifteen digits.
        np.testing.assert_allclose(getattr(found, name), getattr(table, name), rtol=1e-12)


def _sidecar(case: dict) -> bytes:
    fields = "".join(
        f'<FieldDefn index="{n}"><Name>{name}</Name><Type>{kind}</Type><Usage>{usage}</Usage>'
        "</FieldDefn>"
        for n, (name, kind, usage) in enumerate(zip(case["columns"], case["kinds"], case["usages"]))
    )
    rows = ""
    for number, cells in enumerate(case["rows"]):
        shown = [_xml(cell) for cell in cells]
        if case["numbered"] and shown:
            shown[0] = str(number + 1)
        inside = "".join(f"<F>{cell}</F>" for cell in shown)
        rows += f'<Row index="{number}">{inside}</Row>'
    categories = "".join(f"<Category>{_xml(name)}</Category>" for name in case["categories"])
    colors = "".join(
        '<Entry c1="{}" c2="{}" c3="{}" c4="{}"/>'.format(*color) for color in case["colors"]
    )
    text = (
        f'<PAMDataset><Metadata><MDI key="SUPERSEG_BAND_NAMES">{_xml(case["bands"])}</MDI>'
        f'</Metadata><PAMRasterBand band="1"><CategoryNames>{categories}</CategoryNames>'
        f"<ColorTable>{colors}</ColorTable><GDALRasterAttributeTable>{fields}{rows}"
        "</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"
    )
    content = bytearray(text.encode(case["encoding"], "replace"))
    for place, byte in case["flips"]:
        content[int(place * (len(content) - 1))] = byte
    return bytes(content)


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\0", "")
