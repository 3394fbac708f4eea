# SPDX-License-Identifier: GPL-2.0-or-later
"""Classifying all scenes of a folder with one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..worker.client import Worker
from .classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from .options.classification import ClassificationOptions

ENDING = "_classes.tif"


@dataclass(frozen=True)
class FolderInputs:
    """What to classify.

    Attributes:
        scenes: of `scenes_of`.
        model: path of the model.
        bands: band numbers of every scene, in the order of the model; None to match them.
    """

    scenes: Sequence[Path]
    model: str
    bands: Sequence[int] | None = None


@dataclass(frozen=True)
class FolderResult:
    """What became of the scenes: rasters written, and a sentence for each that was not."""

    written: tuple[str, ...]
    failures: tuple[str, ...]


def scenes_of(folder: str, pattern: str) -> list[Path]:
    """Find the scenes of a folder, by name; results of earlier runs are none.

    Args:
        folder: where to look, folders in it not included.
        pattern: names with * and ?, several separated by semicolons.

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
    found = {path for part in patterns for path in place.glob(part) if path.is_file()}
    scenes = sorted(path for path in found if not path.name.endswith(ENDING))
    if not scenes:
        raise SuperSegError(
            f"FOLDER: {place.name} holds no file {pattern}; choose another folder or PATTERN."
        )
    return scenes


def run_folder_classification(
    inputs: FolderInputs,
    output: str,
    options: ClassificationOptions,
    worker: Worker,
    progress: Progress,
) -> FolderResult:
    """Classify scenes one after another; one that cannot be is told of and left out.

    Args:
        inputs: what to classify.
        output: folder for `<name>_classes.tif`; made where missing.
        options: how to classify.
        worker: the process that computes.
        progress: told of every scene.

    Raises:
        SuperSegError: no scene could be classified, or the folder cannot be made.
        Cancelled: the user asked to stop; what is done stays.
    """
    try:
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SuperSegError(
            f"OUTPUT: the folder {output} cannot be made ({error.strerror}); choose another."
        ) from None
    scenes = inputs.scenes
    written: list[str] = []
    failures: list[str] = []
    for index, scene in enumerate(scenes):
        stop_if_cancelled(progress)
        part = progress.part(index / len(scenes), (index + 1) / len(scenes))
        part.report(0.0, f"{scene.name} ({index + 1} of {len(scenes)})")
        target = str(Path(output) / f"{scene.stem}{ENDING}")
        try:
            with RasterSource(str(scene), inputs.bands) as source:
                of_scene = ClassificationInputs(source, inputs.model)
                outputs = ClassificationOutputs(target)
                run_classification(of_scene, outputs, options, worker, part)
        except SuperSegError as error:
            failures.append(f"{scene.name}: {error}")
            progress.log(failures[-1])
            continue
        written.append(target)
    if not written:
        raise SuperSegError(f"No scene could be classified. {failures[0]}")
    progress.log(f"{len(written)} of {len(scenes)} scenes classified")
    return FolderResult(tuple(written), tuple(failures))
