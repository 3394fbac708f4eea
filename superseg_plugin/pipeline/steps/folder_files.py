# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a run over a folder: its scenes, and the names of their results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ...errors import SuperSegError
from ...raster.superpixel_tables import ENDING as SUPERPIXELS

ENDING = "_classes.tif"


def scenes_of(folder: str, pattern: str) -> list[Path]:
    """Find the scenes of a folder, by name; results of earlier runs are none.

    Args:
        folder: where to look, folders in it not included.
        pattern: names with * and ?, upper or lower case, several separated by semicolons.

    Raises:
        SuperSegError: there is no such folder, or nothing in it.
    """
    place = Path(folder)
    if not place.is_dir():
        raise SuperSegError(f"FOLDER: there is no folder {folder}; choose one that exists.")
    patterns = [part.strip() for part in pattern.split(";") if part.strip()]
    if not patterns or any("/" in part or "\\" in part for part in patterns):
        raise SuperSegError(
            f"PATTERN “{pattern}” fits no name; give names such as *.tif, several separated by"
            " semicolons."
        )
    # USGS delivers names such as LC08_B4.TIF, whatever the system of the user.
    patterns = [part.lower() for part in patterns]
    scenes = sorted(
        path
        for path in place.iterdir()
        if any(fnmatchcase(path.name.lower(), part) for part in patterns)
        and not path.name.lower().endswith((ENDING, SUPERPIXELS))
        and path.is_file()
    )
    if not scenes:
        raise SuperSegError(
            f"FOLDER: {place.name} holds no file {pattern}; choose another folder or PATTERN."
        )
    return scenes


def names_of_results(scenes: Sequence[Path]) -> list[str]:
    """Return the file name of the result of each scene.

    It is the name of the scene without its extension and `_classes.tif`. Where that is the same for
    several scenes, whatever the case, the extension is a part of it, and a number where that does
    not suffice: file systems of Windows and macOS do not tell `A.tif` from `a.tif`.

    Example:
        >>> names_of_results([Path("a.tif"), Path("b.img"), Path("b.tif"), Path("B.TIF")])
        ['a_classes.tif', 'b_img_classes.tif', 'b_tif_classes.tif', 'B_TIF_2_classes.tif']
    """
    counts = Counter(scene.stem.lower() for scene in scenes)
    taken: set[str] = set()
    names = []
    for scene in scenes:
        several = counts[scene.stem.lower()] > 1
        base = f"{scene.stem}_{scene.suffix[1:]}" if several and scene.suffix else scene.stem
        name, number = base, 1
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.lower())
        names.append(name + ENDING)
    return names
