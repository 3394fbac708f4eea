# SPDX-License-Identifier: GPL-2.0-or-later
"""Staging of outputs: files of a former result are replaced only when the run is complete.

Each output is written to a hidden folder beside its final path, hence on the same disk, and moved
there by `Staging.commit`. A run that fails, is cancelled or is killed before leaves the former
files unchanged; the hidden folders of a killed run are removed by a later one (see `run_folder`).
A commit replaces all files of all outputs or none (`replacing.py`): raster, attribute table and
record of a result, and the results of one run, always belong together.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from osgeo import gdal

from ..errors import SuperSegError
from ..run_folder import LOCK, RunFolder
from .class_styles import style_files, styles_to_write
from .gdal_calls import attempt
from .replacing import Replacement, held_open, replace_all
from .writer import driver_for

SUPERPIXELS = ".superseg.tif"
# Files beside a result: those of GDAL, record, superpixels, and the journals of a GeoPackage. Those
# of a former result must not stay beside the new one, which they would describe wrongly.
SIDECARS = (
    ".aux.xml",
    ".msk",
    ".ovr",
    ".msk.ovr",
    ".superseg.json",
    SUPERPIXELS,
    "-wal",
    "-shm",
    "-journal",
)
# Names of tables and services that are not paths: a scheme of at least two letters, since one
# letter is a drive of Windows, or a virtual file system of GDAL.
NOT_A_PATH = re.compile(r"(?i)[a-z][a-z0-9+.-]+:|/vsi")
PREFIX = ".superseg-"
# A block of most file systems: none is free on a full disk.
PROBE_BYTES = 4096
# Folder within a hidden folder that keeps the former files during a commit.
FORMER = ".former"
# Two runs with the same output that end at the same time must not mix their files.
_commit_lock = threading.Lock()


def check_path(path: str | Path, name: str, raster: bool = True) -> None:
    """Check, without writing anything, that a path can be that of an output.

    Args:
        path: final path of the output.
        name: Processing parameter of the output, for the message.
        raster: whether the extension has to be one that GDAL writes rasters for.

    Raises:
        SuperSegError: it cannot; the message names the parameter and the remedy.
    """
    final = Path(path)
    if NOT_A_PATH.match(str(path)):
        raise SuperSegError(
            f"{name}: this output is a file on this computer, and {path} is not the path of one;"
            f" give a path such as {Path.home() / ('result.tif' if raster else 'result')}."
        )
    if raster and driver_for(final) is None:
        extension = f"the extension {final.suffix}" if final.suffix else "a name without extension"
        raise SuperSegError(
            f"{name}: GDAL writes no rasters with {extension} ({final.name});"
            " give a name that ends in .tif."
        )
    folder = final.absolute().parent
    if not folder.is_dir():
        raise SuperSegError(
            f"{name}: the folder {folder} does not exist; create it or choose another."
        )
    if final.is_dir():
        raise SuperSegError(f"{name}: {final} is a folder; give the name of a file.")


def check_output(
    path: str | Path, name: str, inputs: Sequence[str] = (), raster: bool = True
) -> None:
    """Check before a run that an output can be written, and that a former one can be replaced.

    Args:
        path: final path of the output.
        name: Processing parameter of the output, for the message.
        inputs: GDAL dataset names or files that must not be replaced.
        raster: whether the extension has to be one that GDAL writes rasters for.

    Raises:
        SuperSegError: the output cannot be written; the message names the parameter and the remedy.
    """
    check_path(path, name, raster)
    final = Path(path)
    folder = final.absolute().parent
    try:
        # Permissions alone do not suffice: network drives, access control lists and full disks may
        # forbid it as well.
        # The file has no name, so that nothing stays if the process is killed here.
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(bytes(PROBE_BYTES))
    except OSError as error:
        raise SuperSegError(
            f"{name}: nothing can be written into the folder {folder} ({error.strerror});"
            " choose another folder."
        ) from None
    if not final.exists():
        return
    for source in inputs:
        for used in _files_of(source):
            if _same_file(final, used):
                raise SuperSegError(
                    f"{name}: {final.name} is an input of this run; choose another name."
                )
    for file in (final, *(final.with_name(final.name + ending) for ending in SIDECARS)):
        reason = held_open(file)
        if reason:
            raise SuperSegError(f"{name}: {cannot_be_replaced(file, reason)}")


def cannot_be_replaced(file: Path, reason: str) -> str:
    """Return the message about a file that another program holds open."""
    return (
        f"{file} cannot be replaced ({reason}); close other programs that use it, remove its layer"
        " from QGIS, or choose another name."
    )


def check_different(outputs: Sequence[tuple[str, str | None]]) -> None:
    """Check that no two outputs have the same path.

    Args:
        outputs: Processing parameter and path of each output; paths may be None.

    Raises:
        SuperSegError: two have; the message names both parameters.
    """
    seen: dict[str, str] = {}
    for name, path in outputs:
        if not path:
            continue
        resolved = os.path.normcase(os.path.realpath(path))
        if resolved in seen:
            raise SuperSegError(
                f"{name}: {Path(path).name} is also the output {seen[resolved]}; choose another"
                " name."
            )
        seen[resolved] = name


class Staging:
    """Outputs of one run, hidden until `commit`; a context manager.

    Args:
        place: folder of the hidden folders, on the disk of the outputs; None for a hidden folder
            beside each output.
    """

    def __init__(self, place: str | Path | None = None) -> None:
        self._place = place
        self._folders: dict[Path, RunFolder] = {}
        self._scratch: list[RunFolder] = []

    def __enter__(self) -> Staging:
        """Return the staging itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the hidden folders, with all that was not committed."""
        for folder in [*self._folders.values(), *self._scratch]:
            folder.remove()
        self._folders, self._scratch = {}, []

    def path(self, final: str | Path) -> Path:
        """Path to write an output to, until `commit`.

        Args:
            final: final path of the output.

        Returns:
            A path with the same file name in a hidden folder beside it. Files that are written
            next to it, such as .aux.xml, are moved with it.

        Raises:
            SuperSegError: the folder cannot be created.
        """
        target = Path(final).absolute()
        if target not in self._folders:
            self._folders[target] = self._hidden_folder(target)
        return self._folders[target].path / target.name

    def scratch(self, final: str | Path) -> Path:
        """Create a hidden folder for scratch files, on the disk of an output.

        Raises:
            SuperSegError: the folder cannot be created.
        """
        self._scratch.append(self._hidden_folder(Path(final).absolute()))
        return self._scratch[-1].path

    def _hidden_folder(self, target: Path) -> RunFolder:
        try:
            return RunFolder(PREFIX, Path(self._place or target.parent))
        except OSError as error:
            raise SuperSegError(
                f"{target} cannot be written ({error.strerror}); choose another folder."
            ) from None

    def commit(self) -> None:
        """Move all outputs into place, replacing older ones and removing their sidecars.

        Raises:
            SuperSegError: a file cannot be replaced, for example because another program has it
                open; then all former files are as they were.
        """
        replacements = []
        for final, folder in self._folders.items():
            replacements += _replacements_of(folder.path, final)
        with _commit_lock:
            failed = replace_all(replacements)
        if failed is not None:
            raise SuperSegError(cannot_be_replaced(*failed))


def _replacements_of(folder: Path, final: Path) -> list[Replacement]:
    """List the files of one output: its own file last, and first the sidecars to be removed."""
    built = [file for file in sorted(folder.iterdir()) if file.name not in (LOCK, FORMER)]
    names = {file.name for file in built}
    kept = folder / FORMER
    stale = []
    if final.name in names:
        written, _ = styles_to_write(final)
        own = {file.name for file in written}
        stale = [name for name in own if name not in names]
        names -= {file.name for file in style_files(final)} - own
        built = [file for file in built if file.name in names]
        stale += [final.name + ending for ending in SIDECARS if final.name + ending not in names]
    # The output itself is moved last: once it is in place, so are the files that belong to it.
    built.sort(key=lambda file: file.name == final.name)
    for file in built:
        if file.name.endswith(SUPERPIXELS):
            # A later time means that the class raster was not changed since; see changed_files.
            os.utime(file)
    return [
        *(Replacement(None, final.with_name(name), kept / name) for name in stale),
        *(Replacement(file, final.with_name(file.name), kept / file.name) for file in built),
    ]


def _files_of(source: str) -> list[str]:
    if not source.lower().endswith((".tif", ".tiff", ".superseg")):
        # A virtual raster or a subdataset reads files that its name does not show.
        dataset, _ = attempt(gdal.OpenEx, source, gdal.OF_RASTER)
        if dataset is not None:
            return [source, *(dataset.GetFileList() or [])]
    return [source]


def _same_file(final: Path, other: str) -> bool:
    try:
        return final.samefile(other)
    except (OSError, ValueError):
        return False
