# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting classes of a class raster by the features of its superpixels, or by polygons.

No image and no worker is needed: the run that made the classes has stored its superpixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import SuperSegError
from ..progress import Progress
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from ..raster.superpixel_file import SuperpixelFile
from .classes.catalog import ClassCatalog, read_catalog
from .classes.state import first_state
from .classes.superpixel_edits import ClassMap, split_classes, split_off
from .formats.record import describe_edit
from .steps.edited_classes import write_edited_classes
from .steps.superpixels_inside import Area, superpixels_inside


@dataclass(frozen=True)
class Splitting:
    """What is split, and into what.

    Attributes:
        classes: numbers or names of the classes; empty for all that lie in the area.
        parts: number of parts, 2 to 8; not used with an area.
        area: polygons; their superpixels become a class of their own. None to split by features.
    """

    classes: tuple[str, ...]
    parts: int = 2
    area: Area | None = None


def run_splitting(
    source: RasterSource, splitting: Splitting, output: str, progress: Progress
) -> int:
    """Split classes of a class raster, and write the result; needs no worker.

    Args:
        source: the class raster, with its file of superpixels beside it.
        splitting: what is split.
        output: path of the class raster to write.
        progress: of the writing.

    Returns:
        Number of classes of the result.

    Raises:
        SuperSegError: there are no superpixels or no such classes, or the output cannot be written.
        Cancelled: the user cancelled.
    """
    check_output(output, "OUTPUT", [source.path])
    if not splitting.classes and splitting.area is None:
        raise SuperSegError(
            "SPLIT is empty; give numbers or names of classes, such as 3;7, or polygons."
        )
    with SuperpixelFile.open_beside(source.path) as superpixels:
        catalog = read_catalog(source.path)
        before = ClassMap(catalog, first_state(catalog))
        chosen = numbers_of(catalog, splitting.classes)
        tables = superpixels.tables()
        if splitting.area is not None:
            inside = superpixels_inside(superpixels, splitting.area)
            after = split_off(before, tables, chosen, inside)
        else:
            after = split_classes(before, tables, chosen, splitting.parts)
        added = sorted(set(after.catalog.numbers) - set(catalog.numbers))
        if not added:
            raise SuperSegError("All classes in the area lie in it as a whole; there is no part.")
        progress.log("New classes: " + ", ".join(map(str, added)))
        options = {
            "split": list(splitting.classes),
            "parts": splitting.parts,
            "area": splitting.area is not None,
        }
        with Staging() as staging:
            record = describe_edit("splitclass", source, options)
            path = staging.path(output)
            write_edited_classes(source, superpixels, after, path, record, progress)
            staging.commit()
    return len(after.catalog.numbers)


def numbers_of(catalog: ClassCatalog, texts: tuple[str, ...]) -> list[int]:
    """Return the numbers of classes that are given by number or name.

    Raises:
        SuperSegError: there is no such class.
    """
    by_text = {str(number): number for number in catalog.numbers}
    by_name = {name.casefold(): number for name, number in zip(catalog.names, catalog.numbers)}
    found = []
    for text in texts:
        number = by_text.get(text, by_name.get(text.casefold()))
        if number is None:
            raise SuperSegError(
                f"SPLIT: {Path(catalog.path).name} has no class “{text}”; give numbers from"
                f" {min(catalog.numbers)} to {max(catalog.numbers)} or names of its classes."
            )
        found.append(number)
    return found
