# SPDX-License-Identifier: GPL-2.0-or-later
"""Start a QGIS window on a virtual screen, and run a script in it."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.tools.qgis_process import BUILD, REPOSITORY, QgisProcess, qgis_environment

SEGMENT_SCRIPT = Path(__file__).with_name("segment_script.py")
SCREEN = "-screen 0 1280x800x24"
QGIS = ("qgis", "--nologo", "--noversioncheck")
LIMIT_SECONDS = 660
# Characters of the log that an error ends with.
LOG_SHOWN = 4000
PROFILES = BUILD / "profiles"


class SessionError(Exception):
    """The session has failed."""


def desktop_session(
    name: str, image: Path, parameters: Mapping[str, object], pictures: Path
) -> dict[str, Any]:
    """Segment an image through the dialog of a QGIS window.

    Args:
        name: of the profile below build/.
        image: the raster to open.
        parameters: of superseg:segment, beside INPUT.
        pictures: folder for the PNGs; emptied first.

    Returns:
        The record of the script.

    Raises:
        SessionError: QGIS or the script has failed.
    """
    values = {key: str(v) if isinstance(v, Path) else v for key, v in parameters.items()}
    return run_script(name, SEGMENT_SCRIPT, {"image": str(image), "parameters": values}, pictures)


def run_script(
    name: str,
    script: Path,
    job: Mapping[str, object],
    pictures: Path,
    environment: Mapping[str, str] | None = None,
    screen: str = SCREEN,
    profile: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run a script inside a QGIS window of its own.

    Args:
        name: of the profile below build/.
        script: a file with a `WindowScript`, which ends QGIS when it is done.
        job: values for the script, besides `pictures` and `report`.
        pictures: folder for the PNGs; emptied first.
        environment: further variables.
        screen: options of the virtual screen.
        profile: variables of a QGIS profile; by default one with this checkout as its plugin.

    Returns:
        The record of the script.

    Raises:
        SessionError: QGIS or the script has failed.
    """
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True)
    report = pictures / "seen.json"
    told = pictures / "job.json"
    folders = {"pictures": str(pictures), "report": str(report)}
    told.write_text(json.dumps({**job, **folders}), encoding="utf-8")
    variables = {
        **(profile or profile_with_plugin(name)),
        "QT_QPA_PLATFORM": "xcb",
        "SUPERSEG_DESKTOP_JOB": str(told),
        # What every thread was doing goes to the log if QGIS aborts.
        "PYTHONFAULTHANDLER": "1",
        # Scripts import from tests.
        "PYTHONPATH": str(REPOSITORY),
        # Fonts and widgets alike on every machine.
        "QT_SCALE_FACTOR": "1",
        "QT_STYLE_OVERRIDE": "Fusion",
        **(environment or {}),
    }
    with (pictures / "qgis.log").open("w", encoding="utf-8") as log:
        done = subprocess.run(
            ["xvfb-run", "-a", "-s", screen, *QGIS, "--code", str(script)],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=LIMIT_SECONDS,
        )
    seen = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    if done.returncode or "error" in seen or not seen:
        said = (pictures / "qgis.log").read_text(encoding="utf-8", errors="replace")
        raise SessionError(
            f"QGIS ended with {done.returncode}: {seen.get('error', '')} See {pictures}/qgis.log:\n"
            f"{said[-LOG_SHOWN:]}"
        )
    return seen


def profile_with_plugin(name: str) -> dict[str, str]:
    """Variables of a new QGIS profile below build/ with this checkout as its plugin."""
    folder = PROFILES / name
    variables = qgis_environment(folder)
    shutil.copytree(_enabled_profile(), folder, dirs_exist_ok=True)
    return variables


@functools.cache
def _enabled_profile() -> Path:
    """A profile in which the plugin is enabled; QGIS takes seconds for it."""
    name = "enabled"
    QgisProcess(name)
    return PROFILES / name


def picture_size_and_colors(path: Path) -> tuple[int, int]:
    """Width of a picture in pixels, and the number of its colors."""
    from osgeo import gdal

    red, green, blue = gdal.Open(str(path)).ReadAsArray()[:3].astype(np.uint32)
    return red.shape[1], len(np.unique(red << 16 | green << 8 | blue))


PICTURES = BUILD / "screenshots"
