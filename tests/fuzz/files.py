# SPDX-License-Identifier: GPL-2.0-or-later
"""Files from other users: models, merge tables, records, with arbitrary bytes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from superseg_plugin.contracts import BandScaling
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.merge_table import (
    HIGHEST_FROM,
    LONGEST_NAME,
    read_merge_table,
)
from superseg_plugin.pipeline.formats.model_file import Model, load_model, read_header, save_model
from superseg_plugin.pipeline.formats.record import read_record_of
from superseg_plugin.pipeline.formats.stored_order import (
    order_of_model,
    order_of_record,
    was_merged,
)
from superseg_plugin.raster.class_table import MOST_CLASSES

from .raster_reads import check_sentence

FOLDER = Path(tempfile.mkdtemp(prefix="superseg-fuzz-"))
NUMBERS = np.array([1, 2, 3])
SCALING = BandScaling((0.0, 0.0), (255.0, 9.0), (1.0, 2.5), (0.1, 1e-30), 1.0)
MODEL = Model(
    network="light",
    classes=3,
    band_count=2,
    band_names=("red", "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n"),
    band_numbers=(2, 1),
    image_bands=3,
    scaling=SCALING,
    pixel_size=0.5,
    class_names=("Water", "Class 2", "Class 3"),
    class_colors=np.arange(9, dtype=np.uint8).reshape(3, 3),
    merge_order=[[1, 2, 0.5], [1, 3, 0.7]],
    options={"steps": 150},
    versions={"torch": "2"},
    weights={"b.weight": np.ones((2, 3), np.float32), "count": np.array(5)},
)


def model_seeds() -> list[bytes]:
    """A whole model."""
    save_model(FOLDER / "seed.superseg", MODEL)
    return [(FOLDER / "seed.superseg").read_bytes()]


def check_model(content: bytes) -> None:
    """Read a model file; what can be read can be used, written and read again."""
    path = FOLDER / "m.superseg"
    path.write_bytes(content)
    try:
        model = load_model(path)
    except SuperSegError as error:
        check_sentence(str(error))
        return
    held = sum(part.nbytes for part in (*model.weights.values(), *model.clusters.values()))
    if held > len(content):
        raise AssertionError(f"{held} bytes out of a file of {len(content)}")
    if read_header(path).class_names != model.class_names:
        raise AssertionError("header and model differ")
    try:
        order_of_model(model, path.name, NUMBERS)
    except SuperSegError as error:
        check_sentence(str(error))
    save_model(FOLDER / "again.superseg", model)
    load_model(FOLDER / "again.superseg")


def header_seeds() -> list[bytes]:
    """The header of a model, which is JSON."""
    content = model_seeds()[0]
    length = int.from_bytes(content[:8], "little")
    return [content[8 : 8 + length], content[8 : 8 + length].replace(b"[2,3]", b"[1000000000000]")]


def check_header(text: bytes) -> None:
    """Read a model with this header, preceded by its length."""
    check_model(len(text).to_bytes(8, "little") + text + bytes(32))


def description_seeds() -> list[bytes]:
    """What a header says of the model, which is JSON within it."""
    header = json.loads(header_seeds()[0])
    return [header["__metadata__"]["model"].encode()]


def check_description(text: bytes) -> None:
    """Read a model with this description."""
    header = json.loads(header_seeds_once())
    header["__metadata__"]["model"] = text.decode("utf-8", "surrogateescape")
    check_header(json.dumps(header).encode())


_first_header: list[bytes] = []


def header_seeds_once() -> bytes:
    """A header that is created once and reused."""
    if not _first_header:
        _first_header.extend(header_seeds())
    return _first_header[0]


def table_seeds() -> list[bytes]:
    """Tables as users write them."""
    return [
        b"from,to,name,color\n3,3,Forest,#1b7837\n7,3,,\n5,5,Water,#2166ac\n",
        b'\xef\xbb\xbfFrom;To;Name\r\n1;2;"a;b"\r\n',
        b"to\tfrom\n2\t1\n",
    ]


def check_table(content: bytes) -> None:
    """Read a merge table; what comes out is classes, names and colors."""
    path = FOLDER / "table.csv"
    path.write_bytes(content)
    try:
        table = read_merge_table(path)
    except SuperSegError as error:
        check_sentence(str(error))
        return
    right = all(
        0 <= old <= HIGHEST_FROM and 1 <= new <= MOST_CLASSES for old, new in table.targets.items()
    )
    right = right and all(0 < len(name) <= LONGEST_NAME for name in table.names.values())
    right = right and all(name.isprintable() for name in table.names.values())
    right = right and all(0 <= part <= 255 for color in table.colors.values() for part in color)
    if not right or not table.targets:
        raise AssertionError(str(table))


def record_seeds() -> list[bytes]:
    """Records of results."""
    record = {"merge_order": [[1, 2, 0.5], [1, 3, 0.7]], "merged_from": {"1": [1, 4], "2": [2]}}
    return [json.dumps(record).encode(), b'{"merge_order": []}']


def check_record(content: bytes) -> None:
    """Read the record beside a class raster."""
    (FOLDER / "classes.tif.superseg.json").write_bytes(content)
    path = str(FOLDER / "classes.tif")
    was_merged(path)
    try:
        record, file = read_record_of(path)
        steps = order_of_record(record, file, "classes.tif", NUMBERS)
    except SuperSegError as error:
        check_sentence(str(error))
        return
    if len(steps) < 2:
        raise AssertionError(str(steps))
