# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of the workbench as text, for the project and for the file of the classes.

Without edits of superpixels it is the text of the state; with them it also holds the class of
every superpixel, compressed, the classes that edits have made, and the examples of teaching. A
raster of 500,000 superpixels takes 50 to 300 kB.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from ...raster.superpixel_tables import SuperpixelTables
from .catalog import ClassCatalog
from .changed_catalog import NewClass, changed_catalog
from .edits import checked_name
from .state import state_of_text
from .superpixel_edits import ClassMap

FORMAT_VERSION = 1
# Every edit is stored: level 1 takes 3 ms for 500,000 superpixels and level 6 takes 18 ms for a
# text that is a seventh shorter.
COMPRESSION = 1


def text_of_map(now: ClassMap) -> str:
    """Return the edits as text."""
    if now.classes is None:
        return now.state.text
    packed = zlib.compress(now.classes.tobytes(), COMPRESSION)
    return json.dumps(
        {
            "version": FORMAT_VERSION,
            "state": now.state.text,
            "classes": base64.b64encode(packed).decode("ascii"),
            "added": [[each.number, each.origin, each.distance] for each in now.added],
            "corrected": [] if now.corrected is None else np.flatnonzero(now.corrected).tolist(),
            "examples": now.examples,
        }
    )


def map_of_text(
    text: str, catalog: ClassCatalog, read_tables: Callable[[], SuperpixelTables]
) -> ClassMap:
    """Restore edits.

    Args:
        text: of `text_of_map`.
        catalog: the classes of the file.
        read_tables: returns the tables of its superpixels; called if they were edited.

    Raises:
        SuperSegError: the text is damaged or of other classes, or the superpixels are missing.
    """
    stored = _superpixels_in(text)
    if stored is None:
        return ClassMap(catalog, state_of_text(text, catalog))
    tables = read_tables()
    try:
        if stored["version"] != FORMAT_VERSION:
            raise ValueError("another version")
        packed = base64.b64decode(stored["classes"], validate=True)
        content = zlib.decompressobj().decompress(packed, len(tables.classes) + 1)
        if len(content) != len(tables.classes):
            raise ValueError("of other superpixels")
        classes = np.frombuffer(content, np.uint8)
        added = tuple(
            NewClass(int(number), int(origin), float(distance))
            for number, origin, distance in stored["added"]
        )
        _check(catalog, [each.number for each in added], classes, tables)
        corrected = np.zeros(len(classes), bool)
        corrected[np.array(stored["corrected"], np.int64)] = True
        examples = tuple(
            (int(row), checked_name(str(name))) for row, name in stored.get("examples", ())
        )
        if not all(0 <= row < len(classes) for row, _ in examples):
            raise ValueError("an example elsewhere")
        state = str(stored["state"])
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, zlib.error, SuperSegError):
        name = Path(catalog.path).name
        raise SuperSegError(
            f"{name}: the edits of its superpixels are damaged or of another file; the workbench"
            " starts with the classes of the file."
        ) from None
    changed = changed_catalog(catalog, tables, tables.classes, classes, added)
    marked = corrected if corrected.any() else None
    return ClassMap(changed, state_of_text(state, changed), classes, added, marked, examples)


def _superpixels_in(text: str) -> Any:
    """Return what a text holds of superpixels; None for the text of a state, or a damaged one."""
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return stored if isinstance(stored, dict) and "classes" in stored else None


def _check(
    catalog: ClassCatalog,
    added: list[int],
    classes: npt.NDArray[np.uint8],
    tables: SuperpixelTables,
) -> None:
    known = [*catalog.numbers, *added]
    if len(set(known)) != len(known) or not all(0 < number <= MOST_CLASSES for number in known):
        raise ValueError("a class twice")
    present = np.unique(classes[tables.pixels > 0])
    if not set(present.tolist()) <= set(known):
        raise ValueError("a class that does not exist")
