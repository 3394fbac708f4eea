# SPDX-License-Identifier: GPL-2.0-or-later
"""Outputs are written whole or not at all: built in a hidden folder, then moved into place."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from osgeo import gdal

from ..errors import SuperSegError
from ..run_folder import LOCK, RunFolder
from .gdal_calls import attempt
from .writer import driver_for

# What GDAL and QGIS leave beside a raster; of an older result, they would describe the new one.
SIDECARS = (".aux.xml", ".msk", ".ovr", ".msk.ovr")
PREFIX = ".superseg-"
# Files of two runs that end at once, with the same name, must not mix.
_commit_lock = threading.Lock()


def check_output(
    path: str | Path, name: str, inputs: Sequence[str] = (), raster: bool = True
) -> None:
    """Check that an output can be written, before the work that leads to it.

    Args:
        path: the file to come.
        name: the Processing parameter that gave it.
        inputs: GDAL dataset names or files that must stay as they are.
        raster: the extension has to be one that GDAL writes rasters for.

    Raises:
        SuperSegError: it cannot; the text names the parameter and the cure.
    """
    final = Path(path)
    if raster and driver_for(final) is None:
        extension = f"the extension {final.suffix}" if final.suffix else "a name without extension"
        raise SuperSegError(
            f"{name}: GDAL writes no rasters with {extension} ({final.name});"
            " give a name that ends in .tif."
        )
    folder = final.absolute().parent
    if not folder.is_dir():
        raise SuperSegError(
            f"{name}: the folder {folder} does not exist; make it or choose another."
        )
    if final.is_dir():
        raise SuperSegError(f"{name}: {final} is a folder; give the name of a file.")
    try:
        # Rights alone do not tell: network drives, access lists and full disks have their own.
        Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)).rmdir()
    except OSError as error:
        raise SuperSegError(
            f"{name}: nothing can be written into the folder {folder} ({error.strerror});"
            " choose another folder."
        ) from None
    if final.exists():
        for source in inputs:
            for used in _files_of(source):
                if _same_file(final, used):
                    raise SuperSegError(
                        f"{name}: {final.name} is an input of this run; choose another name."
                    )


def check_different(outputs: Sequence[tuple[str, str | None]]) -> None:
    """Check that no two outputs, given as (parameter, path or None), go to the same file.

    Raises:
        SuperSegError: two do; the text names both parameters.
    """
    seen: dict[str, str] = {}
    for name, path in outputs:
        if not path:
            continue
        place = os.path.normcase(os.path.realpath(path))
        if place in seen:
            raise SuperSegError(
                f"{name}: {Path(path).name} is also the output {seen[place]}; choose another name."
            )
        seen[place] = name


class Staging:
    """A context manager that keeps outputs hidden until all of them are complete."""

    def __init__(self) -> None:
        self._folders: dict[Path, RunFolder] = {}
        self._scratch: list[RunFolder] = []

    def __enter__(self) -> Staging:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove whatever was not committed."""
        for folder in [*self._folders.values(), *self._scratch]:
            folder.remove()
        self._folders, self._scratch = {}, []

    def path(self, final: str | Path) -> Path:
        """Say where to build an output.

        Args:
            final: where it shall be in the end.

        Returns:
            A file of the same name in a hidden folder beside it, on the same disk. Files written
            next to it there, such as .aux.xml, will come along.

        Raises:
            SuperSegError: the folder cannot be made.
        """
        place = Path(final).absolute()
        if place not in self._folders:
            self._folders[place] = _hidden_folder_beside(place)
        return self._folders[place].path / place.name

    def scratch(self, final: str | Path) -> Path:
        """Make a hidden folder for intermediate files of this run, on the disk of an output.

        Raises:
            SuperSegError: the folder cannot be made.
        """
        self._scratch.append(_hidden_folder_beside(Path(final).absolute()))
        return self._scratch[-1].path

    def commit(self) -> None:
        """Move every output into place, replacing older ones and removing their sidecars.

        Raises:
            SuperSegError: a file cannot be replaced, say because another program holds it.
        """
        with _commit_lock:
            for final, folder in self._folders.items():
                try:
                    _move_into_place(folder.path, final)
                except OSError as error:
                    raise SuperSegError(
                        f"{final} cannot be replaced ({error.strerror}); close other programs that"
                        " use it, remove its layer from QGIS, or choose another name."
                    ) from None


def _move_into_place(folder: Path, final: Path) -> None:
    built = [file for file in sorted(folder.iterdir()) if file.name != LOCK]
    names = {file.name for file in built}
    # The file itself comes last: seen in place, it is complete.
    for file in sorted(built, key=lambda file: file.name == final.name):
        file.replace(final.parent / file.name)
    if final.name in names:
        for ending in SIDECARS:
            if final.name + ending not in names:
                (final.parent / (final.name + ending)).unlink(missing_ok=True)


def _hidden_folder_beside(place: Path) -> RunFolder:
    try:
        return RunFolder(PREFIX, place.parent)
    except OSError as error:
        raise SuperSegError(
            f"{place} cannot be written ({error.strerror}); choose another folder."
        ) from None


def _files_of(source: str) -> list[str]:
    if not source.lower().endswith((".tif", ".tiff", ".superseg")):
        # A virtual raster or a subdataset reads from files that its own name does not show.
        dataset, _ = attempt(gdal.OpenEx, source, gdal.OF_RASTER)
        if dataset is not None:
            return [source, *(dataset.GetFileList() or [])]
    return [source]


def _same_file(final: Path, other: str) -> bool:
    try:
        return final.samefile(other)
    except (OSError, ValueError):
        return False
