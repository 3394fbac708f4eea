# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a run over a folder: its scenes, their results, and those of an earlier run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path

from ...credentials import hide_credentials
from ...errors import SuperSegError
from ...raster.class_table import read_class_table
from ...raster.stack import AdditionalRaster
from ...raster.staging import Staging
from ...raster.superpixel_tables import ENDING as SUPERPIXELS
from ..classes.csv_rows import write_rows
from ..formats.record import read_record_of
from ..options.classification import ClassificationOptions

ENDING = "_classes.tif"
SUMMARY_COLUMNS = ("scene", "class", "name", "pixels", "area", "percent")


def scenes_of(folder: str, pattern: str, additional: Sequence[AdditionalRaster] = ()) -> list[Path]:
    """Find the scenes of a folder, by name; results of earlier runs are none.

    Args:
        folder: where to look, folders in it not included.
        pattern: names with * and ?, upper or lower case, several separated by semicolons.
        additional: rasters that are used together with every scene, and are none themselves.

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
    others = {Path(raster.path).resolve() for raster in additional}
    scenes = sorted(
        path
        for path in place.iterdir()
        if any(fnmatchcase(path.name.lower(), part) for part in patterns)
        and not path.name.lower().endswith((ENDING, SUPERPIXELS))
        and path.is_file()
        and path.resolve() not in others
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


@contextmanager
def made_folder(folder: str) -> Iterator[None]:
    """Make the folder of results where it is missing; remove it if a run fails and it is empty.

    Raises:
        SuperSegError: it cannot be made.
    """
    place = Path(folder)
    missing = [each for each in (place, *place.parents) if not each.exists()]
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SuperSegError(
            f"OUTPUT: the folder {folder} cannot be made ({error.strerror}); choose another."
        ) from None
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for each in missing:
                each.rmdir()
        raise


def about_scene(scene: Path, reason: object) -> str:
    """Return a sentence on a scene with its name in front, which errors of reading it have."""
    text = str(reason)
    return text if text.startswith(scene.name) else f"{scene.name}: {text}"


def id_of_model(path: str) -> str:
    """Return a hash of the file of a model.

    Raises:
        SuperSegError: it cannot be read.
    """
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError as error:
        raise SuperSegError(
            f"MODEL: {path} cannot be opened ({error.strerror}); choose a .superseg file."
        ) from None


def is_result_of(
    target: str,
    scene: Path,
    given: tuple[Sequence[int] | None, Sequence[AdditionalRaster]],
    options: ClassificationOptions,
    model_id: str,
) -> bool:
    """Whether a file is what an earlier run has made of a scene, with the same model and options.

    Args:
        target: path of the class raster.
        scene: path of the scene, which must not have changed since.
        given: bands, None if they are matched, and additional rasters, which must not have changed
            either.
        options: how to classify.
        model_id: of `id_of_model`.
    """
    result, (bands, additional) = Path(target), given
    others = [Path(raster.path) for raster in additional]
    try:
        changed = [path.stat().st_mtime for path in (scene, *others) if path.exists()]
        if not result.is_file() or result.stat().st_mtime < max(changed):
            return False
        record, _ = read_record_of(target)
        known = record["input"]
        return bool(
            record["model_id"] == model_id
            and record["options"] == asdict(options)
            and known["name"] == scene.name
            and (bands is None or known["bands"] == list(bands))
            and [raster["path"] for raster in record.get("additional_rasters", ())]
            == [hide_credentials(raster.path) for raster in additional]
        )
    except (OSError, SuperSegError, KeyError, TypeError):
        return False


def write_summary(written: Iterable[tuple[str, str]], table: str) -> None:
    """Write the classes of all scenes as a CSV file, a line for each class that occurs in a scene.

    Args:
        written: name and path of the class raster of each scene.
        table: path of the file.

    Raises:
        SuperSegError: the file cannot be written.
    """
    rows = []
    for scene, path in written:
        found = read_class_table(path)
        if found is None:
            continue
        figures = zip(found.names, found.counts.tolist(), found.areas.tolist(), found.shares)
        rows += [
            (scene, number, name, pixels, area, round(100 * float(share), 4))
            for number, (name, pixels, area, share) in enumerate(figures, start=1)
            if pixels
        ]
    with Staging() as staging:
        write_rows(staging.path(table), SUMMARY_COLUMNS, rows)
        staging.commit()
